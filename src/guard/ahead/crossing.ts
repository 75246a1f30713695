import type { Seen } from "#guard/model/account.ts";
import type { Charges } from "#guard/model/spend.ts";
import { hourMs, minuteMs, secondMs } from "#guard/model/time.ts";

/** When the balance could cross a line: between the two, by what is known of how it is charged. */
export interface Crossing {
  readonly firstMs: number;
  readonly lastMs: number;
  /** It comes at one of these moments and not before, however much faster money goes by then. */
  readonly isTicking: boolean;
}

/** Nobody polls more often for a line. */
const stepMs = 5 * secondMs;
/** With a line so near, money that goes faster from one moment to the next is seen this soon. */
const nearMs = 2 * minuteMs;
const nearStepMs = 14 * secondMs;
/** A poll that comes with the charge may still show the balance before it, and the next is not at once. */
const marginMs = 1_500;
const tickMarginMs = 300;
/** So much of a tick a balance may be above where it should be. */
const looseTicks = 0.02;
/** Ticks that are known so well are waited for with a single poll. */
const sharpMs = 6 * secondMs;
/** Once its moment is over and it has not come, the next poll is so much of that time away. */
const lateShare = 1 / 6;
/** With a line so near, it is worth a poll to learn when the balance is charged. */
const worthKnowingMs = hourMs;
/** A balance that falls within so short a time falls all the time. */
const smoothMs = 20 * secondMs;

/** When the balance that a poll showed falls below this at such a burn. */
export function crossingOf(
  { atMs, balanceUsd }: Seen,
  charges: Charges | undefined,
  levelUsd: number,
  burnPerHrUsd: number,
): Crossing {
  const leftMs = (Math.max(0, balanceUsd - levelUsd) / burnPerHrUsd) * hourMs;
  if (charges?.everyMs === undefined) {
    // Since it last fell, something has burned that it does not show yet.
    const at = (charges?.byMs ?? atMs) + leftMs;
    return { firstMs: at, lastMs: at, isTicking: false };
  }
  const { afterMs, byMs, everyMs, burn } = charges;
  // The next charge is for what has burned since the last one: that may have been more.
  const nextUsd = ((burn?.mostPerHrUsd ?? 0) * everyMs) / hourMs;
  const isNext = balanceUsd - nextUsd * (1 + looseTicks) < levelUsd;
  const ticks = isNext ? 1 : Math.max(1, Math.floor(leftMs / everyMs - looseTicks) + 1);
  const inMs = ticks * everyMs;
  return { firstMs: afterMs + inMs, lastMs: byMs + inMs, isTicking: true };
}

/**
 * When to poll for it, after a poll that has not shown it: once where its moment is known; through the
 * time in which it may come; and less and less often once that is over and it has not come.
 */
export function pollFor({ firstMs, lastMs, isTicking }: Crossing, polledAtMs: number): number {
  const untilMs = lastMs + (isTicking ? tickMarginMs : marginMs);
  if (polledAtMs >= untilMs) return polledAtMs + (polledAtMs - lastMs) * lateShare;
  if (!isTicking) {
    const leftMs = untilMs - polledAtMs;
    if (leftMs > nearMs) return untilMs - nearMs;
    // In even steps, so that none comes right before the moment itself.
    return polledAtMs + leftMs / Math.ceil(leftMs / nearStepMs);
  }
  if (lastMs - firstMs <= sharpMs) return untilMs;
  return Math.min(untilMs, Math.max(firstMs, polledAtMs) + stepMs);
}

/**
 * A poll that shows better when the balance is charged, before a line is so near that it matters; Infinity:
 * none would.
 */
export function pollToLearn(
  { atMs }: Seen,
  charges: Charges | undefined,
  { firstMs }: Crossing,
): number {
  const isFar = firstMs - atMs > worthKnowingMs || firstMs <= atMs;
  if (charges === undefined || isFar) return Infinity;
  const { afterMs, byMs, everyMs, steadyMs } = charges;
  if (everyMs === undefined) {
    // Polls as far apart as its ticks see it fall each time, and take it for one that falls by the second.
    const isUnclear = steadyMs !== undefined && steadyMs > smoothMs && byMs === atMs;
    return isUnclear ? atMs + steadyMs / 2 : Infinity;
  }
  if (byMs - afterMs <= sharpMs) return Infinity;
  const middleMs = (afterMs + byMs) / 2;
  const ticks = Math.max(1, Math.ceil((atMs + stepMs - middleMs) / everyMs));
  return middleMs + ticks * everyMs;
}
