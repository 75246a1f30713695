import type { Accounted } from "#guard/model/spend.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";

/*
 * An answer may show what was so before, but no longer: one of RunPod's machines is behind the others. That is
 * told from money by what burns, and only where it is known what burns.
 */
const stalestMs = 5 * minuteMs;
/** What an older answer lacks was charged within this. */
const longestMs = 2 * stalestMs;
/** Less is rounding. */
const roundingUsd = 0.02;
/** An older answer shows about what was before: what burned since is the difference. */
const alike = 0.25;

/** With a rise that may show what was before: it is no more than what burns in a few minutes. */
export function doubtedWith(
  before: Accounted["doubted"],
  atMs: number,
  roseUsd: number,
  burnPerHrUsd: number | undefined,
): Accounted["doubted"] {
  if (burnPerHrUsd === undefined || roseUsd <= 0 || roseUsd > mostUsd(burnPerHrUsd)) return before;
  return { atMs, usd: roseUsd + doubtedUsd(before, atMs) };
}

/** What rose of late, and was perhaps never there. */
export function doubtedUsd(doubted: Accounted["doubted"], atMs: number): number {
  return doubted === undefined || atMs - doubted.atMs >= stalestMs ? 0 : doubted.usd;
}

/** Whether a fall may show what was before a top-up: by about as much, shortly after it, far more than burns. */
export function mayBeFromBefore(
  toppedUp: Accounted["toppedUp"],
  atMs: number,
  fellUsd: number,
  burn: { readonly perHrUsd: number | undefined; readonly burnedUsd: number },
): boolean {
  if (toppedUp === undefined || burn.perHrUsd === undefined) return false;
  const looseUsd = alike * toppedUp.usd + mostUsd(burn.perHrUsd);
  return (
    atMs - toppedUp.atMs < stalestMs &&
    Math.abs(fellUsd - toppedUp.usd) <= looseUsd &&
    fellUsd > 2 * burn.burnedUsd
  );
}

function mostUsd(burnPerHrUsd: number): number {
  return (burnPerHrUsd * longestMs) / hourMs + roundingUsd;
}
