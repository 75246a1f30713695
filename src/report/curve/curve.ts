import type { BalanceSample } from "#ports.ts";
import { type GapRule, withGaps } from "./gaps.ts";
import type { CurvePoint } from "./point.ts";
import { thinned } from "./thinned.ts";

export interface CurveQuery extends GapRule {
  readonly fromMs: number;
  readonly toMs: number;
  /** The plot has room for so many. */
  readonly points: number;
}

/** The balance from one moment to another, for a plot with room for so many points. */
export function curveOf(
  samples: readonly BalanceSample[],
  { fromMs, toMs, points, ...rule }: CurveQuery,
): readonly CurvePoint[] {
  const within = samples.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  return thinned(withGaps(within, rule), points);
}
