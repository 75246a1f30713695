import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createThinning } from "#store/thin.ts";

const minuteMs = 60_000;
const quarterMs = 15 * minuteMs;
const dayMs = 24 * 60 * minuteMs;
/** Five minutes into a quarter, and so is what is 7 days old. */
const nowMs = Date.UTC(2026, 10, 23, 3, 20);
const quarterOf = (atMs: number): number => Math.floor(atMs / quarterMs);

const thin = (times: readonly number[], atMs = nowMs, days = 90): readonly number[] =>
  times.filter(createThinning(atMs, days));

describe("thinning", () => {
  const week = nowMs - 7 * dayMs;

  it.each<[string, readonly number[], readonly number[]]>([
    ["keeps every minute of the last 7 days", [0, 1, 2, 14, 15], [0, 1, 2, 14, 15]],
    ["keeps one that is exactly 7 days old, and what follows", [-1, 0, 1], [-1, 0, 1]],
    [
      "keeps of older ones the first of each quarter",
      [-35, -29, -21, -20, -6, -5, -1],
      [-35, -20, -5],
    ],
    ["keeps the first that there is, wherever in its quarter", [-22, -21, -18, -6], [-22, -18]],
    ["keeps what is from the future", [20_000], [20_000]],
    [
      "keeps nothing that is older than 90 days",
      [-83 * 1_440 - 15, -83 * 1_440 - 1, -83 * 1_440, -83 * 1_440 + 15],
      [-83 * 1_440, -83 * 1_440 + 15],
    ],
  ])("%s", (_sentence, minutes, kept) => {
    const times = minutes.map((minute) => week + minute * minuteMs);

    expect(thin(times)).toEqual(kept.map((minute) => week + minute * minuteMs));
  });

  it("keeps no more than `days`, if those are fewer than 7", () => {
    expect(thin([nowMs - dayMs - 1, nowMs - dayMs], nowMs, 1)).toEqual([nowMs - dayMs]);
  });

  it("keeps what has any order: one in a quarter", () => {
    const old = quarterOf(nowMs - 20 * dayMs) * quarterMs;

    expect(thin([old, old + quarterMs, old + minuteMs])).toEqual([old, old + quarterMs]);
  });

  const times = fc
    .uniqueArray(fc.integer({ min: 0, max: 9 * 1_440 }), { maxLength: 300, size: "max" })
    .map((minutes) =>
      minutes.sort((a, b) => b - a).map((minute) => nowMs - 2 * dayMs - minute * minuteMs + 7),
    );

  it("never drops a minute younger than 7 days, and leaves one in each older quarter", () => {
    fc.assert(
      fc.property(times, (all) => {
        const kept = thin(all);

        expect(kept.filter((atMs) => atMs >= week)).toEqual(all.filter((atMs) => atMs >= week));
        const [before, after] = [all, kept].map((rows) =>
          rows.filter((atMs) => atMs < week).map(quarterOf),
        );
        expect(after).toEqual([...new Set(before)]);
      }),
    );
  });

  it("changes nothing the second time, and comes to the same however often it is done", () => {
    fc.assert(
      fc.property(times, fc.array(fc.integer({ min: 0, max: dayMs })), (all, steps) => {
        const once = thin(all);
        let atMs = nowMs - 3 * dayMs;
        let stepwise: readonly number[] = all;
        for (const step of steps) {
          atMs += step;
          stepwise = thin(stepwise, atMs);
        }

        expect(thin(once)).toEqual(once);
        expect(thin(stepwise, atMs)).toEqual(thin(all, atMs));
      }),
    );
  });
});
