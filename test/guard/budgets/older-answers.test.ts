import { describe, expect, it } from "vitest";
import { doubtedUsd, doubtedWith, mayBeFromBefore } from "#guard/budgets/older-answers.ts";
import { at } from "../samples.ts";

describe("a rise, where $6 an hour burn,", () => {
  const before = { atMs: at(0), usd: 0.3 };

  it.each<
    [sentence: string, minute: number, roseUsd: number, burn: number | undefined, usd: number]
  >([
    ["by what burns in minutes may show what was before", 1, 0.5, 6, 0.8],
    ["by that is alone once the last one is long ago", 5, 0.5, 6, 0.5],
    ["by more is a top-up", 1, 5, 6, 0.3],
    ["of which nobody knows what burns is a top-up", 1, 0.5, undefined, 0.3],
    ["by nothing is none", 1, 0, 6, 0.3],
  ])("%s", (_sentence, minute, roseUsd, burn, usd) => {
    expect(doubtedWith(before, at(minute), roseUsd, burn)?.usd).toBeCloseTo(usd, 9);
  });

  it("is not doubted any more after five minutes", () => {
    expect([doubtedUsd(before, at(4)), doubtedUsd(before, at(5))]).toEqual([0.3, 0]);
    expect(doubtedUsd(undefined, at(0))).toBe(0);
  });
});

describe("a fall shortly after a top-up of $10", () => {
  const toppedUp = { atMs: at(0), usd: 10 };

  it.each<
    [
      sentence: string,
      minute: number,
      fellUsd: number,
      burnedUsd: number,
      burn: number | undefined,
      mayBe: boolean,
    ]
  >([
    ["by as much may show what was before", 4, 10, 0.1, 6, true],
    ["by a little more, too", 4, 12, 0.1, 6, true],
    ["by much less is a fall", 4, 5, 0.1, 6, false],
    ["by much more is a fall", 4, 15, 0.1, 6, false],
    ["that burned is a fall", 4, 10, 9, 6, false],
    ["no longer shortly after it is a fall", 5, 10, 0.1, 6, false],
    ["of which nobody knows what burns is a fall", 4, 10, 0, undefined, false],
  ])("%s", (_sentence, minute, fellUsd, burnedUsd, perHrUsd, mayBe) => {
    expect(mayBeFromBefore(toppedUp, at(minute), fellUsd, { perHrUsd, burnedUsd })).toBe(mayBe);
  });
});
