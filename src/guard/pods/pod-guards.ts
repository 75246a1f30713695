import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { chain } from "#guard/outbox/chain.ts";
import { callAgents, tell } from "./act-on-runs.ts";
import { endWhatIsDue } from "./end-runs.ts";
import { sightOf } from "./guarded.ts";
import { warn } from "./warn.ts";
import { dropWhatIsNotWanted } from "./withdraw.ts";

/**
 * The guards of single pods: hard timeout, lease, idle. What is no longer wanted is dropped; an end
 * that comes near is announced, and comes only so long after; one reason an end. Runs, loads and
 * leases that are not known end nothing.
 */
export function checkPodGuards(state: GuardState, policy: Policy, nowMs: number): Decision {
  const sight = sightOf(state, policy, nowMs);
  if (sight === undefined) return { state, events: [] };
  const { guardedIn } = sight;
  return chain(
    state,
    (before) => dropWhatIsNotWanted(before, policy, nowMs),
    (before) => warn(before, guardedIn(before), policy, nowMs),
    (before) => endWhatIsDue(before, guardedIn(before), policy, nowMs),
    (before) => tell(before, guardedIn(before), policy, nowMs),
    (before) => callAgents(before, guardedIn(before), nowMs),
  );
}
