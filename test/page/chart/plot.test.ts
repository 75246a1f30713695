import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Drawn, readOf } from "#page/chart/drawn.ts";
import { stepWith } from "#page/chart/keys.ts";
import { placeLabels } from "#page/chart/place-labels.ts";

const drawn = {
  points: [
    [0, 10],
    [60, 9],
    [90, null],
    [120, 8],
  ],
  forecast: {
    line: [
      [120, 8],
      [240, 0],
    ],
    meets: [],
  },
} as const satisfies Pick<Drawn, "points" | "forecast"> as unknown as Drawn;

describe("keys on the plot", () => {
  it.each<[string, string, number | undefined, number | undefined | "none"]>([
    ["the first left stands on what was last seen", "ArrowLeft", undefined, 3],
    ["the first right too", "ArrowRight", undefined, 3],
    ["left goes over a gap", "ArrowLeft", 3, 1],
    ["right goes over a gap", "ArrowRight", 1, 3],
    ["right goes on along the forecast, which begins where the curve ends", "ArrowRight", 3, 5],
    ["left comes back to the curve", "ArrowLeft", 5, 3],
    ["left stays at the start", "ArrowLeft", 0, 0],
    ["right stays at the end", "ArrowRight", 5, 5],
    ["Home is the oldest", "Home", 3, 0],
    ["End is the end of the forecast", "End", 3, 5],
    ["Page Up goes back", "PageUp", 3, 1],
    ["Page Down goes on", "PageDown", 1, 3],
    ["Escape leaves the curve", "Escape", 3, undefined],
    ["Tab is the page's", "Tab", 3, "none"],
    ["letters are the page's", "q", 3, "none"],
  ])("%s", (_sentence, key, at, expected) => {
    expect(stepWith(key, at, drawn)).toBe(expected);
  });

  it("on nothing lead nowhere", () => {
    const nothing: Drawn = { ...drawn, points: [], forecast: { line: [], meets: [] } };

    expect(stepWith("ArrowLeft", undefined, nothing)).toBeUndefined();
    expect(readOf(nothing, 0)).toBeUndefined();
  });
});

describe("names written along the thresholds", () => {
  const room = { left: 0, right: 300, height: 14 };

  it.each([
    [
      "one above the other where lines are apart",
      [
        [100, 50],
        [50, 50],
      ],
      [0, 0],
    ],
    [
      "one beside the other where lines are close",
      [
        [100, 50],
        [95, 60],
        [92, 40],
      ],
      [0, 62, 134],
    ],
    [
      "not at all where there is no room",
      [
        [100, 200],
        [99, 200],
      ],
      [0, undefined],
    ],
  ])("stand %s", (_sentence, wanted, lefts) => {
    const placed = placeLabels(
      wanted.map(([y = 0, width = 0]) => ({ y, width })),
      room,
    );

    expect(placed.map((each) => each?.left)).toEqual(lefts);
  });

  it("never cover each other", () => {
    const wanted = fc.array(
      fc.record({ y: fc.integer({ min: 0, max: 60 }), width: fc.integer({ min: 1, max: 200 }) }),
    );
    fc.assert(
      fc.property(wanted, (all) => {
        const placed = placeLabels(all, room).flatMap((each, n) =>
          each === undefined ? [] : [{ ...each, right: each.left + (all[n]?.width ?? 0) }],
        );

        placed.forEach((one, n) => {
          expect(one.right).toBeLessThanOrEqual(room.right);
          for (const other of placed.slice(n + 1)) {
            const isApart = Math.abs(one.y - other.y) >= room.height;
            expect(isApart || one.right < other.left || other.right < one.left).toBe(true);
          }
        });
      }),
    );
  });
});
