import { expect, it } from "vitest";
import { withLifted } from "#guard/budgets/lift.ts";
import { at, book, minuteMs, saidOf, step } from "../samples.ts";
import { budget, budgeted, glance, spending } from "./budget-samples.ts";

const period = { fromMs: at(-60), toMs: at(600), sinceMs: at(-60), spentUsd: 21 };
const state = {
  budgets: { daily: [period, { ...period, trippedAtMs: at(1) }], team: [period] },
};

it.each([
  ["lifted since it tripped", at(2), at(3)],
  ["lifted before it tripped", at(0), undefined],
  ["lifted by a clock that was ahead", at(60), undefined],
  ["not lifted", undefined, undefined],
])("a budget that was %s is shown so", (_sentence, liftedAtMs, shownAtMs) => {
  const lifts = liftedAtMs === undefined ? {} : { unfrozenAtMs: { daily: liftedAtMs } };

  const shown = withLifted(state, { ...book(), ...lifts }, at(3));

  expect(shown.budgets.daily.map((each) => Object.values(each).length)).toEqual([
    4,
    shownAtMs === undefined ? 5 : 6,
  ]);
  expect(shown.budgets.team).toEqual([period]);
});

it("where there are no budgets nothing is lifted", () => {
  expect(withLifted({ budgets: undefined }, book(), at(3)).budgets).toEqual({});
});

it.each([
  [
    "that is frozen is said to be frozen again, and its end is said anew",
    { freezes: true },
    [
      "daily: the next day has begun: budget daily is no longer frozen",
      "daily: the clock was set back: budget daily is frozen again, as $22.00 of $20.00 is spent",
      "daily: the next day has begun: budget daily is no longer frozen",
    ],
  ],
  [
    "whose end people asked for is said to be used up again",
    { tellsResolved: true },
    [
      "daily: the next day has begun: budget daily is no longer used up",
      "daily: the clock was set back: budget daily is used up again, as $22.00 of $20.00 is spent",
      "daily: the next day has begun: budget daily is no longer used up",
    ],
  ],
  ["of whose end nobody was told says nothing", {}, []],
])("after a clock a day ahead, a budget %s", (_sentence, its, words) => {
  const policy = budgeted([budget(its)]);
  const dayMin = 1440;
  const set = (byMin: number, to: number, before: ReturnType<typeof step>) =>
    step(before, to, { kind: "stepped", atMs: at(to), byMs: byMin * minuteMs }, policy);
  const seenAt = (minute: number, before: ReturnType<typeof step>) =>
    glance(before, minute, policy, { look: { balanceUsd: 78, burnPerHrUsd: 0 } });
  const usedUp = spending(policy, [
    [600, 100],
    [610, 90],
    [620, 78],
  ]);

  const ahead = seenAt(2061, set(dayMin, 2061, usedUp));
  const back = seenAt(623, seenAt(622, set(-dayMin, 622, ahead)));
  const next = seenAt(1442, seenAt(1441, back));

  const told = saidOf(next).slice(saidOf(usedUp).length);
  expect(told.flatMap(([, said]) => (said.startsWith("daily") ? [said] : []))).toEqual(words);
});
