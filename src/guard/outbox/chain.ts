import type { Decision, GuardState } from "#guard/model/state.ts";

type Rule = (state: GuardState) => Decision;

/** One rule after the other, each on what the one before left. */
export function chain(state: GuardState, ...rules: readonly Rule[]): Decision {
  return rules.reduce<Decision>(
    (before, rule) => {
      const after = rule(before.state);
      return { state: after.state, events: [...before.events, ...after.events] };
    },
    { state, events: [] },
  );
}
