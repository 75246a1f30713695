import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CurvePoint } from "#report/curve/point.ts";
import { fewestPoints, thinned } from "#report/curve/thinned.ts";

const minuteMs = 60_000;

/** A walk with payments and dips, and now and then a gap. */
const walk: fc.Arbitrary<readonly CurvePoint[]> = fc
  .array(
    fc.record({
      afterMs: fc.integer({ min: 1, max: 20 * minuteMs }),
      balanceUsd: fc.oneof(
        { weight: 12, arbitrary: fc.double({ min: -5, max: 100, noNaN: true }) },
        { weight: 1, arbitrary: fc.constant(undefined) },
      ),
    }),
    { maxLength: 200, size: "max" },
  )
  .map((steps) => {
    let atMs = Date.UTC(2026, 10, 20);
    return steps.map(({ afterMs, balanceUsd }) => ({ atMs: (atMs += afterMs), balanceUsd }));
  })
  // A gap lies between two balances.
  .map((points) =>
    points.filter(
      ({ balanceUsd }, n) =>
        balanceUsd !== undefined ||
        (points[n - 1]?.balanceUsd !== undefined && points[n + 1]?.balanceUsd !== undefined),
    ),
  );
const room = fc.integer({ min: 0, max: 150 });

const known = (points: readonly CurvePoint[]): readonly CurvePoint[] =>
  points.filter(({ balanceUsd }) => balanceUsd !== undefined);
const balances = (points: readonly CurvePoint[]): readonly number[] =>
  points.flatMap(({ balanceUsd }) => balanceUsd ?? []);

function property(holds: (points: readonly CurvePoint[], most: number) => void): void {
  fc.assert(fc.property(walk, room, holds), { numRuns: 200 });
}

describe("a curve thinned to what a plot needs", () => {
  it("has no more points than there is room for", () => {
    property((points, most) => {
      expect(thinned(points, most).length).toBeLessThanOrEqual(Math.max(fewestPoints, most));
    });
  });

  it("is of the points that there were, in their order", () => {
    property((points, most) => {
      const thin = thinned(points, most);

      expect(points.filter((point) => thin.includes(point))).toEqual(thin);
      expect(thin.every(({ atMs }, n) => n === 0 || atMs > (thin[n - 1]?.atMs ?? 0))).toBe(true);
    });
  });

  it("begins and ends where it did, and is as high and as low", () => {
    property((points, most) => {
      const [before, after] = [known(points), known(thinned(points, most))];

      expect([after[0], after.at(-1)]).toEqual([before[0], before.at(-1)]);
      expect(Math.min(...balances(after))).toBe(Math.min(...balances(before)));
      expect(Math.max(...balances(after))).toBe(Math.max(...balances(before)));
    });
  });

  it("is as high and as low in each bucket of its time", () => {
    property((points, most) => {
      // Where there was room for twice as many buckets, each of these is two of them.
      const buckets = Math.floor(Math.max(fewestPoints, most) / 8);
      const fromMs = points[0]?.atMs ?? 0;
      const widthMs = ((points.at(-1)?.atMs ?? 0) - fromMs) / buckets;
      const peaks = (all: readonly CurvePoint[]): unknown => {
        const found = new Map<number, readonly number[]>();
        for (const { atMs, balanceUsd = NaN } of known(all)) {
          const bucket = Math.min(buckets - 1, Math.floor((atMs - fromMs) / widthMs));
          found.set(bucket, [...(found.get(bucket) ?? []), balanceUsd]);
        }
        return [...found].map(([bucket, usd]) => {
          return [bucket, usd[0], Math.min(...usd), Math.max(...usd), usd.at(-1)];
        });
      };

      expect(peaks(thinned(points, most))).toEqual(peaks(points));
    });
  });

  it("has a gap between two balances wherever there was one", () => {
    property((points, most) => {
      const thin = thinned(points, most);
      thin.forEach((point, n) => {
        const next = thin[n + 1];
        if (next === undefined || point.balanceUsd === undefined) return;
        const between = points.slice(points.indexOf(point) + 1, points.indexOf(next) + 1);
        expect(next.balanceUsd === undefined).toBe(
          between.some(({ balanceUsd }) => balanceUsd === undefined),
        );
      });
    });
  });

  it("is the same when it is thinned again", () => {
    property((points, most) => {
      const once = thinned(points, most);

      expect(thinned(once, most)).toEqual(once);
    });
  });

  it("keeps a minute below a threshold in 30 days, and the payment after it", () => {
    const points = Array.from({ length: 43_200 }, (_, n) => ({
      atMs: n * minuteMs,
      balanceUsd: n === 20_000 ? 1.99 : n > 20_000 ? 60 - n / 1_000 : 30 - n / 1_000,
    }));

    const thin = thinned(points, 200);

    const at = thin.findIndex(({ balanceUsd }) => balanceUsd === 1.99);
    expect(thin.slice(at - 1, at + 2).map(({ balanceUsd }) => balanceUsd)).toEqual([
      expect.closeTo(10, 0),
      1.99,
      expect.closeTo(40, 0),
    ]);
    expect(thin.length).toBeLessThanOrEqual(200);
  });

  it("of nothing is nothing", () => {
    expect(thinned([], 100)).toEqual([]);
  });
});
