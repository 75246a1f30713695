import type { Decision, GuardState, Input, Look, Policy } from "./model.ts";
import { checkThresholds } from "./rules/thresholds.ts";

/**
 * The whole guard: the state and what has come in give the next state, which holds what is owed to
 * the world. Time is in the input. Save the next state before acting on it.
 */
export function decide(state: GuardState, input: Input, policy: Policy): Decision {
  switch (input.kind) {
    case "look":
      return onLook(state, input.look, policy);
    case "settled": {
      const effect = state.owed.find(({ id }) => id === input.id);
      if (effect === undefined) return { state, events: [] };
      return {
        state: { ...state, owed: state.owed.filter((other) => other !== effect) },
        events: [{ kind: "settled", effect, outcome: input.outcome }],
      };
    }
  }
}

/** A look that failed says nothing of the balance: it neither trips nor re-arms. */
function onLook(state: GuardState, look: Look, policy: Policy): Decision {
  switch (look.kind) {
    case "blind":
      return { state, events: [] };
    case "seen":
      return checkThresholds(state, look, policy);
  }
}
