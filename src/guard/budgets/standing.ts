import type { PodRun } from "#guard/model/run.ts";
import type { BudgetPeriod } from "#guard/model/spend.ts";
import type { Budget, Policy } from "#guard/model/policy.ts";
import type { GuardState } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";
import { isNamedBy } from "#guard/protect.ts";
import { namedIn } from "#guard/pods/run/named-in.ts";
import { presentIn } from "./periods.ts";

/** People are told that a budget comes near from this share of it on. */
export const nearShare = 0.8;

/** A budget as it stands, for whoever shows it. */
export interface BudgetStanding {
  readonly budget: Budget;
  /** Undefined: it is not counted yet. */
  readonly period: BudgetPeriod | undefined;
  readonly spentUsd: number;
  /** Of the limit: 1 is all of it. */
  readonly share: number;
  /** Something is not known: it is at least so much. */
  readonly isAtLeast: boolean;
  readonly estimatedUsd: number;
  readonly toppedUpUsd: number;
  /** What burns of it now; undefined: not known. */
  readonly burnPerHrUsd: number | undefined;
  /** When it is spent if that goes on; undefined: not in this period, or it is already, or nobody knows. */
  readonly reachedAtMs: number | undefined;
  readonly trippedAtMs: number | undefined;
  /** No pod that starts is left alone, until then at the latest. */
  readonly frozenUntilMs: number | undefined;
}

type Known = Pick<GuardState, "budgets" | "lastSeen" | "runs" | "accounted">;

/** Every budget of the config, in its order. */
export function budgetStandings(
  state: Known,
  policy: Pick<Policy, "budgets">,
  nowMs: number,
): readonly BudgetStanding[] {
  return (policy.budgets ?? []).map((budget) => standingOf(budget, state, nowMs));
}

export function standingOf(budget: Budget, state: Known, nowMs: number): BudgetStanding {
  const period = presentIn(state, budget.name, nowMs);
  const { costPerHrUsd, isWhole } = burnOf(budget, state);
  const spentUsd = period?.spentUsd ?? 0;
  const burnPerHrUsd = isWhole ? costPerHrUsd : undefined;
  return {
    budget,
    period,
    spentUsd,
    share: exact(spentUsd / budget.limitUsd),
    isAtLeast: period?.isAtLeast === true || (budget.pods !== undefined && !isWhole),
    estimatedUsd: Math.max(0, period?.estimatedUsd ?? 0),
    toppedUpUsd: Math.max(0, period?.toppedUpUsd ?? 0),
    burnPerHrUsd,
    reachedAtMs: reachedAtMs(budget, period, burnPerHrUsd, dueUsd(budget, state), nowMs),
    trippedAtMs: period?.trippedAtMs,
    frozenUntilMs: budget.freezes && isHeld(period) ? period.toMs : undefined,
  };
}

/** Amounts are added up: 80 % is not to be missed by the last of many digits. */
function exact(share: number): number {
  return Math.round(share * 1e9) / 1e9;
}

/** It is spent, and nobody has lifted it. */
export function isHeld(
  period: BudgetPeriod | undefined,
): period is BudgetPeriod & { readonly trippedAtMs: number } {
  return period?.trippedAtMs !== undefined && period.unfrozenAtMs === undefined;
}

/** Whether it is a budget of pods, and of this one. A cluster is meant by its own name or id. */
export function isBudgetFor({ pods }: Budget, run: PodRun): boolean {
  return pods !== undefined && isNamedBy(namedIn(run), pods);
}

/** The runs whose cost a budget of pods counts. */
export function runsOf(budget: Budget, { runs }: Pick<GuardState, "runs">): readonly PodRun[] {
  return Object.values(runs).filter(
    (run) => run.stoppedAtMs === undefined && isBudgetFor(budget, run),
  );
}

function burnOf(
  budget: Budget,
  state: Known,
): { readonly costPerHrUsd: number; readonly isWhole: boolean } {
  if (budget.pods === undefined) {
    const { burnPerHrUsd } = state.lastSeen ?? {};
    return { costPerHrUsd: burnPerHrUsd ?? 0, isWhole: burnPerHrUsd !== undefined };
  }
  const runs = runsOf(budget, state);
  return {
    costPerHrUsd: runs.reduce((sum, { costPerHrUsd = 0 }) => sum + costPerHrUsd, 0),
    isWhole: runs.every(
      ({ costPerHrUsd, unsureSinceMs }) =>
        costPerHrUsd !== undefined && unsureSinceMs === undefined,
    ),
  };
}

/** What has burned and is not charged yet comes on top. */
function dueUsd({ pods }: Budget, { accounted }: Known): number {
  return pods === undefined ? (accounted?.dueUsd ?? 0) : 0;
}

function reachedAtMs(
  { limitUsd }: Budget,
  period: BudgetPeriod | undefined,
  burnPerHrUsd: number | undefined,
  alsoUsd: number,
  nowMs: number,
): number | undefined {
  if (period === undefined || burnPerHrUsd === undefined) return undefined;
  const { spentUsd, toMs } = period;
  const leftUsd = limitUsd - spentUsd;
  if (exact(leftUsd) <= 0 || burnPerHrUsd <= 0) return undefined;
  const atMs = nowMs + (Math.max(0, leftUsd - alsoUsd) / burnPerHrUsd) * hourMs;
  return atMs < toMs ? atMs : undefined;
}
