import type { BudgetPeriod, Period } from "#guard/model/spend.ts";
import type { GuardState } from "#guard/model/state.ts";
import { own } from "#guard/own-value.ts";

/** So many of a budget's periods are kept, and as many less one of those that a clock ahead began. */
const mostPeriods = 3;

/** What was spent between two moments. */
export interface Spent {
  readonly fromMs: number;
  readonly toMs: number;
  readonly spentUsd: number;
  /** Of it, what nobody saw; below 0 where what had been estimated was seen after all. */
  readonly estimatedUsd?: number;
  readonly toppedUpUsd?: number;
  /** More was spent, and nobody tells how much. */
  readonly isAtLeast?: boolean;
}

type Counts = Pick<GuardState, "budgets">;

/** What is counted of a budget. */
export function periodsIn({ budgets = {} }: Counts, name: string): readonly BudgetPeriod[] {
  return own(budgets, name) ?? [];
}

/** The period that holds this moment, if it is counted. */
export function presentIn(state: Counts, name: string, nowMs: number): BudgetPeriod | undefined {
  return periodsIn(state, name).find((each) => isIn(each, nowMs));
}

export function isIn({ fromMs, toMs }: Period, ms: number): boolean {
  return fromMs <= ms && ms < toMs;
}

/**
 * With the period that holds now among them. One that is counted goes on until its own end, whatever the
 * calendar says by now, and the next begins there: no time is in two, nor in none. Those that are still to
 * come are of a clock that was ahead: what overlaps with one is in its place.
 */
export function withPeriod(
  periods: readonly BudgetPeriod[],
  { fromMs, toMs }: Period,
  nowMs: number,
): readonly BudgetPeriod[] {
  if (periods.some((each) => isIn(each, nowMs))) return periods;
  const past = periods.filter((each) => each.toMs <= nowMs);
  const beginMs = Math.max(fromMs, ...past.map((each) => each.toMs));
  const sinceMs = periods.length === 0 ? Math.max(beginMs, nowMs) : beginMs;
  const present = { fromMs: beginMs, toMs, sinceMs, spentUsd: 0 };
  const ahead = periods.filter((each) => each.fromMs >= toMs);
  const all = [...past, present, ...ahead].toSorted((one, other) => one.fromMs - other.fromMs);
  const at = all.indexOf(present);
  return all.slice(Math.max(0, at + 1 - mostPeriods), at + mostPeriods);
}

/** What was spent over a boundary is split by time. What lies in no period that is kept, or before it is counted, is nobody's. */
export function withSpent(periods: readonly BudgetPeriod[], spent: Spent): readonly BudgetPeriod[] {
  return periods.map((each) => {
    const share = shareOf(each, spent);
    if (share === 0) return each;
    return {
      ...each,
      spentUsd: each.spentUsd + share * spent.spentUsd,
      estimatedUsd: added(each.estimatedUsd, share, spent.estimatedUsd),
      toppedUpUsd: added(each.toppedUpUsd, share, spent.toppedUpUsd),
      ...(spent.isAtLeast === true && { isAtLeast: true }),
    };
  });
}

function shareOf(period: BudgetPeriod, { fromMs, toMs }: Spent): number {
  if (toMs <= fromMs) return isIn(period, toMs) ? 1 : 0;
  const countedFromMs = Math.max(period.fromMs, period.sinceMs);
  const commonMs = Math.min(period.toMs, toMs) - Math.max(countedFromMs, fromMs);
  return Math.max(0, commonMs) / (toMs - fromMs);
}

function added(
  before: number | undefined,
  share: number,
  by: number | undefined,
): number | undefined {
  return by === undefined ? before : (before ?? 0) + share * by;
}
