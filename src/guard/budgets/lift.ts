import type { Budget, Policy } from "#guard/model/policy.ts";
import type { LeaseBook } from "#guard/model/run.ts";
import type { BudgetPeriod } from "#guard/model/spend.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { notify } from "#guard/outbox/notify.ts";
import { own } from "#guard/own-value.ts";
import { isLater } from "#guard/pods/run/run-start.ts";
import { budgetIncident, withPeriodOf } from "./marks.ts";
import { periodsIn, presentIn } from "./periods.ts";
import { isHeld, nearShare, standingOf } from "./standing.ts";
import { budgetWords, spentOfWords } from "./words.ts";

/** A person has lifted it since it tripped, by what the commands have written. */
function isLiftedIn(
  { unfrozenAtMs = {} }: LeaseBook,
  name: string,
  trippedAtMs: number,
  nowMs: number,
): boolean {
  const liftedAtMs = own(unfrozenAtMs, name);
  // One from the future was said by a clock that was ahead, and may be of an earlier period.
  return liftedAtMs !== undefined && liftedAtMs >= trippedAtMs && !isLater(liftedAtMs, nowMs);
}

/** The state as the guard will have it once it has read what people have lifted. For whoever shows it. */
export function withLifted<Known extends Pick<GuardState, "budgets">>(
  state: Known,
  book: LeaseBook,
  nowMs: number,
): Known {
  const budgets = Object.entries(state.budgets ?? {}).map(([name, periods]) => [
    name,
    periods.map((period) =>
      isHeld(period) && isLiftedIn(book, name, period.trippedAtMs, nowMs)
        ? { ...period, unfrozenAtMs: nowMs }
        : period,
    ),
  ]);
  return { ...state, budgets: Object.fromEntries(budgets) as GuardState["budgets"] };
}

/** A person has lifted it since it tripped. */
export function lift(state: GuardState, budget: Budget, policy: Policy, nowMs: number): Decision {
  const { leaseBook } = state;
  const { name, per } = budget;
  const standing = standingOf(budget, state, nowMs);
  const { period } = standing;
  if (!isHeld(period) || leaseBook === undefined || leaseBook === "unknown") {
    return { state, events: [] };
  }
  if (!isLiftedIn(leaseBook, name, period.trippedAtMs, nowMs)) return { state, events: [] };
  return over(withPeriodOf(state, name, { ...period, unfrozenAtMs: nowMs }), budget, policy, {
    atMs: nowMs,
    because: `lifted by hand: ${spentOfWords(standing)} is spent, and it holds nothing until the next ${per}`,
  });
}

/** The config allows more than when it tripped or came near: that is void, and may come again. */
export function allowMore(
  state: GuardState,
  budget: Budget,
  policy: Policy,
  nowMs: number,
): Decision {
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
export function liftOld(
  state: GuardState,
  budget: Budget,
  policy: Policy,
  nowMs: number,
): Decision {
  const { name, per, freezes, tellsResolved = false } = budget;
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
  const isTold = (freezes || tellsResolved) && isOpen && old.some(isHeld);
  if (!isTold) return { state: marked, events: [] };
  const what = freezes ? "frozen" : "used up";
  const because = `the next ${per} has begun: ${budgetWords(budget)} is no longer ${what}`;
  return over(marked, budget, policy, { atMs: nowMs, because });
}

/** People were told that its period is over, by a clock that was ahead: it is the present one again. */
export function holdAgain(
  state: GuardState,
  budget: Budget,
  policy: Policy,
  nowMs: number,
): Decision {
  const { name, freezes, tellsResolved = false } = budget;
  const standing = standingOf(budget, state, nowMs);
  const { period } = standing;
  if (period?.overAtMs === undefined) return { state, events: [] };
  const again = withPeriodOf(state, name, { ...period, overAtMs: undefined });
  if (!isHeld(period) || !(freezes || tellsResolved)) return { state: again, events: [] };
  return notify(again, policy, {
    event: "budget",
    name,
    severity: "warning",
    topic: budgetIncident(name),
    atMs: nowMs,
    because: `the clock was set back: ${budgetWords(budget)} is ${freezes ? "frozen" : "used up"} again, as ${spentOfWords(standing)} is spent`,
  });
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
