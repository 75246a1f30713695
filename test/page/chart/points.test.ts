import { describe, expect, it } from "vitest";
import { gapsIn, type Point, rises, since, withPoint } from "#page/chart/points.ts";

const minuteS = 60;

describe("a point that comes while the page is open", () => {
  const before: readonly Point[] = [
    [0, 10],
    [minuteS, 9],
  ];

  it.each<[string, Point, number, readonly Point[]]>([
    ["is added at the end", [2 * minuteS, 8], 60, [...before, [2 * minuteS, 8]]],
    ["that is known already changes nothing", [minuteS, 9], 60, before],
    ["that is older than the last changes nothing", [30, 9], 60, before],
    ["that is no number changes nothing", [2 * minuteS, NaN], 60, before],
    [
      "comes behind a gap where nobody looked for longer than three polls",
      [5 * minuteS, 8],
      60,
      [...before, [3 * minuteS, null], [5 * minuteS, 8]],
    ],
    ["comes behind none where polls are rare", [5 * minuteS, 8], 300, [...before, [300, 8]]],
    [
      "comes behind none where polls are quick and two were missed",
      [200, 8],
      5,
      [...before, [200, 8]],
    ],
  ])("%s", (_sentence, [atS, usd], intervalS, expected) => {
    expect(withPoint(before, [atS, usd ?? 0], intervalS)).toEqual(expected);
  });

  it("is the first where there was none", () => {
    expect(withPoint([], [5, 1], 60)).toEqual([[5, 1]]);
  });
});

describe("the points of a range", () => {
  const points: readonly Point[] = [
    [0, 10],
    [60, null],
    [120, 9],
    [180, 8],
  ];

  it.each<[string, number, readonly Point[]]>([
    ["are all that are in it", 0, points],
    ["begin with a balance, and not with a gap", 30, points.slice(2)],
    ["are none where all are older", 200, []],
  ])("%s", (_sentence, fromS, expected) => {
    expect(since(points, fromS)).toEqual(expected);
  });

  it("have as many gaps as nobody looked in", () => {
    expect([gapsIn(points), gapsIn([])]).toEqual([1, 0]);
  });
});

describe("what the balance rose by", () => {
  const at = (...usd: readonly number[]): readonly Point[] => usd.map((each, n) => [n, each]);

  it.each<[string, readonly Point[], readonly (readonly [number, number])[]]>([
    ["is nothing while it falls", at(10, 9, 8), []],
    ["is a payment", at(10, 9, 39), [[2, 30]]],
    ["is not an older answer", at(10, 9, 9.5), []],
    ["is not the way back from one wrong answer", at(10, 1, 9.9), []],
    [
      "is told across a gap",
      [
        [0, 5],
        [1, null],
        [2, 25],
      ],
      [[2, 20]],
    ],
  ])("%s", (_sentence, points, expected) => {
    expect(rises(points)).toEqual(expected);
  });
});
