import { presentIn } from "#guard/budgets/periods.ts";
import { isHeld } from "#guard/budgets/standing.ts";
import { heldWords } from "#guard/budgets/words.ts";
import type { Pod } from "#guard/model/account.ts";
import type { Budget, Policy } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import type { GuardState } from "#guard/model/state.ts";
import { isGuardFor } from "#guard/protect.ts";

/** What a budget that is used up does to a run. */
export interface BudgetDeadline {
  readonly of: string;
  readonly action: "notify" | "stop";
  readonly reason: string;
  readonly words: string;
  /** When it tripped, or when the pod started after that. */
  readonly atMs: number;
}

type Named = Pick<Pod, "id" | "name" | "rawName" | "cluster">;

/**
 * What ends or tells of this run as a budget is used up: with action stop every run that had started by
 * then, and where the budget is frozen every one that starts later. The first of several, an end before
 * what is only told. What was first seen later may have started before: then it is left alone.
 */
export function budgetDeadline(
  run: PodRun,
  pod: Named,
  state: Pick<GuardState, "budgets">,
  { budgets = [] }: Pick<Policy, "budgets">,
  nowMs: number,
): BudgetDeadline | undefined {
  const found = budgets.flatMap((budget) => deadlineBy(budget, run, pod, state, nowMs));
  const ends = found.filter(({ action }) => action === "stop");
  return (ends.length > 0 ? ends : found).toSorted((a, b) => a.atMs - b.atMs)[0];
}

/** Whether any budget of the config is used up and holds pods. Cheap: mostly none is. */
export function isAnyHeld(
  state: Pick<GuardState, "budgets">,
  { budgets = [] }: Pick<Policy, "budgets">,
  nowMs: number,
): boolean {
  return budgets.some((budget) => holds(budget) && isHeld(presentIn(state, budget.name, nowMs)));
}

function deadlineBy(
  budget: Budget,
  run: PodRun,
  pod: Named,
  state: Pick<GuardState, "budgets">,
  nowMs: number,
): readonly BudgetDeadline[] {
  const { name, pods = ["*"], freezes } = budget;
  const period = presentIn(state, name, nowMs);
  if (!holds(budget) || !isHeld(period)) return [];
  const { trippedAtMs, spentUsd, isAtLeast = false } = period;
  const isLater = run.startedAtMs > trippedAtMs;
  if (isLater && !freezes) return [];
  const action = budget.action === "stop" ? "stop" : "notify";
  if ((!isLater && action === "notify") || !isGuardFor(pod, { action, pods })) return [];
  return [
    {
      of: name,
      action,
      reason: budgetReason(name),
      words: heldWords({ budget, spentUsd, isAtLeast }),
      atMs: Math.max(trippedAtMs, run.startedAtMs),
    },
  ];
}

/** Whether it does anything to a pod. */
function holds({ action, freezes }: Budget): boolean {
  return action === "stop" || freezes;
}

/** As the history has it: `budget_daily`. */
function budgetReason(name: string): string {
  return `budget_${name}`;
}
