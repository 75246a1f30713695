import type { Seen } from "#guard/model/account.ts";
import type { Accounted, HighBalance } from "#guard/model/spend.ts";
import { minuteMs } from "#guard/model/time.ts";

/** An answer may show what was so before, but no longer: one of RunPod's machines is behind the others. */
export const stalestMs = 5 * minuteMs;

/** With the balance of another look. */
export function highWith(
  before: HighBalance | undefined,
  { atMs, balanceUsd }: Pick<Seen, "atMs" | "balanceUsd">,
): HighBalance {
  const passedMs = before === undefined ? Infinity : atMs - before.fromMs;
  if (before === undefined || passedMs >= 2 * stalestMs) return { fromMs: atMs, usd: balanceUsd };
  return passedMs < stalestMs
    ? { ...before, usd: Math.max(before.usd, balanceUsd) }
    : { fromMs: before.fromMs + stalestMs, usd: balanceUsd, beforeUsd: before.usd };
}

/** The highest balance of the last few minutes: one that is no higher may be an older one. */
export function shownLately(high: HighBalance | undefined, atMs: number): number {
  if (high === undefined) return -Infinity;
  const passedMs = atMs - high.fromMs;
  if (passedMs >= 2 * stalestMs) return -Infinity;
  return passedMs < stalestMs ? Math.max(high.usd, high.beforeUsd ?? -Infinity) : high.usd;
}

/** Whether a fall may show what was before a top-up: by as much again, shortly after it, far more than burns. */
export function mayBeFromBefore(
  toppedUp: Accounted["toppedUp"],
  atMs: number,
  fellUsd: number,
  burnedUsd: number,
): boolean {
  if (toppedUp === undefined || atMs - toppedUp.atMs >= stalestMs) return false;
  return fellUsd >= toppedUp.usd / 2 && fellUsd > 2 * burnedUsd;
}
