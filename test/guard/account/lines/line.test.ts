import { describe, expect, it } from "vitest";
import { aboveWords, belowWords, lineWords } from "#guard/account/lines/line.ts";

describe("why a threshold is crossed, or armed again", () => {
  it.each([
    [
      { belowUsd: 10 },
      { balanceUsd: 9.5, burnPerHrUsd: undefined },
      "balance $9.50 is below $10.00",
    ],
    [
      { belowHours: 2 },
      { balanceUsd: 9, burnPerHrUsd: 5 },
      "balance $9.00 lasts 1.8 h at $5.00/h, less than 2 h",
    ],
    [
      { belowUsd: 10, belowHours: 2 },
      { balanceUsd: 9, burnPerHrUsd: 5 },
      "balance $9.00 is below $10.00, and lasts 1.8 h at $5.00/h, less than 2 h",
    ],
  ])("below %j with %j: %s", (line, measured, words) => {
    expect(belowWords(line, measured)).toBe(words);
  });

  it.each([
    [
      { belowHours: 2 },
      { balanceUsd: 20, burnPerHrUsd: 5 },
      "balance $20.00 lasts 4.0 h at $5.00/h, no longer less than 2 h",
    ],
    [
      { belowHours: 2 },
      { balanceUsd: 9, burnPerHrUsd: 0 },
      "balance $9.00 lasts, as nothing burns, no longer less than 2 h",
    ],
  ])("above %j with %j: %s", (line, measured, words) => {
    expect(aboveWords(line, measured)).toBe(words);
  });
});

it.each([
  [{ belowUsd: 10 }, "$10.00"],
  [{ belowHours: 2.5 }, "2.5 h left"],
  [{ belowUsd: 10, belowHours: 2 }, "$10.00 or 2 h left"],
])("%j is called %s", (line, words) => {
  expect(lineWords(line)).toBe(words);
});
