import { wordsOf } from "#errors.ts";
import type { Account, Clock } from "#ports.ts";
import { withinLimit } from "#within-limit.ts";

/**
 * The same account, but whatever becomes of a request, nobody waits for it longer than this: not even
 * for one that never settles. It is told to end then.
 */
export function bounded(account: Account, clock: Clock, limitMs: number): Account {
  async function within<Result>(
    work: (over: AbortSignal) => Promise<Result>,
    otherwise: (because: string) => Result,
    signal: AbortSignal,
  ): Promise<Result> {
    const ending = new AbortController();
    const end = (): void => ending.abort();
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    try {
      return await withinLimit(work(ending.signal), limitMs, clock, signal);
    } catch (error) {
      return otherwise(`given up: ${wordsOf(error)}`);
    } finally {
      signal.removeEventListener("abort", end);
      end();
    }
  }

  return {
    look: (signal) =>
      within(
        (over) => account.look(over),
        (because) => ({ kind: "blind", atMs: clock.nowMs(), cause: "unreachable", because }),
        signal,
      ),
    measure: (signal) =>
      within(
        (over) => account.measure(over),
        (because) => ({ kind: "unmeasured", atMs: clock.nowMs(), because }),
        signal,
      ),
    end: (target, action, signal) =>
      within(
        (over) => account.end(target, action, over),
        (because) => ({ kind: "failed", because, isReadOnlyKey: false }),
        signal,
      ),
  };
}
