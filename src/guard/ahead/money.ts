import { crossedAtUsd } from "#guard/account/lines/line.ts";
import { measuredIn } from "#guard/account/falls/measured.ts";
import { isFired } from "#guard/account/lines/thresholds.ts";
import type { Seen } from "#guard/model/account.ts";
import type { Budget, Policy } from "#guard/model/policy.ts";
import type { BudgetPeriod } from "#guard/model/spend.ts";
import type { GuardState } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";
import { own } from "#guard/own-value.ts";
import { costOf, fastestBurn } from "./burn.ts";
import { type Crossing, crossingOf } from "./crossing.ts";

/** Of a budget, people are told of it. */
const nearShare = 0.8;

/** When thresholds and budgets could be crossed at the present burn, as of the last good poll. */
export function moneyAhead(state: GuardState, policy: Policy, look: Seen): readonly Crossing[] {
  const ofPods = podsBudgets(state, policy, look);
  const burn = fastestBurn(state, look);
  if (burn === undefined) return ofPods;
  const ofBalance = levels(state, policy, look).map((levelUsd) =>
    crossingOf(look, state.charges, levelUsd, burn),
  );
  return [...ofBalance, ...ofPods];
}

/** The balances at which something is crossed that is not crossed yet. */
function levels(state: GuardState, policy: Policy, look: Seen): readonly number[] {
  const measured = measuredIn(state, look);
  const ofThresholds = policy.thresholds.flatMap((line) =>
    isFired(state, line.name) ? [] : (crossedAtUsd(line, measured.burnPerHrUsd) ?? []),
  );
  const ofBudgets = openBudgets(state, policy, look).flatMap(({ budget, leftUsd }) =>
    budget.pods === undefined ? [look.balanceUsd - leftUsd] : [],
  );
  return [...ofThresholds, ...ofBudgets];
}

interface Open {
  readonly budget: Budget;
  /** Until people are told that it comes near, or until it is spent. */
  readonly leftUsd: number;
}

function openBudgets(
  state: Pick<GuardState, "budgets">,
  { budgets = [] }: Policy,
  { atMs }: Seen,
): readonly Open[] {
  return budgets.flatMap((budget) => {
    const period = own(state.budgets ?? {}, budget.name)?.at(-1);
    if (period === undefined || period.toMs <= atMs) return [];
    return targetsOf(budget, period).map((usd) => ({ budget, leftUsd: usd - period.spentUsd }));
  });
}

function targetsOf({ limitUsd }: Budget, { nearAtMs, trippedAtMs }: BudgetPeriod) {
  if (trippedAtMs !== undefined) return [];
  return nearAtMs === undefined ? [limitUsd * nearShare, limitUsd] : [limitUsd];
}

/** They are spent by the hour, whenever the balance is charged. */
function podsBudgets(state: GuardState, policy: Policy, look: Seen): readonly Crossing[] {
  const { atMs, pods } = look;
  if (pods === "unknown") return [];
  return openBudgets(state, policy, look).flatMap(({ budget, leftUsd }) => {
    const perHrUsd = budget.pods === undefined ? 0 : costOf(pods, budget.pods);
    if (perHrUsd <= 0) return [];
    const crossedMs = atMs + (Math.max(0, leftUsd) / perHrUsd) * hourMs;
    return [{ firstMs: crossedMs, lastMs: crossedMs, isTicking: false }];
  });
}
