import { crossedAtUsd } from "#guard/account/lines/line.ts";
import type { Seen } from "#guard/model/account.ts";
import type { Line } from "#guard/model/policy.ts";
import { hourMs } from "#guard/model/time.ts";
import { farthestMs } from "#report/curve/forecast.ts";

/** When the balance meets a line at the present burn; undefined: it is below it, or will not within a year, or nobody knows. */
export function meetsAtMs(
  { balanceUsd, burnPerHrUsd }: Pick<Seen, "balanceUsd" | "burnPerHrUsd">,
  line: Line,
  nowMs: number,
): number | undefined {
  const belowUsd = crossedAtUsd(line, burnPerHrUsd);
  if (belowUsd === undefined || burnPerHrUsd === undefined) return undefined;
  if (burnPerHrUsd <= 0 || balanceUsd < belowUsd) return undefined;
  const atMs = nowMs + ((balanceUsd - belowUsd) / burnPerHrUsd) * hourMs;
  return atMs - nowMs <= farthestMs ? atMs : undefined;
}
