import { isEnd } from "#guard/model/effect.ts";
import type { GuardState } from "#guard/model/state.ts";

/**
 * The state as a new process takes it up. An end that was owed may have been asked for just before
 * the last process died: it counts as tried, so that a pod found to be over was ended by us.
 */
export function afterRestart(state: GuardState): GuardState {
  const owed = state.owed.map((effect) =>
    isEnd(effect) ? { ...effect, tries: Math.max(1, effect.tries) } : effect,
  );
  return { ...state, owed };
}
