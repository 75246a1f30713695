import { UserError } from "#errors.ts";
import type { Clock } from "#ports.ts";
import { withinLimit } from "#within-limit.ts";

/** So many are at work at once. */
const most = 8;

interface OneCall {
  readonly limitMs: number;
  /** Aborted when the client calls it off. */
  readonly signal: AbortSignal;
}

/** The calls at work. */
export interface Calls {
  /**
   * Waits for the work, at most so long; one that is not waited for any longer is told by its signal, and
   * counts until it settles. Throws a UserError when too many are at work, and GivenUp when its time is over.
   */
  one<Result>(work: (signal: AbortSignal) => Promise<Result>, call: OneCall): Promise<Result>;
  /** Resolves when none is at work any more. */
  readonly over: () => Promise<unknown>;
}

export function createCalls(clock: Clock): Calls {
  const working = new Set<Promise<unknown>>();
  return {
    async one(work, { limitMs, signal }) {
      if (working.size >= most) {
        throw new UserError(`${most} calls are at work already. Nothing was done.`, {
          hint: "Wait for one of them, then try again.",
        });
      }
      const ending = new AbortController();
      const end = (): void => ending.abort(signal.reason);
      signal.addEventListener("abort", end);
      if (signal.aborted) end();
      const mine = work(ending.signal);
      const settled = mine.then(
        () => undefined,
        () => undefined,
      );
      working.add(settled);
      void settled.then(() => working.delete(settled));
      try {
        return await withinLimit(mine, limitMs, clock);
      } finally {
        signal.removeEventListener("abort", end);
        ending.abort("over");
      }
    },
    over: () => Promise.all(working),
  };
}
