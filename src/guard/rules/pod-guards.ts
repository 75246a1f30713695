import type { Decision, GuardState, Policy } from "../model.ts";
import { endWhatIsDue } from "./end-runs.ts";
import { sightOf } from "./guarded.ts";
import { inTurn } from "./in-turn.ts";
import { dropWhatIsNotWanted } from "./not-wanted.ts";
import { callAgents, tell } from "./tell-of-runs.ts";
import { warn } from "./warn.ts";

/**
 * The guards of single pods: hard timeout, lease, idle. What is no longer wanted is dropped; an end
 * that comes near is announced, and comes only so long after; one reason an end. Runs, loads and
 * leases that are not known end nothing.
 */
export function checkPodGuards(state: GuardState, policy: Policy, nowMs: number): Decision {
  const sight = sightOf(state, policy, nowMs);
  if (sight === undefined) return { state, events: [] };
  const { guardedIn } = sight;
  return inTurn(
    state,
    (before) => dropWhatIsNotWanted(before, policy, nowMs),
    (before) => warn(before, guardedIn(before), policy, nowMs),
    (before) => endWhatIsDue(before, guardedIn(before), policy, nowMs),
    (before) => tell(before, guardedIn(before), policy, nowMs),
    (before) => callAgents(before, guardedIn(before), nowMs),
  );
}
