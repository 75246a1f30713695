import { wordsOf } from "#errors.ts";
import type { Clock } from "#ports.ts";
import { withinLimit } from "#within-limit.ts";

type Bounded = <Result>(
  work: (over: AbortSignal) => Promise<Result>,
  otherwise: (because: string) => Result,
  signal: AbortSignal,
) => Promise<Result>;

/**
 * Waits no longer than this, whatever becomes of the work: not even for one that never settles. It is told
 * to end then. Never throws.
 */
export function boundedTo(limitMs: number, clock: Clock): Bounded {
  return async (work, otherwise, signal) => {
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
  };
}
