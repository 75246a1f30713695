import { hourMs } from "#guard/model/time.ts";
import { backstopAtMs } from "#guard/account/backstop.ts";
import type { Effect } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { GuardState } from "#guard/model/state.ts";

/** The guard never delays longer: a time further ahead was written before the clock went back. */
const longestDelayMs = hourMs;

/** Whether an effect may be tried now. */
export function isDue({ notBeforeMs }: Effect, nowMs: number): boolean {
  return notBeforeMs <= nowMs || notBeforeMs - nowMs > longestDelayMs;
}

/**
 * The next moment after `nowMs` at which something comes due; Infinity when nothing will. Effects that
 * were not tried yet are started at once and do not count.
 */
export function nextDueMs(state: GuardState, policy: Policy, nowMs: number): number {
  const retries = state.owed.flatMap(({ tries, notBeforeMs }) =>
    tries > 0 && notBeforeMs - nowMs <= longestDelayMs ? [notBeforeMs] : [],
  );
  const backstops = policy.thresholds.flatMap((threshold) => backstopAtMs(threshold, state) ?? []);
  return Math.min(...[...retries, ...backstops].filter((atMs) => atMs > nowMs));
}
