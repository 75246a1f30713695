import type { BalanceAnswer } from "#http/contract/balance.ts";

/** Seconds since the epoch and dollars; null is a gap in which nobody looked. */
export type Point = BalanceAnswer["points"][number];
export type Known = readonly [atS: number, usd: number];

/** Polls further apart than three of them, and than this, leave a time in which nobody looked. */
const leastGapS = 180;
const pollsInGap = 3;

/** One more at the end, behind a gap if there was one. What is no later than the last changes nothing. */
export function withPoint(
  points: readonly Point[],
  [atS, usd]: Known,
  intervalS: number,
): readonly Point[] {
  const last = points.at(-1);
  if (last === undefined) return [[atS, usd]];
  if (!(atS > last[0]) || !Number.isFinite(usd)) return points;
  const isGap = last[1] !== null && atS - last[0] > Math.max(leastGapS, pollsInGap * intervalS);
  return isGap ? [...points, [(last[0] + atS) / 2, null], [atS, usd]] : [...points, [atS, usd]];
}

/** From a moment on; a gap that this begins with is none. */
export function since(points: readonly Point[], fromS: number): readonly Point[] {
  const first = points.findIndex(([atS, usd]) => atS >= fromS && usd !== null);
  return first === -1 ? [] : points.slice(first);
}

export function known(points: readonly Point[]): readonly Known[] {
  return points.flatMap(([atS, usd]) => (usd === null ? [] : [[atS, usd] as const]));
}

export function gapsIn(points: readonly Point[]): number {
  return points.filter(([, usd]) => usd === null).length;
}

/** Less than this is an answer that was older than the one before. */
const leastRiseUsd = 1;

/** Each rise of the balance, as by a payment, with when it was seen. */
export function rises(points: readonly Point[]): readonly Known[] {
  const all = known(points);
  return all.flatMap(([atS, usd], n) => {
    const rise = usd - (all[n - 1]?.[1] ?? usd);
    // A single balance far from both beside it, which agree, was an answer that was wrong.
    const isBack = Math.abs(usd - (all[n - 2]?.[1] ?? Infinity)) < leastRiseUsd;
    return rise >= leastRiseUsd && !isBack ? [[atS, rise] as const] : [];
  });
}
