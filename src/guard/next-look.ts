import { hourMs } from "#guard/model/time.ts";
import { backstopAtMs } from "#guard/account/backstop.ts";
import type { Effect } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { GuardState } from "#guard/model/state.ts";

/** No delay of ours is longer: what lies further ahead was written by a clock that has gone back. */
const longestDelayMs = hourMs;

/** Whether an effect may be tried now. */
export function isDue({ notBeforeMs }: Effect, nowMs: number): boolean {
  return notBeforeMs <= nowMs || notBeforeMs - nowMs > longestDelayMs;
}

/**
 * The next moment after `nowMs` at which something comes due; Infinity when nothing will. What was
 * not tried yet is tried at once and brings nothing due.
 */
export function nextDueMs(state: GuardState, policy: Policy, nowMs: number): number {
  const retries = state.owed.flatMap(({ tries, notBeforeMs }) =>
    tries > 0 && notBeforeMs - nowMs <= longestDelayMs ? [notBeforeMs] : [],
  );
  const backstops = policy.thresholds.flatMap((threshold) => backstopAtMs(threshold, state) ?? []);
  return Math.min(...[...retries, ...backstops].filter((atMs) => atMs > nowMs));
}
