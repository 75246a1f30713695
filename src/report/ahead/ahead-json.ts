import type { BudgetStanding } from "#guard/budgets/standing.ts";
import { rounded } from "#guard/text.ts";
import { isoOrNull } from "#report/iso.ts";
import type { AheadReport, ScheduleReport } from "./ahead.ts";

/** The keys that `status --json` and the page have of budgets, schedules and the estimate. */
export function aheadJson({ budgets, schedules, estimate }: AheadReport) {
  return {
    budgets: budgets.map(budgetJson),
    schedules: schedules.map(scheduleJson),
    estimated_balance:
      estimate === undefined
        ? null
        : {
            balance_usd: rounded(estimate.balanceUsd),
            burn_per_hr_usd: rounded(estimate.burnPerHrUsd),
            last_usd: rounded(estimate.lastUsd),
            last_at: isoOrNull(estimate.sinceMs),
          },
  };
}

function budgetJson(standing: BudgetStanding) {
  const { budget, period } = standing;
  // What is not counted yet is not $0.
  const isKnown = period !== undefined;
  return {
    name: budget.name,
    limit_usd: budget.limitUsd,
    per: budget.per,
    pods: budget.pods === undefined ? null : [...budget.pods],
    action: budget.action,
    freeze: budget.freezes,
    from: isoOrNull(period?.fromMs),
    to: isoOrNull(period?.toMs),
    counted_since: isoOrNull(period?.sinceMs),
    spent_usd: isKnown ? rounded(standing.spentUsd) : null,
    is_at_least: standing.isAtLeast,
    estimated_usd: isKnown ? rounded(standing.estimatedUsd) : null,
    topped_up_usd: isKnown ? rounded(standing.toppedUpUsd) : null,
    burn_per_hr_usd: standing.burnPerHrUsd === undefined ? null : rounded(standing.burnPerHrUsd),
    reached_at: isoOrNull(standing.reachedAtMs),
    tripped_at: isoOrNull(standing.trippedAtMs),
    lifted_at: isoOrNull(period?.unfrozenAtMs),
    frozen_until: isoOrNull(standing.frozenUntilMs),
  };
}

function scheduleJson({ schedule, nextMs, isSkipped, podIds }: ScheduleReport) {
  return {
    name: schedule.name,
    cron: schedule.cron,
    timezone: schedule.timeZone ?? null,
    pods: [...schedule.pods],
    action: schedule.action,
    next_at: isoOrNull(nextMs),
    is_next_skipped: isSkipped ?? null,
    ending: [...podIds],
  };
}
