import { describe, expect, it } from "vitest";
import {
  heldBelow,
  parseThresholds,
  proposeThresholds,
  type Threshold,
} from "#commands/setup/answers/propose-thresholds.ts";

const threshold = (name: string, belowUsd: number): Threshold => ({
  name,
  belowUsd,
  stopsPods: false,
});
const shipped = [threshold("warning", 10), threshold("critical", 2), threshold("emergency", 0.5)];

describe("what is proposed", () => {
  it.each<readonly [string, readonly Threshold[], number | undefined, readonly number[]]>([
    ["nothing burns: what is there", shipped, 0, [10, 2, 0.5]],
    ["the burn is unknown: what is there", shipped, undefined, [10, 2, 0.5]],
    ["the burn is no number: what is there", shipped, Number.NaN, [10, 2, 0.5]],
    ["a small burn: what is there lasts long enough", shipped, 0.4, [10, 2, 0.5]],
    ["a pod or two", shipped, 3.66, [15, 4, 1]],
    ["a rack", shipped, 190, [760, 190, 50]],
    ["amounts above are never lowered", [threshold("one", 500)], 3, [500]],
    ["a single one is the last minutes", [threshold("one", 1)], 24, [6]],
    ["never two of one amount", [threshold("a", 2), threshold("b", 1.99)], 7.6, [8, 2]],
  ])("%s", (_sentence, now, burn, proposed) => {
    expect(proposeThresholds(now, burn)).toEqual(proposed);
  });

  it("is always highest first, whatever stands there and burns", () => {
    for (const burn of [0.01, 0.3, 1, 2.18, 7, 24, 99.99, 1_000]) {
      const proposed = proposeThresholds([...shipped, threshold("last", 0.49)], burn);

      expect(proposed).toEqual([...new Set(proposed)].toSorted((a, b) => b - a));
    }
  });
});

describe("a backstop's threshold", () => {
  const stops = { stopsPods: true };
  const tells = { stopsPods: false };

  it.each<
    readonly [
      string,
      readonly (typeof stops)[],
      readonly number[],
      number,
      readonly number[] | undefined,
    ]
  >([
    ["below the balance: it stays", [tells, stops], [10, 1], 1.01, [10, 1]],
    ["at the balance: half of it", [tells, stops], [10, 1], 1, [10, 0.5]],
    [
      "above it: half of it, rounded down",
      [tells, tells, stops],
      [400, 100, 25],
      17,
      [400, 100, 8.5],
    ],
    ["a large one", [stops], [500], 131, [65]],
    ["cents are left", [stops], [0.5], 0.05, [0.02]],
    ["one cent is left: there is none", [tells, stops], [10, 0.5], 0.01, undefined],
    ["nothing is left: there is none", [tells, stops], [10, 0.5], 0, undefined],
    ["less than nothing: there is none", [tells, stops], [10, 0.5], -3, undefined],
    ["none has a backstop: whatever the balance is", [tells, tells], [10, 2], -3, [10, 2]],
    ["others that are lower stay lower", [stops, tells, stops], [100, 25, 9], 20, [10, 5, 2.5]],
  ])("%s", (_sentence, now, amounts, balanceUsd, held) => {
    expect(heldBelow(now, amounts, balanceUsd)).toEqual(held);
  });
});

describe("what is typed", () => {
  const names = ["warning", "critical"];

  it.each([
    ["commas", "10, 2", [10, 2]],
    ["spaces and dollars", " $10.50  $2 ", [10.5, 2]],
  ])("with %s", (_sentence, text, amounts) => {
    expect(parseThresholds(text, names)).toEqual({ amounts });
  });

  it.each([
    ["too few", "10", /^Give 2 amounts in dollars, highest first: warning, critical \(got 1\)$/],
    ["too many", "10,5,2", /\(got 3\)$/],
    ["a word", "10,two", /each must be more than 0 \(got "two"\)$/],
    ["zero", "10,0", /each must be more than 0 \(got "0"\)$/],
    ["the wrong order", "2,10", /^Highest first: \$10.00 must be less than \$2.00$/],
    ["twice the same", "2,2", /^Highest first: \$2.00 must be less than \$2.00$/],
    ["no number that JSON has", "1e3,Infinity", /got "1e3"/],
  ])("%s is refused in words", (_sentence, text, fault) => {
    expect(parseThresholds(text, names)).toEqual({ fault: expect.stringMatching(fault) });
  });
});
