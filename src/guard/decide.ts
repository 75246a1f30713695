import type { Decision, GuardState, Input, Look, Policy } from "./model.ts";
import { checkBackstops } from "./rules/backstop.ts";
import { checkPodsSeen, whenSighted, whileBlind } from "./rules/blind.ts";
import { inTurn } from "./rules/in-turn.ts";
import { settle } from "./rules/settle.ts";
import { checkThresholds } from "./rules/thresholds.ts";
import { onRecovered, onTrouble } from "./rules/trouble.ts";

/**
 * The whole guard: the state and what has come in give the next state, which holds what is owed to
 * the world. Time is in the input. Save the next state before acting on it.
 */
export function decide(state: GuardState, input: Input, policy: Policy): Decision {
  switch (input.kind) {
    case "look":
      return onLook(state, input.look, policy);
    case "settled":
      return settle(state, input.id, input.atMs, input.outcome, policy);
    case "trouble":
      return onTrouble(state, input, policy);
    case "recovered":
      return onRecovered(state, input, policy);
  }
}

/** A look that failed says nothing of the balance: it neither trips, nor re-arms, nor stops. */
function onLook(state: GuardState, look: Look, policy: Policy): Decision {
  switch (look.kind) {
    case "blind":
      return whileBlind(state, look, policy);
    case "seen":
      return inTurn(
        state,
        (before) => whenSighted(before, look, policy),
        (before) => checkPodsSeen(before, look, policy),
        (before) => checkThresholds(before, look, policy),
        (before) => checkBackstops(before, look, policy),
      );
  }
}
