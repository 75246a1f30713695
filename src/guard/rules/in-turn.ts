import type { Decision, GuardState } from "../model.ts";

type Rule = (state: GuardState) => Decision;

/** One rule after the other, each on what the one before left. */
export function inTurn(state: GuardState, ...rules: readonly Rule[]): Decision {
  return rules.reduce<Decision>(
    (before, rule) => {
      const after = rule(before.state);
      return { state: after.state, events: [...before.events, ...after.events] };
    },
    { state, events: [] },
  );
}
