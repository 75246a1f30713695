import { expect, it } from "vitest";
import { withLifted } from "#guard/budgets/lift.ts";
import { at, book } from "../samples.ts";

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
