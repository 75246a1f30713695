import { describe, expect, it } from "vitest";
import { crossingOf, pollFor, pollToLearn } from "#guard/ahead/crossing.ts";
import type { Charges } from "#guard/model/spend.ts";
import { seen } from "../samples.ts";

const second = 1_000;
const fiveMinutes = 300 * second;
const burn = { leastPerHrUsd: 36, mostPerHrUsd: 36 };
const steady: Charges = { afterMs: 900 * second, byMs: 1_000 * second, steadyMs: 10 * second };
/** The last tick was at 900 to 904 s. */
const ticking: Charges = {
  afterMs: 900 * second,
  byMs: 904 * second,
  everyMs: fiveMinutes,
  burn,
};

/** $10 at 1,000 s. */
const look = seen({ atMs: 1_000 * second, balanceUsd: 10, burnPerHrUsd: 36 });

describe("when the balance could cross a line", () => {
  it.each<[string, Charges | undefined, number, [number, number]]>([
    ["at $36/h a dollar lasts 100 s", undefined, 9, [1_100, 1_100]],
    ["by the second: the same", steady, 9, [1_100, 1_100]],
    ["at the line it is now", steady, 10, [1_000, 1_000]],
    ["below it, too", steady, 11, [1_000, 1_000]],
    ["charged long ago, it has burned since", { ...steady, byMs: 950_000 }, 9, [1_050, 1_050]],
    ["in ticks: with the first that is enough", ticking, 9, [1_200, 1_204]],
    ["with the second, where one is not enough", ticking, 5, [1_500, 1_504]],
    ["a tick that just leaves it at the line may cross it", ticking, 7, [1_200, 1_204]],
    [
      "what burned before counts in the next tick",
      { ...ticking, burn: { leastPerHrUsd: 36, mostPerHrUsd: 72 } },
      5,
      [1_200, 1_204],
    ],
    ["a burn that was not known does not", { ...ticking, burn: undefined }, 5, [1_500, 1_504]],
  ])("%s", (_sentence, charges, levelUsd, expected) => {
    const { firstMs, lastMs } = crossingOf(look, charges, levelUsd, 36);

    expect([firstMs / second, lastMs / second]).toEqual(expected);
  });
});

describe("the poll for it", () => {
  const by = { firstMs: 1_000 * second, lastMs: 1_000 * second, isTicking: false };
  const sharp = { firstMs: 1_000 * second, lastMs: 1_004 * second, isTicking: true };
  const wide = { ...sharp, lastMs: 1_060 * second };

  it.each([
    ["far ahead: two minutes before", by, 100, 881.5],
    ["within two minutes: in even steps of at most 14 s", by, 881.5, 894.8],
    ["the last step ends right after it", by, 990, 1_001.5],
    ["long since over: less and less often", by, 1_120, 1_140],
    ["ticks: one poll right after it", sharp, 880, 1_004.3],
    ["and then less and less often", sharp, 1_064, 1_074],
    ["known less well: every 5 s through the time in which it may come", wide, 880, 1_005],
    ["within it", wide, 1_012, 1_017],
    ["up to its end", wide, 1_058, 1_060.3],
  ])("%s", (_sentence, crossing, polledAt, expected) => {
    expect(pollFor(crossing, polledAt * second) / second).toBeCloseTo(expected, 1);
  });
});

describe("a poll to learn when it is charged", () => {
  const crossing = { firstMs: 3_000 * second, lastMs: 3_000 * second, isTicking: false };
  const wide = { ...ticking, byMs: 960 * second };

  it.each<[string, Charges | undefined, number, number]>([
    ["in the middle of the next tick", wide, 3_000, 1_230],
    ["is not worth it a long time before", wide, 5_000, Infinity],
    ["nor once it is to come", wide, 1_000, Infinity],
    ["nor where it is known well", ticking, 3_000, Infinity],
    ["nor where nothing is known", undefined, 3_000, Infinity],
    [
      "half as soon as the last, where falls tell nothing",
      { ...steady, steadyMs: 60_000 },
      3_000,
      1_030,
    ],
    ["not where it falls all the time", steady, 3_000, Infinity],
    ["not before it has fallen again", { ...steady, steadyMs: 60_000, byMs: 9 }, 3_000, Infinity],
    ["not where it has never been seen", { ...steady, steadyMs: undefined }, 3_000, Infinity],
    [
      "of the tick after the next, where that is too soon",
      { ...wide, afterMs: 676 * second, byMs: 730 * second },
      3_000,
      1_303,
    ],
  ])("%s", (_sentence, charges, firstAt, expected) => {
    const atMs = pollToLearn(look, charges, { ...crossing, firstMs: firstAt * second });

    expect(atMs / second).toBe(expected);
  });
});
