import type { Policy } from "#guard/model/policy.ts";
import type { GuardState } from "#guard/model/state.ts";
import { pollFor, pollToLearn } from "./crossing.ts";
import { moneyAhead } from "./money.ts";
import { nextMomentMs } from "./moments.ts";

/** When to poll next for the sake of what comes, after the last good poll; Infinity: nothing comes. */
export interface Ahead {
  /** A line of money could be crossed by then. */
  readonly moneyAtMs: number;
  /** A guard of the pods has something to announce or to do. */
  readonly momentAtMs: number;
  /** A poll then tells better when the balance is charged. */
  readonly learnAtMs: number;
}

export const nothingAhead: Ahead = {
  moneyAtMs: Infinity,
  momentAtMs: Infinity,
  learnAtMs: Infinity,
};

/**
 * What comes next at the present burn, as far as it is known; `polledAtMs` is when the last poll was made,
 * whether it was a good one or not.
 */
export function aheadOf(state: GuardState, policy: Policy, polledAtMs: number): Ahead {
  const { lastSeen: look, charges } = state;
  const momentAtMs = nextMomentMs(state, policy, polledAtMs);
  if (look === undefined || look.isRiseDoubted === true) return { ...nothingAhead, momentAtMs };
  const crossings = moneyAhead(state, policy, look);
  const first = crossings.toSorted((one, other) => one.firstMs - other.firstMs).at(0);
  return {
    moneyAtMs: Math.min(...crossings.map((each) => pollFor(each, polledAtMs))),
    momentAtMs,
    learnAtMs: first === undefined ? Infinity : pollToLearn(look, charges, first),
  };
}
