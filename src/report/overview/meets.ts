import type { Seen } from "#guard/model/account.ts";
import { hourMs } from "#guard/model/time.ts";

/** When the balance meets a line at the present burn; undefined: it is below it, or will not, or nobody knows. */
export function meetsAtMs(
  { balanceUsd, burnPerHrUsd }: Pick<Seen, "balanceUsd" | "burnPerHrUsd">,
  belowUsd: number,
  nowMs: number,
): number | undefined {
  if (burnPerHrUsd === undefined || burnPerHrUsd <= 0 || balanceUsd < belowUsd) return undefined;
  const atMs = nowMs + ((balanceUsd - belowUsd) / burnPerHrUsd) * hourMs;
  return atMs <= lastMoment ? atMs : undefined;
}

/** No calendar goes further. */
const lastMoment = 8.64e15;
