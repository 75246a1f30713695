import type { StoppedPod } from "#guard/model/spend.ts";
import type { GuardState } from "#guard/model/state.ts";

/** With these as they are now. No prototype: a pod's id may be `__proto__`. */
export function withStopped(state: GuardState, changed: readonly StoppedPod[]): GuardState {
  if (changed.length === 0) return state;
  return withOnly(state, [...Object.values({ ...state.stoppedPods }), ...changed]);
}

/** These and no others; of one given twice the later counts. */
export function withOnly(state: GuardState, pods: readonly StoppedPod[]): GuardState {
  const next = Object.create(null) as Record<string, StoppedPod>;
  for (const pod of pods) next[pod.podId] = pod;
  return { ...state, stoppedPods: pods.length === 0 ? undefined : next };
}
