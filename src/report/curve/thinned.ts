import type { CurvePoint } from "./point.ts";

/** Fewer are no curve: with less room than this there is still so much. */
export const fewestPoints = 8;

/** Of a bucket the first, the lowest, the highest and the last stay. */
const keptOfBucket = 4;
/** And a gap between each of them and the next. */
const mostOfBucket = 2 * keptOfBucket;

/**
 * At most `most` of the points, oldest first (and no fewer than `fewestPoints`). Time is cut into equal
 * buckets, and of each the first, the lowest, the highest and the last balance stay: a short dip never
 * vanishes, a payment stays a step. Wherever there was a gap between two of those that stay, one still is.
 */
export function thinned(points: readonly CurvePoint[], most: number): readonly CurvePoint[] {
  const room = Math.max(fewestPoints, Math.floor(most));
  if (points.length <= room) return points;
  const buckets = Math.floor(room / mostOfBucket);
  // Gaps are few, nearly always: then there is room for twice as many.
  const thin = inBuckets(points, 2 * buckets);
  return thin.length <= room ? thin : inBuckets(points, buckets);
}

function inBuckets(points: readonly CurvePoint[], buckets: number): readonly CurvePoint[] {
  const fromMs = points[0]?.atMs ?? 0;
  const widthMs = ((points.at(-1)?.atMs ?? 0) - fromMs) / buckets;
  const kept: CurvePoint[] = [];
  for (let start = 0, end = 0; start < points.length; start = end) {
    const bucket = bucketOf(points[start]);
    while (end < points.length && bucketOf(points[end]) === bucket) end += 1;
    keepOf(points, start, end, kept);
  }
  return kept;

  function bucketOf(point: CurvePoint | undefined): number {
    const n = Math.floor(((point?.atMs ?? fromMs) - fromMs) / widthMs);
    return Math.min(buckets - 1, n);
  }
}

/** Adds what stays of the points from `start` to before `end`. */
function keepOf(
  points: readonly CurvePoint[],
  start: number,
  end: number,
  kept: CurvePoint[],
): void {
  let first: number | undefined;
  let last: number | undefined;
  let lowest = start;
  let highest = start;
  for (let n = start; n < end; n += 1) {
    const balanceUsd = points[n]?.balanceUsd;
    if (balanceUsd === undefined) continue;
    if (first === undefined) [first, lowest, highest] = [n, n, n];
    last = n;
    if (balanceUsd < (points[lowest]?.balanceUsd ?? 0)) lowest = n;
    if (balanceUsd > (points[highest]?.balanceUsd ?? 0)) highest = n;
  }
  const stay = new Set(
    [first, lowest, highest, last].filter((n) => n !== undefined && first !== undefined),
  );
  let gap: CurvePoint | undefined;
  for (let n = start; n < end; n += 1) {
    const point = points[n];
    if (point === undefined) continue;
    if (point.balanceUsd === undefined) gap ??= point;
    else if (stay.has(n)) {
      add(gap, kept);
      add(point, kept);
      gap = undefined;
    }
  }
  add(gap, kept);
}

/** A gap behind a gap is the same gap. */
function add(point: CurvePoint | undefined, kept: CurvePoint[]): void {
  if (point === undefined) return;
  const before = kept.at(-1);
  if (point.balanceUsd === undefined && before !== undefined && before.balanceUsd === undefined) {
    return;
  }
  kept.push(point);
}
