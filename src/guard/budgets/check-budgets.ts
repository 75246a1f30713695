import type { CallBudgetAgent, Next, Remedy } from "#guard/model/effect.ts";
import type { Budget, Policy } from "#guard/model/policy.ts";
import type { BudgetPeriod } from "#guard/model/spend.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { chain } from "#guard/outbox/chain.ts";
import { notify, withdraw } from "#guard/outbox/notify.ts";
import { tellWhile, withoutTold, withTold } from "#guard/outbox/remind.ts";
import { own } from "#guard/own-value.ts";
import { isPlainId } from "#guard/text.ts";
import { allowMore, holdAgain, lift, liftOld } from "./lift.ts";
import { budgetIncident, withPeriodOf } from "./marks.ts";
import { periodsIn } from "./periods.ts";
import { type BudgetStanding, isHeld, nearShare, standingOf } from "./standing.ts";
import { nearWords, stillWords, trippedWords } from "./words.ts";

/**
 * The rule of budgets, after all that was spent is counted. Tells once a period that 80 % is spent, and trips
 * once when all is: tells it, calls the agent, or has the pods' own deadlines end them. Over is it with its
 * period, when a person lifts it, or when the config allows more.
 */
export function checkBudgets(state: GuardState, policy: Policy, nowMs: number): Decision {
  const rules = (policy.budgets ?? []).flatMap((budget) => [
    (before: GuardState) => liftOld(before, budget, policy, nowMs),
    (before: GuardState) => holdAgain(before, budget, policy, nowMs),
    (before: GuardState) => lift(before, budget, policy, nowMs),
    (before: GuardState) => allowMore(before, budget, policy, nowMs),
    (before: GuardState) => checkShare(before, budget, policy, nowMs),
    (before: GuardState) => remind(before, budget, policy, nowMs),
  ]);
  const known = new Set((policy.budgets ?? []).map(({ name }) => budgetIncident(name)));
  return chain(
    withoutTold(state, (key) => key.startsWith(budgetIncident("")) && !known.has(key)),
    ...rules,
    (before) => dropCalls(before, policy, nowMs),
  );
}

function checkShare(state: GuardState, budget: Budget, policy: Policy, nowMs: number): Decision {
  const standing = standingOf(budget, state, nowMs);
  const { period, share } = standing;
  if (period === undefined || period.trippedAtMs !== undefined) return { state, events: [] };
  if (share >= 1) return trip(state, standing, period, policy, nowMs);
  if (period.nearAtMs !== undefined) return { state, events: [] };
  const { name } = budget;
  if (share < nearShare) {
    // What was said of the period before and is not sent yet is no longer so.
    return withdraw(state, ({ topic }) => topic === nearTopic(name), "it is no longer near");
  }
  return notify(withPeriodOf(state, name, { ...period, nearAtMs: nowMs }), policy, {
    event: "budget",
    name,
    topic: nearTopic(name),
    incident: budgetIncident(name),
    atMs: nowMs,
    because: nearWords(standing, nowMs),
    next: nextWhenNear(standing),
    hint: toSee(policy),
  });
}

function trip(
  before: GuardState,
  standing: BudgetStanding,
  period: BudgetPeriod,
  policy: Policy,
  nowMs: number,
): Decision {
  const { budget } = standing;
  const { name, action, freezes } = budget;
  const { warnMs } = policy.podGuards;
  const { nearAtMs = nowMs } = period;
  const tripped = withPeriodOf(before, name, { ...period, nearAtMs, trippedAtMs: nowMs });
  const state = withTold(forgotten(tripped, name), budgetIncident(name), nowMs);
  const because = trippedWords(standing, warnMs);
  return chain(
    state,
    (marked) => withdraw(marked, ({ topic }) => topic === nearTopic(name), "it is used up by now"),
    (marked) =>
      notify(marked, policy, {
        event: "budget",
        name,
        topic: budgetIncident(name),
        severity: action === "notify" && !freezes ? "warning" : "critical",
        atMs: nowMs,
        because,
        next: nextOnTrip(budget, warnMs, nowMs),
        hint: action === "stop" || freezes ? howToLift(name, policy) : toSee(policy),
      }),
    (marked) => ({
      state:
        action === "agent"
          ? { ...marked, owed: [...marked.owed, callOf(budget, period, because, nowMs)] }
          : marked,
      events: [],
    }),
  );
}

/** It is told again as often as it asks, until it is over or lifted. */
function remind(state: GuardState, budget: Budget, policy: Policy, nowMs: number): Decision {
  const { name } = budget;
  const key = budgetIncident(name);
  const standing = standingOf(budget, state, nowMs);
  if (!isHeld(standing.period)) return { state: forgotten(state, name), events: [] };
  // By a clock that has gone back, it lasts again.
  if (own(state.reminded ?? {}, key) === undefined) {
    return { state: withTold(state, key, nowMs), events: [] };
  }
  return tellWhile(state, policy, key, budget, {
    event: "budget",
    name,
    topic: key,
    atMs: nowMs,
    because: stillWords(standing, nowMs - standing.period.trippedAtMs),
    hint: toSee(policy),
  });
}

function forgotten(state: GuardState, name: string): GuardState {
  return withoutTold(state, (key) => key === budgetIncident(name));
}

export function callOf(
  { name }: Budget,
  { fromMs }: BudgetPeriod,
  because: string,
  nowMs: number,
): CallBudgetAgent {
  return {
    kind: "call-budget-agent",
    id: `call-budget-agent:${name}:${nowMs}`,
    budget: name,
    periodMs: fromMs,
    because,
    tries: 0,
    notBeforeMs: nowMs,
  };
}

/** No agent is called for what is over. */
function dropCalls(state: GuardState, { budgets = [] }: Policy, nowMs: number): Decision {
  const moot = state.owed.flatMap((effect) => {
    if (effect.kind !== "call-budget-agent") return [];
    const { budget: name, periodMs } = effect;
    const isThere = budgets.some((each) => each.name === name && each.action === "agent");
    const periods = periodsIn(state, name);
    const period = periods.find(({ fromMs }) => fromMs === periodMs);
    if (isThere && isHeld(period) && nowMs < period.toMs) return [];
    const because = isThere ? "the budget is over or lifted" : "the config no longer asks for it";
    return [{ kind: "moot", effect, because } as const];
  });
  if (moot.length === 0) return { state, events: [] };
  const owed = state.owed.filter((each) => !moot.some(({ effect }) => effect === each));
  return { state: { ...state, owed }, events: moot };
}

function nearTopic(name: string): string {
  return `${budgetIncident(name)}:near`;
}

function nextWhenNear({ budget, reachedAtMs: atMs }: BudgetStanding): readonly Next[] {
  return atMs === undefined ? [] : [{ what: whatIsDone(budget), atMs }];
}

function nextOnTrip(budget: Budget, warnMs: number, nowMs: number): readonly Next[] {
  if (budget.action === "notify") return [];
  const atMs = budget.action === "stop" ? nowMs + warnMs : nowMs;
  return [{ what: whatIsDone(budget), atMs }];
}

function whatIsDone({ action, pods }: Budget): string {
  switch (action) {
    case "notify":
      return "tell you that it is used up";
    case "agent":
      return "call the agent";
    case "stop":
      return pods === undefined ? "stop the pods" : `stop the pods ${pods.join(", ")}`;
  }
}

function toSee({ podGuards }: Policy): Remedy {
  return { words: "To see what is spent", command: `${podGuards.command} status` };
}

/** What to type so that it holds nothing any more. */
export function howToLift(
  name: string | undefined,
  { podGuards: { command } }: Pick<Policy, "podGuards">,
): Remedy {
  const word = name !== undefined && isPlainId(name) ? name : "BUDGET";
  return { words: "To lift it", command: `${command} unfreeze ${word}` };
}
