import type { Seen } from "#guard/model/account.ts";
import type { Accounted } from "#guard/model/spend.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";
import { doubtedUsd, doubtedWith, mayBeFromBefore } from "./older-answers.ts";
import type { Spent } from "./periods.ts";

/** RunPod charges every five minutes. What is due for longer was charged unseen; looks further apart leave a gap. */
export const longestDueMs = 15 * minuteMs;

export interface Accounting {
  /** Undefined: no look is believed yet. */
  readonly accounted: Accounted | undefined;
  readonly spent: readonly Spent[];
}

export interface Shown extends Pick<
  Seen,
  "atMs" | "balanceUsd" | "burnPerHrUsd" | "isRiseDoubted"
> {
  /** More may burn than that. */
  readonly isAtLeast?: boolean;
}

/**
 * What the account has spent since it was last accounted for. A fall of the balance is spending, a rise is a
 * top-up, where neither may come of an older answer. What burns is due until it is charged: a charge that
 * came together with a top-up is missing at the next fall, and is counted then. Where the balance does not fall for long though something burns, a card
 * pays for it (auto-pay), and what is due counts as spent and topped up; if it falls by it after all, it is
 * not counted again.
 */
export function accountedTo(before: Accounted | undefined, look: Shown): Accounting {
  if (before === undefined) {
    return { accounted: look.isRiseDoubted === true ? undefined : from(look), spent: [] };
  }
  const isGap = look.atMs - before.atMs > longestDueMs;
  if (look.isRiseDoubted === true) {
    return { accounted: isGap ? before : waiting(before, look), spent: [] };
  }
  const fellUsd = before.balanceUsd - look.balanceUsd;
  if (isGap) return overGap(before, look, fellUsd);
  const { toppedUp, dueUsd } = before;
  const perHrUsd = knownBurn(before, look);
  const burn = { perHrUsd, burnedUsd: dueUsd + burnedUsd(before, look) };
  if (mayBeFromBefore(toppedUp, look.atMs, fellUsd, burn)) {
    return { accounted: waiting(before, look), spent: [] };
  }
  return fellUsd > 0 ? afterFall(before, look, fellUsd) : withoutFall(before, look, -fellUsd);
}

/** Undefined: more may burn than is known. */
function knownBurn({ burnPerHrUsd, isAtLeast }: Accounted, look: Shown): number | undefined {
  if (burnPerHrUsd === undefined || look.burnPerHrUsd === undefined) return undefined;
  if (isAtLeast === true || look.isAtLeast === true) return undefined;
  return Math.max(burnPerHrUsd, look.burnPerHrUsd);
}

function from({ atMs, balanceUsd, burnPerHrUsd }: Shown): Accounted {
  return { atMs, balanceUsd, burnPerHrUsd, dueUsd: 0, dueFromMs: atMs, fellAtMs: atMs };
}

/** More is due by now, and the balance is left as it was. */
function waiting(before: Accounted, look: Shown): Accounted {
  const { atMs, burnPerHrUsd } = look;
  const isAtLeast = before.isAtLeast === true || look.isAtLeast === true;
  const dueUsd = before.dueUsd + burnedUsd(before, look);
  return { ...before, atMs, burnPerHrUsd, dueUsd, ...(isAtLeast && { isAtLeast }) };
}

/** A burn that is not known makes nothing due. */
function burnedUsd({ atMs, burnPerHrUsd }: Accounted, look: Shown): number {
  const perHrUsd = burnPerHrUsd ?? look.burnPerHrUsd ?? 0;
  return (perHrUsd * Math.max(0, look.atMs - atMs)) / hourMs;
}

/** How it went meanwhile nobody knows: a fall is what was spent at least; for a rise see `settleGap`. */
function overGap(before: Accounted, look: Shown, fellUsd: number): Accounting {
  const gap = { fromMs: before.atMs, toMs: look.atMs, fellUsd };
  const usd = Math.max(0, fellUsd);
  return {
    accounted: { ...from(look), gap },
    spent: [{ fromMs: before.dueFromMs, toMs: look.atMs, spentUsd: usd, estimatedUsd: usd }].filter(
      ({ spentUsd }) => spentUsd > 0,
    ),
  };
}

function afterFall(before: Accounted, look: Shown, fellUsd: number): Accounting {
  const { atMs, balanceUsd, burnPerHrUsd } = look;
  const { restUsd = 0, risenUsd = 0, presumedUsd = 0, dueFromMs, gap } = before;
  const burned = burnedUsd(before, look);
  const leftUsd = before.dueUsd + burned - fellUsd;
  // More is left than after other falls: that was charged when the balance rose.
  const hidden = between(0, leftUsd - Math.max(restUsd, burned), risenUsd);
  // More was charged than is due: that was only late, and is counted already.
  const late = between(0, -leftUsd, presumedUsd);
  const unseenUsd = hidden - late;
  // Or it had not risen before: an older answer said so.
  const doubted = doubtedUsd(before.doubted, atMs);
  const isKnown = knownBurn(before, look) !== undefined;
  const neverUsd = isKnown ? between(0, -leftUsd - late, doubted) : 0;
  const dearestUsd = Math.max(burnPerHrUsd ?? 0, before.burnPerHrUsd ?? 0);
  const mostUsd = (dearestUsd * longestDueMs) / hourMs;
  const dueUsd = between(0, leftUsd - hidden, mostUsd);
  return {
    accounted: {
      atMs,
      balanceUsd,
      burnPerHrUsd,
      dueUsd,
      dueFromMs: atMs,
      fellAtMs: atMs,
      restUsd: dueUsd,
      // What burned since the look before may be charged only next time.
      presumedUsd: Math.min(presumedUsd - late, burned),
      toppedUp: before.toppedUp,
      doubted: before.doubted && { ...before.doubted, usd: doubted - neverUsd },
      gap,
    },
    spent: [
      {
        fromMs: dueFromMs,
        toMs: atMs,
        spentUsd: fellUsd + unseenUsd - neverUsd,
        ...(unseenUsd !== 0 && { estimatedUsd: unseenUsd }),
        ...(unseenUsd !== neverUsd && { toppedUpUsd: unseenUsd - neverUsd }),
      },
    ],
  };
}

function withoutFall(before: Accounted, look: Shown, roseUsd: number): Accounting {
  const { atMs, balanceUsd } = look;
  const now = { ...waiting(before, look), balanceUsd };
  const { dueUsd, dueFromMs, fellAtMs, presumedUsd = 0 } = now;
  const rise = { fromMs: before.atMs, toMs: atMs, spentUsd: 0, toppedUpUsd: roseUsd };
  const topUps = roseUsd > 0 ? [rise] : [];
  const doubted = doubtedWith(before.doubted, atMs, roseUsd, knownBurn(before, look));
  const mayBeOld = doubted !== before.doubted;
  const marks = mayBeOld ? { doubted } : { toppedUp: { atMs, usd: roseUsd } };
  const risen = roseUsd > 0 ? { ...now, ...marks } : now;
  const isAtLeast = now.isAtLeast === true;
  if ((dueUsd > 0 || isAtLeast) && atMs - fellAtMs >= longestDueMs) {
    const unseen = { spentUsd: dueUsd, estimatedUsd: dueUsd, toppedUpUsd: dueUsd, isAtLeast };
    return {
      accounted: {
        ...risen,
        dueUsd: 0,
        dueFromMs: atMs,
        isAtLeast: undefined,
        risenUsd: undefined,
        presumedUsd: presumedUsd + dueUsd,
      },
      spent: [...topUps, { fromMs: dueFromMs, toMs: atMs, ...unseen }],
    };
  }
  return { accounted: roseUsd > 0 ? { ...risen, risenUsd: dueUsd } : now, spent: topUps };
}

function between(least: number, value: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
