import { describe, expect, it } from "vitest";
import { mayBeFromBefore, shownLately } from "#guard/budgets/older-answers.ts";
import { at } from "../samples.ts";

describe("the highest balance of the last few minutes", () => {
  const high = { fromMs: at(10), usd: 9, beforeUsd: 12 };

  it.each<[sentence: string, minute: number, usd: number]>([
    ["of this stretch and the one before", 12, 12],
    ["of this stretch, once the one before is over", 15, 9],
    ["is not known after that", 20, -Infinity],
  ])("is that %s", (_sentence, minute, usd) => {
    expect(shownLately(high, at(minute))).toBe(usd);
  });

  it("is not known where an earlier version has not kept it", () => {
    expect(shownLately(undefined, at(0))).toBe(-Infinity);
  });
});

describe("a fall shortly after a top-up of $10", () => {
  const toppedUp = { atMs: at(0), usd: 10 };

  it.each<[sentence: string, minute: number, fellUsd: number, burnedUsd: number, mayBe: boolean]>([
    ["by as much may show what was before", 4, 10, 0.1, true],
    ["by more, too", 4, 15, 0.1, true],
    ["by much less is a fall", 4, 4.9, 0.1, false],
    ["that burned is a fall", 4, 10, 9, false],
    ["no longer shortly after it is a fall", 5, 10, 0.1, false],
  ])("%s", (_sentence, minute, fellUsd, burnedUsd, mayBe) => {
    expect(mayBeFromBefore(toppedUp, at(minute), fellUsd, burnedUsd)).toBe(mayBe);
  });
});
