import { describe, expect, it } from "vitest";
import type { BalanceAnswer } from "#http/contract/balance.ts";
import { forecastOf, joined } from "#page/chart/forecast.ts";
import { windowOf } from "#page/chart/window.ts";
import { at, atMs, status } from "../samples.ts";

const atS = atMs / 1000;
const hourS = 3_600;
const after = (hours: number): string => new Date(atMs + hours * hourS * 1000).toISOString();

const answer: BalanceAnswer = {
  from: at,
  to: at,
  points: [],
  since: at,
  thresholds: [{ name: "warning", below_usd: 10 }],
  forecast: [
    [atS, 12],
    [atS + hourS, 10],
    [atS + 6 * hourS, 0],
  ],
};
const seen = status({
  balance_usd: 12,
  burn_per_hr_usd: 2,
  thresholds: [
    {
      name: "critical",
      below_usd: 2,
      below_hours: null,
      crosses_at_usd: 2,
      is: "armed",
      by: "guard",
      tripped_at: null,
      meets_at: after(5),
    },
    {
      name: "warning",
      below_usd: 10,
      below_hours: null,
      crosses_at_usd: 10,
      is: "armed",
      by: "guard",
      tripped_at: null,
      meets_at: after(1),
    },
  ],
});
const shown = (...of: Parameters<typeof forecastOf>) => {
  const { line, meets } = forecastOf(...of);
  return {
    line: line.map(([pointS, usd]) => [(pointS - atS) / hourS, usd]),
    meets: meets.map(({ name }) => name),
  };
};
const none = { line: [], meets: [] };

describe("the forecast on the page", () => {
  it.each<[string, Parameters<typeof forecastOf>, ReturnType<typeof shown>]>([
    ["is none before anything is heard", [undefined, undefined], none],
    [
      "is the curve's, until the first status",
      [undefined, answer],
      {
        line: [
          [0, 12],
          [1, 10],
          [6, 0],
        ],
        meets: ["warning", "$0"],
      },
    ],
    [
      "follows the newest status",
      [seen, answer],
      {
        line: [
          [0, 12],
          [1, 10],
          [5, 2],
          [6, 0],
        ],
        meets: ["warning", "critical", "$0"],
      },
    ],
    [
      "does not end at $0 where the curve's does not, as RunPod bills afterwards",
      [seen, { ...answer, forecast: answer.forecast.slice(0, 2) }],
      {
        line: [
          [0, 12],
          [1, 10],
          [5, 2],
        ],
        meets: ["warning", "critical"],
      },
    ],
    ["is gone while the balance is not known", [{ ...seen, balance_usd: null }, answer], none],
    ["is gone while the burn is not known", [{ ...seen, burn_per_hr_usd: null }, answer], none],
    ["is gone where nothing burns", [{ ...seen, burn_per_hr_usd: 0 }, answer], none],
    ["is none for a debt", [{ ...seen, balance_usd: -1 }, answer], none],
  ])("%s", (_sentence, of, expected) => {
    expect(shown(...of)).toEqual(expected);
  });

  it("goes on from a point that came after it", () => {
    const forecast = forecastOf(undefined, answer);

    expect(joined(forecast, [atS + 60, 11.9]).line[0]).toEqual([atS + 60, 11.9]);
    expect(joined(forecast, [atS + 2 * hourS, 9]).line).toEqual([
      [atS + 2 * hourS, 9],
      [atS + 6 * hourS, 0],
    ]);
    expect(joined(forecast, [atS - 60, 12.1])).toBe(forecast);
    expect(joined(forecast, undefined)).toBe(forecast);
  });
});

describe("what the plot has room for", () => {
  const now = { nowS: atS, rangeS: 24 * hourS };
  const aheadH = (toS: number): number => (toS - atS) / hourS;

  it("is what the forecast meets within the range", () => {
    const { fromS, toS } = windowOf([], [], forecastOf(seen, answer), now);

    expect(fromS).toBe(atS - 24 * hourS);
    expect(aheadH(toS)).toBeCloseTo(6.48);
  });

  it("is a quarter of the range where nothing is met so soon", () => {
    const far = { line: [[atS, 500] as const, [atS + 99 * hourS, 0] as const], meets: [] };

    expect(aheadH(windowOf([], [], far, now).toS)).toBe(6);
  });

  it("is a little where nothing is to come", () => {
    expect(aheadH(windowOf([], [], none, now).toS)).toBeCloseTo(0.48);
  });

  it.each<[string, readonly (readonly [number, number])[], readonly number[], readonly number[]]>([
    [
      "begins at $0",
      [
        [0, 50],
        [1, 60],
      ],
      [10],
      [0, 64.8],
    ],
    ["shows each threshold, above the balance too", [[0, 5]], [100], [0, 108]],
    ["goes below $0 for a debt", [[0, -10]], [], [-10.8, 0.0108]],
    ["is never nothing", [], [], [0, 0.0108]],
  ])("%s", (_sentence, points, thresholds, expected) => {
    const { lowestUsd, highestUsd } = windowOf(points, thresholds, none, now);

    expect([lowestUsd, highestUsd].map((each) => Number(each.toFixed(4)))).toEqual(expected);
  });
});
