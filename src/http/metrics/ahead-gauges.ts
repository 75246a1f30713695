import { estimateOf } from "#guard/account/falls/estimate.ts";
import { type BudgetStanding, budgetStandings, isHeld } from "#guard/budgets/standing.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { GuardState } from "#guard/model/state.ts";
import { own } from "#guard/own-value.ts";
import { skippedIn } from "#guard/pods/rules/schedule.ts";
import { flag, gauge, gauges, secondsOf } from "./gauge.ts";
import type { Family } from "./text-format.ts";

/** Of the config; more than anybody has. */
const most = 50;

/** What is spent of budgets, when schedules come, and what the balance must be by now. */
export function aheadGauges(state: GuardState, policy: Policy, nowMs: number): readonly Family[] {
  const budgets = budgetStandings(state, policy, nowMs).slice(0, most);
  const schedules = (policy.podGuards.schedules ?? []).slice(0, most);
  const { moments, leaseBook } = state;
  const nextMs = (name: string) => moments && own(moments.schedules, name)?.nextMs;
  const ofBudgets = (
    name: string,
    help: string,
    valueOf: (standing: BudgetStanding) => number | undefined,
  ): Family =>
    gauges(
      name,
      help,
      budgets.map((each) => ({ labels: { budget: each.budget.name }, value: valueOf(each) })),
    );
  return [
    gauge(
      "runpodboss_estimated_balance_usd",
      "What the balance must be by now, from the last that was seen and what burned then.",
      estimateOf(state, nowMs)?.balanceUsd,
    ),
    ofBudgets(
      "runpodboss_budget_limit_usd",
      "What may be spent in a period.",
      ({ budget }) => budget.limitUsd,
    ),
    ofBudgets("runpodboss_budget_spent_usd", "What is spent in this period.", (each) =>
      each.period === undefined ? undefined : each.spentUsd,
    ),
    ofBudgets(
      "runpodboss_budget_reached_timestamp_seconds",
      "When it is spent at the present burn, if that is in this period.",
      ({ reachedAtMs }) => secondsOf(reachedAtMs),
    ),
    ofBudgets(
      "runpodboss_budget_period_end_timestamp_seconds",
      "When the next period begins.",
      ({ period }) => secondsOf(period?.toMs),
    ),
    ofBudgets(
      "runpodboss_budget_used_up",
      "1: it is spent, and nobody has lifted it.",
      ({ period }) => period && flag(isHeld(period)),
    ),
    ofBudgets(
      "runpodboss_budget_frozen",
      "1: it is used up, and pods that start are not left alone.",
      ({ period, frozenUntilMs }) => period && flag(frozenUntilMs !== undefined),
    ),
    gauges(
      "runpodboss_schedule_next_timestamp_seconds",
      "When a schedule comes next, passed over or not.",
      schedules.map(({ name }) => ({
        labels: { schedule: name },
        value: secondsOf(nextMs(name)),
      })),
    ),
    gauges(
      "runpodboss_schedule_next_skipped",
      "1: a person passes over the time it comes next.",
      schedules.map(({ name }) => {
        const atMs = nextMs(name);
        const isKnown = atMs !== undefined && leaseBook !== undefined && leaseBook !== "unknown";
        return {
          labels: { schedule: name },
          value: isKnown ? flag(skippedIn(leaseBook, name) === atMs) : undefined,
        };
      }),
    ),
  ];
}
