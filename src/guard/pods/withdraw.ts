import { runStateOf } from "#guard/model/account.ts";
import type { Effect } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { isProtected } from "#guard/protect.ts";
import { isOfAGuard, sightOf } from "./guarded.ts";

/** Drops what is no longer wanted: a lease was extended, a pod is active again, a guard was removed. */
export function dropWhatIsNotWanted(state: GuardState, policy: Policy, nowMs: number): Decision {
  const sight = state.owed.some(isOfAGuard) ? sightOf(state, policy, nowMs) : undefined;
  if (sight === undefined) return { state, events: [] };
  const { pods, guardedIn } = sight;
  const wanted = new Map(guardedIn(state).map(({ pod, deadlines }) => [pod.id, deadlines]));
  const whyNot = (effect: Effect): string | undefined => {
    if (!isOfAGuard(effect)) return undefined;
    const deadlines = wanted.get(effect.podId);
    if (deadlines === undefined) {
      const pod = pods.find(({ id }) => id === effect.podId);
      if (pod !== undefined && isProtected(pod, policy.protect)) return "the pod is protected";
      if (pod !== undefined && runStateOf(pod) === "unknown") return undefined;
      // The effect that was to end it finds out how it stopped.
      return effect.kind === "end-run" ? undefined : "the pod is no longer running";
    }
    const action = effect.kind === "end-run" ? effect.action : "agent";
    const deadline = deadlines.find(({ guard }) => guard === effect.guard);
    if (deadline?.action !== action) return "the config no longer asks for it";
    return deadline.isPast ? undefined : "the pod got more time or is active again";
  };
  const moot = state.owed.flatMap((effect) => {
    const because = whyNot(effect);
    return because === undefined ? [] : [{ kind: "moot", effect, because } as const];
  });
  if (moot.length === 0) return { state, events: [] };
  const dropped = new Set(moot.map(({ effect }) => effect.id));
  return {
    state: { ...state, owed: state.owed.filter(({ id }) => !dropped.has(id)) },
    events: moot,
  };
}
