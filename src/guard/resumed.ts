import { isEnd } from "./is-end.ts";
import type { GuardState } from "./model.ts";

/**
 * The state as a new process takes it up. An end that was owed may have been asked for just before
 * the last process died: it counts as tried, so that a pod found to be over was ended by us.
 */
export function resumed(state: GuardState): GuardState {
  const owed = state.owed.map((effect) =>
    isEnd(effect) ? { ...effect, tries: Math.max(1, effect.tries) } : effect,
  );
  return { ...state, owed };
}
