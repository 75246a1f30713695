import type { Clock } from "#ports.ts";

/**
 * Who ends a pod, in what order, so that RunPod is not asked twice at once for the same: a person waits
 * for whoever ends it already, and the guard for a person. Ends of the guard's own do not wait for each other.
 */
export interface Turns {
  /**
   * Does the work when it is its turn, or after `patienceMs` all the same; `hasWaited`: someone ended it
   * meanwhile, or still does. Throws what the work throws.
   */
  take<Result>(
    podId: string,
    work: (hasWaited: boolean) => Promise<Result>,
    waiting: Waiting,
  ): Promise<Result>;
}

interface Waiting {
  readonly by: "guard" | "person";
  readonly patienceMs: number;
  readonly signal: AbortSignal;
  /** Told when it is not its turn yet. */
  readonly onWait?: (() => void) | undefined;
}

interface Ending {
  readonly podId: string;
  readonly by: Waiting["by"];
  readonly over: Promise<void>;
}

export function createTurns(clock: Clock): Turns {
  const endings = new Set<Ending>();
  return {
    async take(podId, work, { by, patienceMs, signal, onWait }) {
      const before = [...endings].filter(
        (each) => each.podId === podId && (by === "person" || each.by === "person"),
      );
      let release = (): void => undefined;
      const over = new Promise<void>((resolve) => {
        release = resolve;
      });
      const mine: Ending = { podId, by, over };
      endings.add(mine);
      try {
        if (before.length > 0) {
          onWait?.();
          const all = Promise.all(before.map((each) => each.over));
          await untilDone(all, clock.nowMs() + patienceMs, clock, signal);
        }
        return await work(before.length > 0);
      } finally {
        endings.delete(mine);
        release();
      }
    },
  };
}

async function untilDone(
  before: Promise<unknown>,
  untilMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const end = (): void => over.abort();
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  await Promise.race([before, clock.sleepUntil(untilMs, over.signal)]);
  signal.removeEventListener("abort", end);
  end();
}
