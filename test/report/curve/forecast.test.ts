import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { forecast, type ForecastSources } from "#report/curve/forecast.ts";

const hourMs = 3_600_000;
const nowMs = Date.UTC(2026, 10, 23, 3, 20);
const thresholds = [
  { name: "critical", belowUsd: 2 },
  { name: "warning", belowUsd: 10 },
];
const look = { atMs: nowMs, balanceUsd: 12, burnPerHrUsd: 2 };

type Look = ForecastSources["look"];

function shown(of: Look, lines = thresholds) {
  const { line, meets, zeroAtMs } = forecast({ look: of, thresholds: lines });
  const hours = (atMs: number | undefined) =>
    atMs === undefined ? undefined : (atMs - nowMs) / hourMs;
  return {
    line: line.map(({ atMs, balanceUsd }) => [hours(atMs), balanceUsd]),
    meets: meets.map(({ name, atMs }) => [name, hours(atMs)]),
    zero: hours(zeroAtMs),
  };
}

const none = { line: [], meets: [], zero: undefined };

describe("the forecast", () => {
  it.each<[string, Look, ReturnType<typeof shown>]>([
    [
      "meets each threshold and $0",
      look,
      {
        line: [
          [0, 12],
          [1, 10],
          [5, 2],
          [6, 0],
        ],
        meets: [
          ["warning", 1],
          ["critical", 5],
        ],
        zero: 6,
      },
    ],
    [
      "does not meet a threshold that the balance is below",
      { ...look, balanceUsd: 4 },
      {
        line: [
          [0, 4],
          [1, 2],
          [2, 0],
        ],
        meets: [["critical", 1]],
        zero: 2,
      },
    ],
    [
      "meets at once what the balance stands on",
      { ...look, balanceUsd: 2 },
      {
        line: [
          [0, 2],
          [1, 0],
        ],
        meets: [["critical", 0]],
        zero: 1,
      },
    ],
    [
      "ends at the last threshold where RunPod bills afterwards",
      { ...look, billingMode: "POSTPAID" },
      {
        line: [
          [0, 12],
          [1, 10],
          [5, 2],
        ],
        meets: [
          ["warning", 1],
          ["critical", 5],
        ],
        zero: undefined,
      },
    ],
    [
      "is none where RunPod bills afterwards and every threshold is above",
      { ...look, balanceUsd: 1, billingMode: "POSTPAID" },
      none,
    ],
    ["is none while the account is not seen", undefined, none],
    ["is none while the burn is not known", { ...look, burnPerHrUsd: undefined }, none],
    ["is none where nothing burns", { ...look, burnPerHrUsd: 0 }, none],
    ["is none where nothing is left", { ...look, balanceUsd: 0 }, none],
    ["is none for a debt", { ...look, balanceUsd: -3 }, none],
    ["is none of what is no number", { ...look, burnPerHrUsd: NaN }, none],
    [
      "goes no further than a year",
      { ...look, burnPerHrUsd: 0.001 },
      {
        line: [
          [0, 12],
          [2_000, 10],
          [8_784, 12 - 8.784],
        ],
        meets: [["warning", 2_000]],
        zero: undefined,
      },
    ],
  ])("%s", (_sentence, of, expected) => {
    expect(shown(of)).toEqual(expected);
  });

  it("without any threshold is met by $0 alone", () => {
    expect(shown(look, [])).toEqual({
      line: [
        [0, 12],
        [6, 0],
      ],
      meets: [],
      zero: 6,
    });
  });

  it("only ever falls, goes on in time, and meets every threshold on its line", () => {
    const usd = fc.double({ min: 0.01, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(usd, usd, fc.array(usd), (balanceUsd, burnPerHrUsd, belows) => {
        const lines = belows.map((belowUsd, n) => ({ name: String(n), belowUsd }));

        const { line, meets } = forecast({
          look: { ...look, balanceUsd, burnPerHrUsd },
          thresholds: lines,
        });

        line.slice(1).forEach((point, n) => {
          expect(point.balanceUsd).toBeLessThan(line[n]?.balanceUsd ?? 0);
          expect(point.atMs).toBeGreaterThanOrEqual(line[n]?.atMs ?? 0);
        });
        const times = line.map(({ atMs }) => atMs);
        for (const { atMs } of meets) expect(times).toContain(atMs);
      }),
    );
  });
});
