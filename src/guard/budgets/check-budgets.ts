import type { CallBudgetAgent, Next, Remedy } from "#guard/model/effect.ts";
import type { Budget, Policy } from "#guard/model/policy.ts";
import type { BudgetPeriod } from "#guard/model/spend.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { chain } from "#guard/outbox/chain.ts";
import { notify, withdraw } from "#guard/outbox/notify.ts";
import { own } from "#guard/own-value.ts";
import { isPlainId } from "#guard/text.ts";
import { isLater } from "#guard/pods/run/run-start.ts";
import { periodsIn, presentIn } from "./periods.ts";
import { type BudgetStanding, isHeld, nearShare, standingOf } from "./standing.ts";
import { budgetWords, nearWords, spentOfWords, trippedWords } from "./words.ts";

/** Known by it as long as it lasts: that it comes near, that it is used up, and that it is over. */
export function budgetIncident(name: string): string {
  return `budget:${name}`;
}

/**
 * The rule of budgets, after all that was spent is counted. Tells once a period that 80 % is spent, and trips
 * once when all is: tells it, calls the agent, or has the pods' own deadlines end them. Over is it with its
 * period, when a person lifts it, or when the config allows more.
 */
export function checkBudgets(state: GuardState, policy: Policy, nowMs: number): Decision {
  const rules = (policy.budgets ?? []).flatMap((budget) => [
    (before: GuardState) => liftOld(before, budget, policy, nowMs),
    (before: GuardState) => lift(before, budget, policy, nowMs),
    (before: GuardState) => allowMore(before, budget, policy, nowMs),
    (before: GuardState) => checkShare(before, budget, policy, nowMs),
  ]);
  return chain(state, ...rules, (before) => dropCalls(before, policy, nowMs));
}

function checkShare(state: GuardState, budget: Budget, policy: Policy, nowMs: number): Decision {
  const standing = standingOf(budget, state, nowMs);
  const { period, share } = standing;
  if (period === undefined || period.trippedAtMs !== undefined) return { state, events: [] };
  if (share >= 1) return trip(state, standing, period, policy, nowMs);
  if (share < nearShare || period.nearAtMs !== undefined) return { state, events: [] };
  const { name } = budget;
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
  const state = withPeriodOf(before, name, { ...period, nearAtMs, trippedAtMs: nowMs });
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

function callOf(
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

/** A person has lifted it since it tripped. */
function lift(state: GuardState, budget: Budget, policy: Policy, nowMs: number): Decision {
  const { leaseBook } = state;
  const { name, per } = budget;
  const standing = standingOf(budget, state, nowMs);
  const { period } = standing;
  if (!isHeld(period) || leaseBook === undefined || leaseBook === "unknown") {
    return { state, events: [] };
  }
  const liftedAtMs = own(leaseBook.unfrozenAtMs ?? {}, name);
  // One from the future was said by a clock that was ahead, and may be of an earlier period.
  const isOfNow =
    liftedAtMs !== undefined && liftedAtMs >= period.trippedAtMs && !isLater(liftedAtMs, nowMs);
  if (!isOfNow) return { state, events: [] };
  return over(withPeriodOf(state, name, { ...period, unfrozenAtMs: nowMs }), budget, policy, {
    atMs: nowMs,
    because: `lifted by hand: ${spentOfWords(standing)} is spent, and it holds nothing until the next ${per}`,
  });
}

/** The config allows more than when it tripped or came near: that is void, and may come again. */
function allowMore(state: GuardState, budget: Budget, policy: Policy, nowMs: number): Decision {
  const { name } = budget;
  const standing = standingOf(budget, state, nowMs);
  const { period, share } = standing;
  const { nearAtMs, trippedAtMs } = period ?? {};
  const isVoid = trippedAtMs !== undefined && share < 1;
  const isFar = nearAtMs !== undefined && share < nearShare;
  if (period === undefined || (!isVoid && !isFar)) return { state, events: [] };
  const next = withPeriodOf(state, name, {
    ...period,
    ...(isFar && { nearAtMs: undefined }),
    ...(isVoid && { trippedAtMs: undefined, unfrozenAtMs: undefined }),
  });
  if (!isVoid) return { state: next, events: [] };
  const because = `the config allows more by now: ${spentOfWords(standing)} is spent`;
  return over(next, budget, policy, { atMs: nowMs, because });
}

/** The period in which it tripped is over. That a freeze is lifted is told to all, the rest to who must know. */
function liftOld(state: GuardState, budget: Budget, policy: Policy, nowMs: number): Decision {
  const { name, per, freezes } = budget;
  const periods = periodsIn(state, name);
  const isOld = ({ toMs, trippedAtMs, overAtMs }: BudgetPeriod): boolean =>
    toMs <= nowMs && trippedAtMs !== undefined && overAtMs === undefined;
  const old = periods.filter(isOld);
  const present = presentIn(state, name, nowMs);
  // Nothing is said of it before the next one is there.
  if (old.length === 0 || present === undefined) return { state, events: [] };
  const marked = {
    ...state,
    budgets: {
      ...state.budgets,
      [name]: periods.map((each) => (isOld(each) ? { ...each, overAtMs: nowMs } : each)),
    },
  };
  const isOpen = standingOf(budget, state, nowMs).share < 1;
  const isTold = freezes && isOpen && old.some(isHeld);
  if (!isTold) return { state: marked, events: [] };
  const because = `the next ${per} has begun: ${budgetWords(budget)} is no longer frozen`;
  return over(marked, budget, policy, { atMs: nowMs, because });
}

function over(
  state: GuardState,
  { name }: Budget,
  policy: Policy,
  words: { readonly atMs: number; readonly because: string },
): Decision {
  const topic = budgetIncident(name);
  const said = { event: "budget", name, severity: "info", isResolution: true } as const;
  return notify(state, policy, { ...said, ...words, incident: topic, topic: `${topic}:over` });
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

function withPeriodOf(state: GuardState, name: string, period: BudgetPeriod): GuardState {
  const periods = periodsIn(state, name);
  const next = periods.map((each) => (each.fromMs === period.fromMs ? period : each));
  return { ...state, budgets: { ...state.budgets, [name]: next } };
}
