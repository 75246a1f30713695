import type { Clock } from "#ports.ts";

interface Waiter {
  readonly untilMs: number;
  readonly resolve: () => void;
}

/** Time that passes at once: whenever nothing is left to do but to wait, it is the end of the shortest wait. */
export interface HandClock extends Clock {
  moveBy(ms: number): void;
  /** Lets the work go on to its end, through all that it waits for. Throws where it waits too often. */
  through<Result>(work: Promise<Result>): Promise<Result>;
}

/** A rehearsal waits a few dozen times. */
const mostWaits = 2_000;

export function createHandClock(startMs: number): HandClock {
  let nowMs = startMs;
  const waiting = new Set<Waiter>();

  function moveTo(atMs: number): void {
    nowMs = Math.max(nowMs, atMs);
    for (const waiter of waiting) if (waiter.untilMs <= nowMs) waiter.resolve();
  }

  return {
    nowMs: () => nowMs,
    sleepUntil(untilMs, signal) {
      if (untilMs <= nowMs || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const over = (): void => {
          waiting.delete(waiter);
          signal.removeEventListener("abort", over);
          resolve();
        };
        const waiter: Waiter = { untilMs, resolve: over };
        waiting.add(waiter);
        signal.addEventListener("abort", over);
      });
    },
    moveBy: (ms) => moveTo(nowMs + ms),
    async through(work) {
      let isOver = false;
      const over = work.then(
        () => void (isOver = true),
        () => void (isOver = true),
      );
      for (let n = 0; n < mostWaits; n++) {
        // All that can go on without time goes on first; signatures are made on threads of their own.
        await Promise.race([over, turns(3)]);
        if (isOver) return work;
        const [first] = [...waiting].toSorted((a, b) => a.untilMs - b.untilMs);
        if (first !== undefined) moveTo(first.untilMs);
      }
      throw new Error("the rehearsal does not come to its end");
    },
  };
}

async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await new Promise((resolve) => setTimeout(resolve, 1));
}
