import { describe, expect, it } from "vitest";
import { type Counted, countEnded, countRuns } from "#guard/budgets/pods-spend.ts";
import type { PodRun } from "#guard/model/run.ts";
import { at, minuteMs, run } from "../samples.ts";
import { day } from "./budget-samples.ts";

const gapMs = 3 * minuteMs;
const none: Counted = {
  periods: [{ ...day(0), sinceMs: day(0).fromMs, spentUsd: 0 }],
  spans: [],
};

/** At $6 an hour ten cents a minute. */
const dear = (overrides: Partial<PodRun> = {}): PodRun => run({ costPerHrUsd: 6, ...overrides });

/** At a minute these runs go on. */
type Row = readonly [minute: number, ...runs: readonly PodRun[]];

const after = (rows: readonly Row[], from = none): Counted =>
  rows.reduce((now, [minute, ...runs]) => countRuns(now, { runs }, at(minute), gapMs), from);

const cents = ({ periods }: Counted) => periods.map(({ spentUsd }) => Math.round(spentUsd * 100));

describe("cents that pods cost", () => {
  it.each<[sentence: string, rows: readonly Row[], spent: number]>([
    ["from the start of a run, though it was first seen later", [[30, dear()]], 300],
    [
      "each minute once",
      [
        [1, dear()],
        [2, dear()],
        [2, dear()],
        [3, dear()],
      ],
      30,
    ],
    [
      "from the start that becomes known only later",
      [
        [30, dear({ startedAtMs: at(30) })],
        [31, dear()],
        [32, dear()],
      ],
      320,
    ],
    [
      "none for a pod whose cost is unknown, until it is known",
      [
        [1, dear({ costPerHrUsd: undefined })],
        [2, dear()],
      ],
      20,
    ],
    [
      "at each rate for its own time",
      [
        [1, dear()],
        [2, dear({ costPerHrUsd: 12 })],
      ],
      30,
    ],
    ["of every pod", [[1, dear(), dear({ podId: "p2" })]], 20],
    [
      "not of the time between two runs",
      [
        [10, dear()],
        [20, dear({ startedAtMs: at(18) })],
        [21, dear({ startedAtMs: at(18) })],
      ],
      130,
    ],
    [
      "not of a start in the future",
      [
        [10, dear()],
        [20, dear({ startedAtMs: at(25) })],
      ],
      100,
    ],
    [
      "over a gap that it is known to have run through",
      [
        [10, dear()],
        [60, dear({ unsureSinceMs: at(10) })],
        [61, dear()],
      ],
      610,
    ],
    [
      "after a gap of what was seen since, while nothing more is known",
      [
        [10, dear()],
        [60, dear({ unsureSinceMs: at(10) })],
        [61, dear({ unsureSinceMs: at(10) })],
        [62, dear({ unsureSinceMs: at(10) })],
      ],
      120,
    ],
    [
      "from a start that became known just before a gap",
      [
        [10, dear({ startedAtMs: at(10) })],
        [60, dear({ unsureSinceMs: at(10) })],
      ],
      100,
    ],
    [
      "over none of two gaps, while nothing more is known",
      [
        [10, dear()],
        [60, dear({ unsureSinceMs: at(10) })],
        [90, dear({ unsureSinceMs: at(10) })],
      ],
      100,
    ],
    [
      "after a gap from the start of another run",
      [
        [10, dear()],
        [60, dear({ unsureSinceMs: at(10) })],
        [61, dear({ startedAtMs: at(51) })],
      ],
      200,
    ],
    [
      "of one first seen after a gap from then on, and all once its start is sure",
      [
        [60, dear({ unsureSinceMs: at(10) })],
        [61, dear()],
      ],
      610,
    ],
  ])("%s", (_sentence, rows, spent) => {
    expect(cents(after(rows))).toEqual([spent]);
  });

  it("are of the day on which they burned", () => {
    const two = { ...none, periods: [...none.periods, { ...day(1), sinceMs: 0, spentUsd: 0 }] };

    const counted = after([[1450, dear({ startedAtMs: at(1420) })]], two);

    expect(cents(counted)).toEqual([200, 100]);
  });
});

describe("a run that ends", () => {
  const times = (minute: number, now = minute) => ({
    endedAtMs: at(minute),
    nowMs: at(now),
    gapMs,
  });

  it.each<[string, PodRun, number, number, spent: number, isAtLeast: boolean]>([
    ["counts until then", dear(), 12, 12, 120, false],
    ["counts its start, known only now", dear({ startedAtMs: at(-10) }), 12, 12, 120, false],
    ["counts nothing twice, where it is told late", dear(), 8, 9, 100, false],
    ["that nobody saw end has cost at least so much", dear(), 10, 60, 100, true],
    ["of which nobody is sure too", dear({ unsureSinceMs: at(10) }), 10, 11, 100, true],
    ["whose cost is unknown too", dear({ costPerHrUsd: undefined }), 12, 12, 100, true],
    ["that was never counted is not counted now", dear({ podId: "p2" }), 12, 12, 100, false],
  ])("%s", (_sentence, ended, minute, now, spent, isAtLeast) => {
    const before = after([[10, dear()]]);

    const counted = countEnded(before, ended, times(minute, now));

    expect(cents(counted)).toEqual([spent]);
    expect(counted.periods[0]?.isAtLeast === true).toBe(isAtLeast);
  });

  it("and is followed by another counts for both", () => {
    const before = after([
      [10, dear()],
      [10, dear({ podId: "p2" })],
    ]);

    const ended = countEnded(before, dear(), times(12));
    const counted = after([[20, dear({ startedAtMs: at(15) }), dear({ podId: "p2" })]], ended);

    expect(cents(counted)).toEqual([120 + 50 + 200]);
  });

  it("unseen says nothing of other days", () => {
    const days = [day(0), day(1)].map((each) => ({ ...each, sinceMs: 0, spentUsd: 0 }));
    const before = after([[1450, dear({ startedAtMs: at(1445) })]], { ...none, periods: days });

    const counted = countEnded(before, dear({ startedAtMs: at(1445) }), times(1450, 1500));

    expect(counted.periods.map(({ isAtLeast }) => isAtLeast)).toEqual([undefined, true]);
  });
});
