import type { Decision, GuardState } from "#guard/model/state.ts";

type Rule = (state: GuardState) => Decision;

/** Runs the rules in order, each on the state that the one before left. */
export function chain(state: GuardState, ...rules: readonly Rule[]): Decision {
  return rules.reduce<Decision>(
    (before, rule) => {
      const after = rule(before.state);
      return { state: after.state, events: [...before.events, ...after.events] };
    },
    { state, events: [] },
  );
}
