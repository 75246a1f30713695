import { wordsOf } from "#errors.ts";
import { dayMs, minuteMs } from "#guard/model/time.ts";
import type { Input } from "#guard/model/state.ts";
import type { Clock } from "#ports.ts";
import { oneAtATime } from "#within-limit.ts";

/** Keeps the files short, beside the looking and never in its way. */
export interface Tidying {
  /** Begins if that is due, as it is once a day; ends early when aborted. Never throws. */
  begin(signal: AbortSignal): void;
  /** Resolves when nothing is being tidied. */
  idle(): Promise<void>;
}

export interface Chore {
  /** What it does, for people. */
  readonly what: string;
  readonly run: (signal: AbortSignal) => Promise<void>;
}

export interface TidyingDeps {
  readonly chores: readonly Chore[];
  readonly clock: Clock;
  readonly take: (input: Input) => Promise<unknown>;
}

const limitMs = 5 * minuteMs;

export function createTidying({ chores, clock, take }: TidyingDeps): Tidying {
  const bounded = chores.map((chore) => ({ ...chore, within: oneAtATime(limitMs, clock) }));
  const troubled = new Set<string>();
  let lastAtMs = -Infinity;
  let isRunning = false;
  let done: Promise<void> = Promise.resolve();

  async function tidy(signal: AbortSignal): Promise<void> {
    for (const { what, run, within } of bounded) {
      const late = new AbortController();
      try {
        await within(() => run(AbortSignal.any([signal, late.signal])));
        if (troubled.delete(what)) await take({ kind: "recovered", what, atMs: clock.nowMs() });
      } catch (error) {
        late.abort();
        // It was told to end.
        if (signal.aborted) return;
        troubled.add(what);
        const because = `${wordsOf(error)}. It is tried again tomorrow`;
        await take({ kind: "trouble", what, atMs: clock.nowMs(), because });
      }
    }
  }

  return {
    begin(signal) {
      const nowMs = clock.nowMs();
      if (isRunning || nowMs - lastAtMs < dayMs) return;
      isRunning = true;
      lastAtMs = nowMs;
      done = tidy(signal).finally(() => (isRunning = false));
    },
    idle: () => done,
  };
}
