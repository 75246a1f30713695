import type { Budget, Policy } from "#guard/model/policy.ts";
import type { BudgetPeriod, CountedOf, Period } from "#guard/model/spend.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { notify } from "#guard/outbox/notify.ts";
import { spanWords } from "#guard/text.ts";
import { budgetIncident, withPeriodOf } from "./marks.ts";
import { isIn, periodsIn, presentIn, withPeriod } from "./periods.ts";
import { isHeld } from "./standing.ts";
import { budgetWords } from "./words.ts";

/** The state with the period of a budget that holds now; of what the config has changed people are told. */
export function withPresent(
  state: GuardState,
  budget: Budget,
  policy: Policy,
  { period, nowMs }: { readonly period: Period; readonly nowMs: number },
): Decision {
  const { name, per } = budget;
  const before = periodsIn(state, name);
  const of: CountedOf = { per, ...(budget.pods !== undefined && { pods: budget.pods }) };
  const was = before.findLast((each) => each.of !== undefined)?.of ?? of;
  if (!isSame(was.pods, of.pods)) {
    const what = "it no longer counts the same pods as before, and begins anew from now";
    return tell(withPeriods(state, name, [anew(period, of, nowMs)]), budget, policy, {
      nowMs,
      what,
      wasHeld: before.some(isStillHeld),
    });
  }
  if (was.per !== per) return ofAnotherLength(state, budget, policy, { period, of, nowMs });
  const known = withPeriod(before, period, nowMs);
  const next = withPeriods(
    state,
    name,
    known.map((each) => (each.of === undefined ? { ...each, of } : each)),
  );
  return sayKept(next, budget, policy, { period, nowMs });
}

/** What was spent in a period that is wholly within the new one was spent in that too. */
function ofAnotherLength(
  state: GuardState,
  budget: Budget,
  policy: Policy,
  {
    period,
    of,
    nowMs,
  }: { readonly period: Period; readonly of: CountedOf; readonly nowMs: number },
): Decision {
  const { name, per } = budget;
  const before = periodsIn(state, name);
  const old = before.find((each) => isIn(each, nowMs));
  const isWithin = old !== undefined && period.fromMs <= old.fromMs && old.toMs <= period.toMs;
  const { fromMs, toMs } = period;
  const next: BudgetPeriod = isWithin
    ? { ...old, fromMs, toMs, sinceMs: Math.max(old.fromMs, old.sinceMs), of }
    : anew(period, of, nowMs);
  // The agent that is still to be called is called of the same spending.
  const owed = state.owed.map((each) =>
    isWithin && each.kind === "call-budget-agent" && each.budget === name
      ? { ...each, periodMs: fromMs }
      : each,
  );
  const what = isWithin
    ? `it counts by the ${per} from now on, and what it has counted so far is a part of this ${per}`
    : `it counts by the ${per} from now on, and begins anew`;
  return tell(withPeriods({ ...state, owed }, name, [next]), budget, policy, {
    nowMs,
    what,
    wasHeld: before.some(isStillHeld) && !isHeld(next),
  });
}

/** By another time zone the period would be another one. Said once of it. */
function sayKept(
  state: GuardState,
  budget: Budget,
  policy: Policy,
  { period, nowMs }: { readonly period: Period; readonly nowMs: number },
): Decision {
  const { name, per } = budget;
  const present = presentIn(state, name, nowMs);
  if (present === undefined || present.toMs === period.toMs || present.isKeptTold === true) {
    return { state, events: [] };
  }
  const what = `its ${per} begins at another time by now, as its time zone does: the present one goes on for ${spanWords(present.toMs - nowMs)}, and the next begins then`;
  const told = withPeriodOf(state, name, { ...present, isKeptTold: true });
  return tell(told, budget, policy, { nowMs, what, wasHeld: false });
}

function anew({ fromMs, toMs }: Period, of: CountedOf, nowMs: number): BudgetPeriod {
  return { fromMs, toMs, sinceMs: nowMs, spentUsd: 0, of };
}

/** It was used up, and nobody was told that this is over. */
function isStillHeld(period: BudgetPeriod): boolean {
  return isHeld(period) && period.overAtMs === undefined;
}

function isSame(some: readonly string[] | undefined, others: readonly string[] | undefined) {
  return JSON.stringify(some?.toSorted()) === JSON.stringify(others?.toSorted());
}

function withPeriods(
  state: GuardState,
  name: string,
  periods: readonly BudgetPeriod[],
): GuardState {
  return { ...state, budgets: { ...state.budgets, [name]: periods } };
}

function tell(
  state: GuardState,
  budget: Budget,
  policy: Policy,
  {
    nowMs,
    what,
    wasHeld,
  }: { readonly nowMs: number; readonly what: string; readonly wasHeld: boolean },
): Decision {
  const { name, freezes } = budget;
  const incident = budgetIncident(name);
  return notify(state, policy, {
    event: "budget",
    name,
    severity: "info",
    topic: `${incident}:changed`,
    ...(wasHeld && { incident, isResolution: true }),
    atMs: nowMs,
    because: `the config has changed ${budgetWords(budget)}: ${what}${wasHeld ? `. It is no longer ${freezes ? "frozen" : "used up"}` : ""}`,
  });
}
