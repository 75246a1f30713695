import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { chain } from "#guard/outbox/chain.ts";
import { callAgents, tell } from "#guard/pods/ends/act-on-runs.ts";
import { endWhatIsDue } from "#guard/pods/ends/end-runs.ts";
import { forgetUnguarded, sightOf } from "#guard/pods/rules/guarded.ts";
import { warn } from "#guard/pods/ends/warn.ts";
import { passOverLate } from "#guard/pods/follow/late-ends.ts";
import { followSchedules } from "#guard/pods/follow/schedules.ts";
import { dropLateWarnings, dropWhatIsNotWanted } from "#guard/pods/ends/withdraw.ts";

/**
 * The guards of single pods: hard timeout, budgets, schedules, lease, idle. Drops ends that are no longer wanted, warns of
 * ends that come near, and ends a pod only warn_minutes after its warning. An end has one reason, the
 * first guard's. An unknown run, load or lease ends nothing.
 */
export function checkPodGuards(state: GuardState, policy: Policy, nowMs: number): Decision {
  const watched = forgetUnguarded(state, policy);
  const sight = sightOf(watched, policy, nowMs);
  const scheduled = chain(
    watched,
    (before) => passOverLate(before, sight?.open ?? [], policy, nowMs),
    (before) => followSchedules(before, sight?.open, policy, nowMs),
  );
  if (sight === undefined) return chain(watched, () => scheduled, dropLateWarnings);
  const { guardedIn } = sight;
  return chain(
    watched,
    () => scheduled,
    (before) => dropWhatIsNotWanted(before, policy, nowMs),
    (before) => warn(before, guardedIn(before), policy, nowMs),
    (before) => endWhatIsDue(before, guardedIn(before), policy, nowMs),
    (before) => tell(before, guardedIn(before), policy, nowMs),
    (before) => callAgents(before, guardedIn(before), nowMs),
    dropLateWarnings,
  );
}
