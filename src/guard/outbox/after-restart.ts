import { isEnd } from "#guard/model/effect.ts";
import type { GuardState } from "#guard/model/state.ts";

/**
 * The state as a new process starts with it. The last process may have asked RunPod to end a pod just
 * before it died, so a waiting end counts as tried: a pod found stopped was then stopped by us.
 */
export function afterRestart(state: GuardState): GuardState {
  const owed = state.owed.map((effect) =>
    isEnd(effect) ? { ...effect, tries: Math.max(1, effect.tries) } : effect,
  );
  return { ...state, owed };
}
