/** One point of the curve; undefined stands in a gap, in which nobody looked. */
export interface CurvePoint {
  readonly atMs: number;
  readonly balanceUsd: number | undefined;
}
