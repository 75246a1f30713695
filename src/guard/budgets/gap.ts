import type { SpendGap } from "#guard/model/spend.ts";
import type { GuardState } from "#guard/model/state.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";
import { spanWords, usd } from "#guard/text.ts";
import { longestDueMs } from "./account-spend.ts";
import type { Spent } from "./periods.ts";

/** So long it is waited for what tells when the pods were started. */
const longestWaitMs = 10 * minuteMs;

export interface SettledGap {
  readonly spent: Spent;
  /** Undefined: nothing worth a word was spent. */
  readonly because: string | undefined;
}

/**
 * What was spent while nobody saw the account, beyond what the balance fell. Pods that are known to have run
 * through it have cost their price, whatever the balance shows: then it was topped up. Undefined while it
 * is not known which did.
 */
export function settleGap(
  { fromMs, toMs, fellUsd }: SpendGap,
  { runs }: Pick<GuardState, "runs">,
  nowMs: number,
): SettledGap | undefined {
  const all = Object.values(runs);
  const isOpen = all.some(
    ({ unsureSinceMs, startFrom }) => unsureSinceMs !== undefined || startFrom === "first-seen",
  );
  if (isOpen && nowMs - toMs < longestWaitMs) return undefined;
  const perHrUsd = all
    .filter((run) => run.unsureSinceMs === undefined && run.startedAtMs <= fromMs)
    .reduce((sum, { costPerHrUsd = 0 }) => sum + costPerHrUsd, 0);
  const seenUsd = Math.max(0, fellUsd);
  const moreUsd = (perHrUsd * (toMs - fromMs)) / hourMs - seenUsd;
  // What is not charged yet is no top-up.
  const unseenUsd = moreUsd > (perHrUsd * longestDueMs) / hourMs ? moreUsd : 0;
  const toppedUpUsd = unseenUsd + Math.max(0, -fellUsd);
  const isWorthAWord = seenUsd + unseenUsd >= 0.01;
  return {
    spent: { fromMs, toMs, spentUsd: unseenUsd, estimatedUsd: unseenUsd, toppedUpUsd },
    because: isWorthAWord
      ? `nobody saw the account for ${spanWords(toMs - fromMs)}. It spent about ${usd(seenUsd + unseenUsd)} meanwhile, estimated ${byWhat(unseenUsd, toppedUpUsd)}`
      : undefined,
  };
}

function byWhat(unseenUsd: number, toppedUpUsd: number): string {
  return unseenUsd > 0
    ? `from the pods that ran all the time; so about ${usd(toppedUpUsd)} was topped up`
    : "from the balance before and after";
}
