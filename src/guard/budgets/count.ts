import type { Seen } from "#guard/model/account.ts";
import type { Budget, Policy } from "#guard/model/policy.ts";
import type { BudgetPeriod, Moments, PodSpan } from "#guard/model/spend.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";
import { chain } from "#guard/outbox/chain.ts";
import { notify } from "#guard/outbox/notify.ts";
import { own } from "#guard/own-value.ts";
import { accountedTo } from "./account-spend.ts";
import { withPresent } from "./changed.ts";
import { settleGap } from "./gap.ts";
import { leastBurn } from "./least-burn.ts";
import { isIn, periodsIn, type Spent, withSpent } from "./periods.ts";
import { type Counted, countEnded, countRuns } from "./pods-spend.ts";
import { isBudgetFor, runsOf } from "./standing.ts";

type Counts = NonNullable<GuardState["budgets"]>;

/**
 * Adds to the budgets what was spent since the last look. While the calendar has not said which period it is,
 * it waits: the next look counts it all. A budget that leaves the config is forgotten.
 */
export function countSpend(state: GuardState, look: Seen, policy: Policy): Decision {
  const budgets = policy.budgets ?? [];
  const { moments } = state;
  if (budgets.length === 0) return { state: withoutBudgets(state), events: [] };
  if (moments === undefined) return { state, events: [] };
  const isDated = budgets.every(({ name }) => {
    const period = own(moments.periods, name);
    return period === undefined || isIn(period, look.atMs);
  });
  if (!isDated) return { state, events: [] };
  const opened = withPeriods(state, moments, policy, look.atMs);
  const paid = countAccount(opened.state, look, budgets, policy);
  return {
    state: countPods(paid.state, look, budgets, policy),
    events: [...opened.events, ...paid.events],
  };
}

/** Of runs that are over, the rest is counted. Before anything of a later run of the same pod is. */
export function countEnds(decision: Decision, policy: Policy, nowMs: number): Decision {
  const { state, events } = decision;
  const ended = events.filter((event) => event.kind === "run-ended");
  const counting = (policy.budgets ?? []).filter(({ name }) => spansIn(state, name) !== undefined);
  if (ended.length === 0 || counting.length === 0) return decision;
  const { gapMs } = policy.podGuards;
  const counted = counting.map((budget) => {
    const mine = ended.filter(({ run }) => isBudgetFor(budget, run));
    const next = mine.reduce<Counted>(
      (before, { run, endedAtMs }) => countEnded(before, run, { endedAtMs, nowMs, gapMs }),
      countedOf(state, budget),
    );
    return [budget.name, next] as const;
  });
  return { state: withCounted(state, counted), events };
}

function withoutBudgets(state: GuardState): GuardState {
  const { budgets, accounted, podsCounted } = state;
  return budgets === undefined && accounted === undefined && podsCounted === undefined
    ? state
    : { ...state, budgets: undefined, accounted: undefined, podsCounted: undefined };
}

function withPeriods(
  before: GuardState,
  moments: Moments,
  policy: Policy,
  nowMs: number,
): Decision {
  const { budgets = [] } = policy;
  const known: Counts = Object.fromEntries(
    budgets.flatMap(({ name, pods }): readonly [string, readonly BudgetPeriod[]][] => {
      const periods = periodsIn(before, name);
      // Older versions have not said what they counted. What the account has spent says nothing of what pods
      // may spend, nor the other way round.
      const isOld = periods.every(({ of }) => of === undefined);
      const isAnother = isOld && (spansIn(before, name) !== undefined) !== (pods !== undefined);
      return periods.length === 0 || isAnother ? [] : [[name, periods]];
    }),
  );
  return chain(
    { ...before, budgets: known },
    ...budgets.map((budget) => (state: GuardState): Decision => {
      const period = own(moments.periods, budget.name);
      return period === undefined
        ? { state, events: [] }
        : withPresent(state, budget, policy, { period, nowMs });
    }),
  );
}

/** A gap is settled, and told, once it is known which pods ran through it. */
function countAccount(
  state: GuardState,
  look: Seen,
  budgets: readonly Budget[],
  policy: Policy,
): Decision {
  const ofAccount = budgets.filter(({ pods }) => pods === undefined);
  if (ofAccount.length === 0) return { state: { ...state, accounted: undefined }, events: [] };
  const { accounted: before } = state;
  const { accounted, spent } = accountedTo(before, { ...look, ...leastBurn(look) });
  const isAnother = accounted?.gap !== before?.gap;
  // After another one nobody will know any more which pods ran through the first.
  const gap = before?.gap && settleGap(before.gap, state, isAnother ? Infinity : look.atMs);
  const isSettled = gap !== undefined && !isAnother;
  const counted: GuardState = {
    ...state,
    accounted: accounted && isSettled ? { ...accounted, gap: undefined } : accounted,
    budgets: withAll(state, ofAccount, [...spent, ...(gap === undefined ? [] : [gap.spent])]),
  };
  if (gap?.because === undefined) return { state: counted, events: [] };
  return notify(counted, policy, {
    event: "budget",
    name: "budget",
    severity: "info",
    topic: "spend:gap",
    atMs: look.atMs,
    because: `${gap.because}. It counts in ${listed(ofAccount)}`,
  });
}

function withAll(
  state: GuardState,
  counting: readonly Budget[],
  spent: readonly Spent[],
): GuardState["budgets"] {
  if (spent.length === 0) return state.budgets;
  const counted = counting.flatMap(({ name }) => {
    const periods = periodsIn(state, name);
    return periods.length === 0 ? [] : [[name, spent.reduce(withSpent, periods)] as const];
  });
  return { ...state.budgets, ...Object.fromEntries(counted) };
}

function countPods(
  state: GuardState,
  { pods, atMs }: Seen,
  budgets: readonly Budget[],
  policy: Policy,
): GuardState {
  const ofPods = budgets.filter(
    ({ name, pods: globs }) => globs !== undefined && periodsIn(state, name).length > 0,
  );
  if (ofPods.length === 0) return { ...state, podsCounted: undefined };
  if (pods === "unknown") return state;
  const counted = ofPods.map((budget) => {
    const before = countedOf(state, budget);
    // After a crash a run may be there again that has ended shortly before.
    const there = before.spans.filter(
      ({ podId, toMs }) => own(state.runs, podId) !== undefined || atMs - toMs <= hourMs,
    );
    const runs = runsOf(budget, state);
    const others = Object.values(state.runs).filter(
      (run) => run.stoppedAtMs === undefined && !isBudgetFor(budget, run),
    );
    return [
      budget.name,
      countRuns({ ...before, spans: there }, { runs, others }, atMs, policy.podGuards.gapMs),
    ] as const;
  });
  return withCounted({ ...state, podsCounted: undefined }, counted);
}

function withCounted(
  state: GuardState,
  counted: readonly (readonly [name: string, counted: Counted])[],
): GuardState {
  const periods = counted.map(([name, each]) => [name, each.periods] as const);
  const spans = counted.map(([name, each]) => [name, each.spans] as const);
  return {
    ...state,
    budgets: { ...state.budgets, ...Object.fromEntries(periods) },
    podsCounted: { ...state.podsCounted, ...Object.fromEntries(spans) },
  };
}

function countedOf(state: GuardState, { name }: Budget): Counted {
  return { periods: periodsIn(state, name), spans: spansIn(state, name) ?? [] };
}

/** Undefined: it was no budget of pods, or is new. */
function spansIn({ podsCounted = {} }: GuardState, name: string): readonly PodSpan[] | undefined {
  return own(podsCounted, name);
}

/** `budget daily`, `budgets daily and weekly`. */
function listed(budgets: readonly Budget[]): string {
  const names = budgets.map(({ name }) => name);
  return `budget${names.length === 1 ? "" : "s"} ${names.join(" and ")}`;
}
