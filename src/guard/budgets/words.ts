import type { Budget } from "#guard/model/policy.ts";
import { isPlainId, perHour, spanWords, usd } from "#guard/text.ts";
import type { BudgetStanding } from "./standing.ts";

/** `$16.05 of $20.00`, `at least $16.05 of $20.00`. */
export function spentOfWords({
  budget,
  spentUsd,
  isAtLeast,
}: Pick<BudgetStanding, "budget" | "spentUsd" | "isAtLeast">): string {
  return `${isAtLeast ? "at least " : ""}${usd(spentUsd)} of ${usd(budget.limitUsd)}`;
}

/** `budget daily`. What is not plain stands in quotes. */
export function budgetWords({ name }: Pick<Budget, "name">): string {
  return `budget ${isPlainId(name) ? name : JSON.stringify(name)}`;
}

/** `today`. */
export function inPeriodWords({ per }: Pick<Budget, "per">): string {
  return per === "day" ? "today" : `this ${per}`;
}

/** `the account`, `the pods team-*, eval-*`. */
function whoseWords({ pods }: Budget): string {
  return pods === undefined ? "the account" : `the pods ${pods.join(", ")}`;
}

/** What of it is not plain spending. */
function besideWords({ toppedUpUsd, estimatedUsd }: BudgetStanding): string {
  return [
    ...(estimatedUsd >= centUsd ? [`. About ${usd(estimatedUsd)} of it is estimated`] : []),
    ...(toppedUpUsd >= centUsd ? [`. ${usd(toppedUpUsd)} was topped up meanwhile`] : []),
  ].join("");
}

const centUsd = 0.01;

/** `the account has spent $16.05 of $20.00 today (80 %). At this burn of $1.85/h reached in about 2 h 10 min`. */
export function nearWords(standing: BudgetStanding, nowMs: number): string {
  const { budget, share, burnPerHrUsd, reachedAtMs } = standing;
  const percent = `${Math.floor(share * 100)} %`;
  const forecast =
    burnPerHrUsd === undefined
      ? ". What burns of it is not known, nor when it is reached"
      : reachedAtMs === undefined
        ? `. At this burn of ${perHour(burnPerHrUsd)} it is not reached ${inPeriodWords(budget)}`
        : `. At this burn of ${perHour(burnPerHrUsd)} reached in about ${spanWords(reachedAtMs - nowMs)}`;
  return `${saidWords(standing)} (${percent})${forecast}${besideWords(standing)}`;
}

function saidWords(standing: BudgetStanding): string {
  const { budget } = standing;
  return `${whoseWords(budget)} ${budget.pods === undefined ? "has" : "have"} spent ${spentOfWords(standing)} ${inPeriodWords(budget)}`;
}

/** `the account has spent $20.31 of $20.00 today. All pods it may stop are stopped in 15 min`. */
export function trippedWords(standing: BudgetStanding, warnMs: number): string {
  return `${saidWords(standing)}: the budget is used up${besideWords(standing)}${doneWords(standing.budget, warnMs)}`;
}

/** `still used up after 2 h 0 min: the account has spent $21.00 of $20.00 today, burning $1.85/h`. */
export function stillWords(standing: BudgetStanding, forMs: number): string {
  const { burnPerHrUsd } = standing;
  const burn = burnPerHrUsd === undefined ? "burn unknown" : `burning ${perHour(burnPerHrUsd)}`;
  return `still used up after ${spanWords(forMs)}: ${saidWords(standing)}, ${burn}`;
}

function doneWords({ action, freezes, per }: Budget, warnMs: number): string {
  const soon = warnMs === 0 ? "at once" : `after a warning of ${spanWords(warnMs)}`;
  const ends = action === "stop" ? `. Its pods that run now are stopped ${soon}` : "";
  if (!freezes) return ends;
  const starts = action === "stop" ? `, and it is stopped ${soon}` : "";
  return `${ends}. Frozen until the next ${per}: you are told of every pod of it that starts${starts}`;
}

/** `budget daily is used up ($20.31 of $20.00 today)`: why a pod is ended or told of. */
export function heldWords(
  standing: Pick<BudgetStanding, "budget" | "spentUsd" | "isAtLeast">,
): string {
  const { budget } = standing;
  return `${budgetWords(budget)} is used up (${spentOfWords(standing)} ${inPeriodWords(budget)})`;
}
