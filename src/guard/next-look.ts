import { minuteMs } from "#guard/model/time.ts";
import { noTurnMs } from "#guard/pods/ends/end-runs.ts";
import { backstopAtMs } from "#guard/account/backstop.ts";
import type { Effect } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { GuardState } from "#guard/model/state.ts";

/** The guard never delays longer: a time further ahead was written before the clock went back. */
const longestDelayMs: Readonly<Record<Effect["kind"], number>> = {
  notify: 15 * minuteMs,
  "call-agent": 5 * minuteMs,
  "call-pod-agent": 5 * minuteMs,
  "end-pod": minuteMs,
  "end-run": noTurnMs,
};

/** Whether an effect may be tried now. */
export function isDue(effect: Effect, nowMs: number): boolean {
  return effect.notBeforeMs <= nowMs || isTooFarAhead(effect, nowMs);
}

function isTooFarAhead({ kind, notBeforeMs }: Effect, nowMs: number): boolean {
  return notBeforeMs - nowMs > longestDelayMs[kind];
}

/**
 * The next moment after `nowMs` at which something comes due; Infinity when nothing will. Effects that
 * were not tried yet are started at once and do not count.
 */
export function nextDueMs(state: GuardState, policy: Policy, nowMs: number): number {
  const retries = state.owed.flatMap((effect) =>
    effect.tries > 0 && !isTooFarAhead(effect, nowMs) ? [effect.notBeforeMs] : [],
  );
  const backstops = policy.thresholds.flatMap((threshold) => backstopAtMs(threshold, state) ?? []);
  return Math.min(...[...retries, ...backstops].filter((atMs) => atMs > nowMs));
}
