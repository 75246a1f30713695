import { describe, expect, it } from "vitest";
import { presentIn, withPeriod, withSpent } from "#guard/budgets/periods.ts";
import type { BudgetPeriod, Period } from "#guard/model/spend.ts";
import { at, hourMs } from "../samples.ts";
import { day } from "./budget-samples.ts";

const counted = (period: Period, more: Partial<BudgetPeriod> = {}): BudgetPeriod => ({
  ...period,
  sinceMs: period.fromMs,
  spentUsd: 1,
  ...more,
});

describe("a new period", () => {
  it("is counted from when it is first known", () => {
    expect(withPeriod([], day(0), at(60))).toEqual([{ ...day(0), sinceMs: at(60), spentUsd: 0 }]);
  });

  it("is counted whole where the one before was counted", () => {
    const periods = withPeriod([counted(day(0))], day(1), at(1441));

    expect(periods).toEqual([counted(day(0)), { ...day(1), sinceMs: day(1).fromMs, spentUsd: 0 }]);
  });

  it("is the last of three that are kept", () => {
    const before = [counted(day(0)), counted(day(1)), counted(day(2))];

    const periods = withPeriod(before, day(3), day(3).fromMs);

    expect(periods.map(({ fromMs }) => fromMs)).toEqual([1, 2, 3].map((n) => day(n).fromMs));
  });

  it("leaves those of a clock that was ahead, two at most", () => {
    const before = [counted(day(7)), counted(day(8)), counted(day(9))];

    const periods = withPeriod(before, day(3), day(3).fromMs);

    expect(periods.map(({ fromMs }) => fromMs)).toEqual([3, 7, 8].map((n) => day(n).fromMs));
  });

  it("that is known goes on as it is", () => {
    const before = [counted(day(0)), counted(day(1), { trippedAtMs: at(2000) })];

    expect(withPeriod(before, day(0), at(60))).toBe(before);
  });

  it("of another calendar begins where the one that goes on has ended", () => {
    const before = [counted(day(0)), counted(day(1))];
    const moved = { fromMs: day(1).toMs - hourMs, toMs: day(2).toMs - hourMs };

    expect(withPeriod(before, moved, day(1).toMs - 1)).toBe(before);
    expect(withPeriod(before, moved, day(1).toMs).at(-1)).toEqual({
      ...moved,
      fromMs: day(1).toMs,
      sinceMs: day(1).toMs,
      spentUsd: 0,
    });
  });

  it("takes the place of one that a clock ahead began by another calendar", () => {
    const moved = { fromMs: day(0).fromMs + hourMs, toMs: day(0).toMs + hourMs };

    const periods = withPeriod([counted(day(1))], moved, at(100));

    expect(periods.map(({ fromMs }) => fromMs)).toEqual([moved.fromMs]);
  });
});

describe("what is spent", () => {
  const two = [counted(day(0), { spentUsd: 0 }), counted(day(1), { spentUsd: 0 })];

  it.each<[string, number, number, readonly number[]]>([
    ["within one period is that one's", 10, 20, [8, 0]],
    ["over a boundary is split by time", 1430, 1470, [2, 6]],
    ["at one moment is of the period that holds it", 1440, 1440, [0, 8]],
    ["before all that is kept is nobody's", -20, -10, [0, 0]],
    ["half before all that is kept counts by half", -10, 10, [4, 0]],
  ])("%s", (_sentence, from, to, usd) => {
    const after = withSpent(two, { fromMs: at(from), toMs: at(to), spentUsd: 8 });

    expect(after.map(({ spentUsd }) => spentUsd)).toEqual(usd);
  });

  it("is split with what of it was estimated and topped up", () => {
    const spent = { fromMs: at(1430), toMs: at(1470), spentUsd: 8 };

    const once = withSpent(two, { ...spent, estimatedUsd: 4, toppedUpUsd: 12 });
    const twice = withSpent(once, spent);

    expect(once.map(({ estimatedUsd }) => estimatedUsd)).toEqual([1, 3]);
    expect(twice.map(({ toppedUpUsd }) => toppedUpUsd)).toEqual([3, 9]);
  });
});

it.each([
  ["before all", -1, undefined],
  ["at a beginning", 1440, 1],
  ["the moment before", 1439, 0],
  ["after all", 2880, undefined],
])("the period %s", (_sentence, minute, n) => {
  const budgets = { daily: [counted(day(0)), counted(day(1))] };

  const found = presentIn({ budgets }, "daily", at(minute));

  expect(found?.fromMs).toBe(n === undefined ? undefined : day(n).fromMs);
  expect(presentIn({ budgets }, "weekly", at(minute))).toBeUndefined();
  expect(presentIn({}, "daily", at(minute))).toBeUndefined();
});
