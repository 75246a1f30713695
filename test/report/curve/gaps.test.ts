import { describe, expect, it } from "vitest";
import { withGaps } from "#report/curve/gaps.ts";

const minuteMs = 60_000;
const dayMs = 1_440 * minuteMs;
const nowMs = Date.UTC(2026, 10, 23, 3, 20);
const rule = { nowMs, gapMs: 3 * minuteMs };

const sample = (minute: number, balanceUsd = 10) => ({
  atMs: nowMs - dayMs + minute * minuteMs,
  balanceUsd,
  burnPerHrUsd: 1,
});
const shown = (points: ReturnType<typeof withGaps>) =>
  points.map(({ atMs, balanceUsd }) => [(atMs - nowMs + dayMs) / minuteMs, balanceUsd]);

describe("gaps in the curve", () => {
  it.each<[string, readonly number[], readonly (number | "gap")[]]>([
    ["are none while each poll is seen", [0, 1, 2, 3], [0, 1, 2, 3]],
    ["are none where two polls saw nothing", [0, 3], [0, 3]],
    ["are where nobody looked for longer", [0, 1, 4.5, 5], [0, 1, "gap", 4.5, 5]],
    ["are on both sides of a single look", [0, 60, 120], [0, "gap", 60, "gap", 120]],
    ["do not come of samples in another order", [2, 0, 1], [0, 1, 2]],
    ["are none before the first", [1_000], [1_000]],
    ["are none where there is nothing", [], []],
  ])("%s", (_sentence, minutes, expected) => {
    const points = withGaps(
      minutes.map((minute) => sample(minute)),
      rule,
    );

    expect(shown(points).map(([at, usd]) => (usd === undefined ? "gap" : at))).toEqual(expected);
  });

  it("keeps of two samples of one moment the later", () => {
    expect(shown(withGaps([sample(1, 10), sample(1, 9)], rule))).toEqual([[1, 9]]);
  });

  it.each([
    ["one in a quarter of an hour is no gap", 29, 0],
    ["an hour is one", 60, 1],
  ])("of samples older than a week, %s", (_sentence, minutes, gaps) => {
    const old = [0, minutes].map((minute) => sample(minute - 8 * 1_440));

    expect(withGaps(old, rule).filter(({ balanceUsd }) => balanceUsd === undefined)).toHaveLength(
      gaps,
    );
  });

  it("follow the config's interval where it is a long one", () => {
    const hourly = { nowMs, gapMs: 180 * minuteMs };

    expect(withGaps([sample(0), sample(60), sample(120)], hourly)).toHaveLength(3);
  });
});
