import { budgetStandings } from "#guard/budgets/standing.ts";
import { budgetWords } from "#guard/budgets/words.ts";
import { own } from "#guard/own-value.ts";
import { skippedIn } from "#guard/pods/rules/schedule.ts";
import { usd } from "#guard/text.ts";
import type { Coming } from "./coming.ts";
import type { OverviewSources } from "./sources.ts";

const asNow = { podId: undefined, threshold: undefined, isFixed: false } as const;

/** When budgets are used up if all goes on as now, and when schedules come. */
export function comingAhead(sources: OverviewSources): readonly Coming[] {
  return [...ofBudgets(sources), ...ofSchedules(sources)];
}

function ofBudgets({ state, policy, nowMs, isNobodyTold }: OverviewSources): readonly Coming[] {
  return budgetStandings(state, policy, nowMs).flatMap(({ budget, reachedAtMs }) => {
    if (reachedAtMs === undefined) return [];
    const { limitUsd, action, pods } = budget;
    const told = isNobodyTold ? "tell nobody (no way to is set up)" : "tell you";
    const does = {
      notify: told,
      agent: `${told} and call the agent`,
      stop: `${told} and stop ${pods === undefined ? "all pods" : pods.join(", ")}`,
    }[action];
    const what = `${does}: ${budgetWords(budget)} of ${usd(limitUsd)} is used up`;
    const atMs = reachedAtMs > nowMs ? reachedAtMs : undefined;
    return [{ ...asNow, atMs, guard: "budget", what }];
  });
}

function ofSchedules({ state, policy }: OverviewSources): readonly Coming[] {
  const { moments, leaseBook } = state;
  return (policy.podGuards.schedules ?? []).flatMap(({ name, action, pods }) => {
    const nextMs = moments && own(moments.schedules, name)?.nextMs;
    if (nextMs === undefined || skippedIn(leaseBook, name) === nextMs) return [];
    const does = action === "stop" ? "stop" : "tell you of";
    const what = `${does} ${pods.join(", ")}: schedule ${name}`;
    return [{ ...asNow, atMs: nextMs, guard: "schedule", what, isFixed: true }];
  });
}
