import type { Account, Clock } from "#ports.ts";
import { boundedTo } from "./given-up.ts";

/**
 * The same account, but whatever becomes of a request, nobody waits for it longer than this: not even
 * for one that never settles. It is told to end then.
 */
export function bounded(account: Account, clock: Clock, limitMs: number): Account {
  const within = boundedTo(limitMs, clock);

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
