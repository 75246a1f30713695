import type { Seen } from "#guard/model/account.ts";
import { hourMs } from "#guard/model/time.ts";
import { farthestMs } from "#report/curve/forecast.ts";

/** When the balance meets a line at the present burn; undefined: it is below it, or will not within a year, or nobody knows. */
export function meetsAtMs(
  { balanceUsd, burnPerHrUsd }: Pick<Seen, "balanceUsd" | "burnPerHrUsd">,
  belowUsd: number,
  nowMs: number,
): number | undefined {
  if (burnPerHrUsd === undefined || burnPerHrUsd <= 0 || balanceUsd < belowUsd) return undefined;
  const atMs = nowMs + ((balanceUsd - belowUsd) / burnPerHrUsd) * hourMs;
  return atMs - nowMs <= farthestMs ? atMs : undefined;
}
