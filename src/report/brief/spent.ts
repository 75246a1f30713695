import { hourMs, minuteMs } from "#guard/model/time.ts";
import type { BalanceSample } from "#ports.ts";

/** What was spent in a stretch of time, by the balances that were seen. */
export interface Spent {
  /** Undefined: no two balances of that time are known. */
  readonly usd: number | undefined;
  readonly toppedUpUsd: number;
  /** For how long nobody looked: what was spent then may be more. */
  readonly unseenMs: number;
}

export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  /** Balances further apart leave a time in which nobody looked. */
  readonly gapMs: number;
}

/** RunPod's answers may be older than the one before, by so much burn. */
const olderByMs = 10 * minuteMs;
/** Less than this is no payment. */
const leastPaidUsd = 1;

/**
 * By the balances of that time and those beside it, in any order. What is higher than what
 * ten minutes of burn explain was paid in; what is a little higher is an older answer, and evens out.
 */
export function spentIn(all: readonly BalanceSample[], { fromMs, toMs, gapMs }: Stretch): Spent {
  const sorted = withoutStrays(all.toSorted((a, b) => a.atMs - b.atMs));
  const samples = [
    ...edge(sorted, fromMs, gapMs),
    ...sorted.filter(({ atMs }) => atMs > fromMs && atMs < toMs),
    ...edge(sorted, toMs, gapMs),
  ];
  let usd = 0;
  let toppedUpUsd = 0;
  for (const [n, now] of samples.entries()) {
    const before = samples[n - 1];
    if (before === undefined) continue;
    const fellUsd = before.balanceUsd - now.balanceUsd;
    if (-fellUsd > paidFrom(before)) {
      // What burnt meanwhile was paid in as well.
      const forMs = Math.min(now.atMs - before.atMs, gapMs);
      const burntUsd = ((before.burnPerHrUsd ?? 0) * forMs) / hourMs;
      toppedUpUsd += burntUsd - fellUsd;
      usd += burntUsd;
    } else usd += fellUsd;
  }
  return {
    usd: samples.length < 2 ? undefined : Math.max(0, usd),
    toppedUpUsd,
    unseenMs: unseenMs(samples, fromMs, toMs, gapMs),
  };
}

/** The balance at that very moment, between the two beside it; none where nobody looked then. */
function edge(
  sorted: readonly BalanceSample[],
  atMs: number,
  gapMs: number,
): readonly BalanceSample[] {
  const after = sorted.find((each) => each.atMs >= atMs);
  const before = sorted.findLast((each) => each.atMs <= atMs);
  if (before === undefined || after === undefined || after.atMs - before.atMs > gapMs) return [];
  const fellUsd = before.balanceUsd - after.balanceUsd;
  const isPaid = -fellUsd > paidFrom(before);
  const share = isPaid ? 0 : (atMs - before.atMs) / Math.max(1, after.atMs - before.atMs);
  return [{ ...before, atMs, balanceUsd: before.balanceUsd - fellUsd * share }];
}

function paidFrom({ burnPerHrUsd = 0 }: BalanceSample): number {
  return Math.max(leastPaidUsd, (burnPerHrUsd * olderByMs) / hourMs);
}

/** A single balance that is far from both beside it, which agree, is an answer that was wrong. */
function withoutStrays(samples: readonly BalanceSample[]): readonly BalanceSample[] {
  return samples.filter((each, n) => {
    const before = samples[n - 1];
    const after = samples[n + 1];
    if (before === undefined || after === undefined) return true;
    const up = each.balanceUsd - before.balanceUsd;
    const down = each.balanceUsd - after.balanceUsd;
    const isFar = Math.min(Math.abs(up), Math.abs(down)) > paidFrom(before) && up > 0 === down > 0;
    return !(isFar && Math.abs(after.balanceUsd - before.balanceUsd) <= paidFrom(before));
  });
}

function unseenMs(
  samples: readonly BalanceSample[],
  fromMs: number,
  toMs: number,
  gapMs: number,
): number {
  const times = [fromMs, ...samples.map(({ atMs }) => atMs), toMs];
  const gaps = times.slice(1).map((atMs, n) => atMs - (times[n] ?? atMs));
  return gaps.filter((each) => each > gapMs).reduce((sum, each) => sum + each, 0);
}
