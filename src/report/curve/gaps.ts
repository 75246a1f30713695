import { minuteMs } from "#guard/model/time.ts";
import type { BalanceSample } from "#ports.ts";
import { wholeForMs } from "#store/thin.ts";
import type { CurvePoint } from "./point.ts";

/** Of older samples one in a quarter of an hour is kept: so far apart two of them may be. */
const thinnedEveryMs = 30 * minuteMs;

export interface GapRule {
  readonly nowMs: number;
  /** Samples further apart leave a time in which nobody looked: see the policy's `gapMs`. */
  readonly gapMs: number;
}

/** The samples, in any order, as points, oldest first; in the middle of each gap stands one without a balance. */
export function withGaps(samples: readonly BalanceSample[], rule: GapRule): readonly CurvePoint[] {
  const points: CurvePoint[] = [];
  let before: BalanceSample | undefined;
  for (const sample of inOrder(samples)) {
    const { atMs, balanceUsd } = sample;
    if (before?.atMs === atMs) points.pop();
    else if (before !== undefined && atMs - before.atMs > widestMs(before, rule)) {
      points.push({ atMs: (before.atMs + atMs) / 2, balanceUsd: undefined });
    }
    points.push({ atMs, balanceUsd });
    before = sample;
  }
  return points;
}

/** How far the next may be after this one. */
function widestMs({ atMs }: BalanceSample, { nowMs, gapMs }: GapRule): number {
  return nowMs - atMs > wholeForMs ? Math.max(gapMs, thinnedEveryMs) + gapMs : gapMs;
}

/** Nearly always they are: then nothing is copied. */
function inOrder(samples: readonly BalanceSample[]): readonly BalanceSample[] {
  const isInOrder = samples.every((each, n) => n === 0 || each.atMs >= (samples[n - 1]?.atMs ?? 0));
  return isInOrder ? samples : samples.toSorted((a, b) => a.atMs - b.atMs);
}
