import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { moneyTicks, moneyWords, timeTicks } from "#terminal/plot/ticks.ts";

const hourMs = 3_600_000;
/** By the clock on the wall, wherever this runs. */
const at = (day: number, hour: number, minute = 0): number =>
  new Date(2026, 10, day, hour, minute).getTime();

describe("the money beside the plot", () => {
  it.each<[string, number, number, number, readonly string[]]>([
    ["is in even steps", 0, 73.5, 5, ["$0", "$20", "$40", "$60"]],
    ["has cents where it must", 0, 1.05, 5, ["$0.00", "$0.50", "$1.00"]],
    ["goes below $0", -12, 20, 4, ["-$10", "$0", "$10", "$20"]],
    ["of a large account", 0, 10_500, 3, ["$0", "$5000", "$10000"]],
    ["of next to nothing", 0, 0.0105, 2, ["$0.00", "$0.01"]],
  ])("%s", (_sentence, lowest, highest, most, expected) => {
    const ticks = moneyTicks(lowest, highest, most);

    expect(ticks.map((usd) => moneyWords(usd, ticks))).toEqual(expected);
  });

  it("is within the plot, and no more than there is room for", () => {
    const usd = fc.double({ min: 0.01, max: 1e7, noNaN: true });
    fc.assert(
      fc.property(usd, fc.integer({ min: 1, max: 12 }), (highest, most) => {
        const ticks = moneyTicks(0, highest, most);

        expect(ticks.length).toBeLessThanOrEqual(most + 1);
        expect(ticks.every((each) => each >= 0 && each <= highest)).toBe(true);
      }),
    );
  });
});

describe("the time below the plot", () => {
  it.each<[string, number, number, number, readonly string[]]>([
    ["is full hours", at(26, 4, 20), at(27, 4, 20), 5, ["06:00", "12:00", "18:00", "00:00"]],
    [
      "is ten minutes of one hour",
      at(27, 4),
      at(27, 5),
      6,
      "04:00 04:10 04:20 04:30 04:40 04:50 05:00".split(" "),
    ],
    [
      "is days of a week",
      at(20, 4),
      at(27, 4),
      7,
      "21 Nov 22 Nov 23 Nov 24 Nov 25 Nov 26 Nov 27 Nov".match(/\d+ Nov/g) ?? [],
    ],
    ["is weeks of a month", at(1, 4), at(30, 4), 5, ["8 Nov", "15 Nov", "22 Nov", "29 Nov"]],
  ])("%s", (_sentence, fromMs, toMs, most, expected) => {
    expect(timeTicks(fromMs, toMs, most).map(({ words }) => words)).toEqual(expected);
  });

  it("is within the plot, in order", () => {
    const span = fc.integer({ min: hourMs, max: 1_440 * hourMs });
    fc.assert(
      fc.property(span, fc.integer({ min: 1, max: 25 }), (forMs, most) => {
        const ticks = timeTicks(at(1, 4, 7), at(1, 4, 7) + forMs, most);

        expect(ticks.every(({ atMs }) => atMs >= at(1, 4, 7) && atMs <= at(1, 4, 7) + forMs)).toBe(
          true,
        );
        expect(ticks.length).toBeLessThanOrEqual(
          Math.max(most + 2, forMs / (14 * 24 * hourMs) + 1),
        );
      }),
    );
  });
});
