import { expect, it } from "vitest";
import type { Budget } from "#guard/model/policy.ts";
import { howToLift } from "#guard/budgets/check-budgets.ts";
import type { BudgetStanding } from "#guard/budgets/standing.ts";
import { budgetWords, nearWords, stillWords, trippedWords } from "#guard/budgets/words.ts";
import { at, minuteMs, policy } from "../samples.ts";
import { budget } from "./budget-samples.ts";

const standing = (
  its: Partial<BudgetStanding> = {},
  ofBudget: Partial<Budget> = {},
): BudgetStanding => ({
  budget: budget(ofBudget),
  period: undefined,
  spentUsd: 16.05,
  share: 0.8025,
  isAtLeast: false,
  estimatedUsd: 0,
  toppedUpUsd: 0,
  burnPerHrUsd: 1.85,
  reachedAtMs: at(130),
  trippedAtMs: undefined,
  frozenUntilMs: undefined,
  ...its,
});

it.each<[string, Partial<BudgetStanding>, string]>([
  ["with when", {}, "At this burn of $1.85/h reached in about 2 h 10 min"],
  [
    "with that it is not",
    { reachedAtMs: undefined },
    "At this burn of $1.85/h it is not reached today",
  ],
  [
    "with that nobody knows",
    { burnPerHrUsd: undefined },
    "What burns of it is not known, nor when it is reached",
  ],
])("that it comes near is said %s", (_sentence, its, words) => {
  expect(nearWords(standing(its), at(0))).toBe(
    `the account has spent $16.05 of $20.00 today (80 %). ${words}`,
  );
});

it("what was estimated and topped up is said", () => {
  const its = { spentUsd: 20.3, isAtLeast: true, estimatedUsd: 2, toppedUpUsd: 25 };

  expect(trippedWords(standing(its, { per: "month", pods: ["a*", "b*"] }), 15 * minuteMs)).toBe(
    "the pods a*, b* have spent at least $20.30 of $20.00 this month: the budget is used up. About $2.00 of it is estimated. $25.00 was topped up meanwhile",
  );
});

it.each([
  ["daily", "budget daily", "runpodboss unfreeze daily"],
  ["a b", 'budget "a b"', "runpodboss unfreeze BUDGET"],
])("a budget called %s is called so where that is plain", (name, words, command) => {
  expect(budgetWords({ name })).toBe(words);
  expect(howToLift(name, policy).command).toBe(command);
  expect(howToLift(undefined, policy).command).toBe("runpodboss unfreeze BUDGET");
});

it.each([
  [1.85, "burning $1.85/h"],
  [undefined, "burn unknown"],
])("that it is still used up is said with the burn, %s", (burnPerHrUsd, burn) => {
  expect(stillWords(standing({ burnPerHrUsd }), 120 * minuteMs)).toBe(
    `still used up after 2 h 0 min: the account has spent $16.05 of $20.00 today, ${burn}`,
  );
});
