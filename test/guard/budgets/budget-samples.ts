import type { Budget, Policy } from "#guard/model/policy.ts";
import type { Seen } from "#guard/model/account.ts";
import type { LeaseBook } from "#guard/model/run.ts";
import type { Period } from "#guard/model/spend.ts";
import type { Input } from "#guard/model/state.ts";
import { at, blind, book, guarding, type Lived, seen, step, unlived } from "../samples.ts";

/** $20 a day of the account. */
export function budget(overrides: Partial<Budget> = {}): Budget {
  return {
    name: "daily",
    limitUsd: 20,
    per: "day",
    action: "notify",
    freezes: false,
    ...overrides,
  };
}

/** The n-th day: the first begins at minute 0. */
export function day(n: number): Period {
  return { fromMs: at(n * 1440), toMs: at((n + 1) * 1440) };
}

export function budgeted(budgets: readonly Budget[], overrides: Partial<Policy> = {}): Policy {
  return guarding({}, { budgets, ...overrides });
}

/** What the calendar says at a minute: days for every budget, unless given. */
export function momentsAt(
  minute: number,
  { budgets = [] }: Policy,
  period: Period = day(Math.floor(minute / 1440)),
): Input {
  const periods = Object.fromEntries(budgets.map(({ name }) => [name, period]));
  return { kind: "moments", moments: { atMs: at(minute), periods, schedules: {} } };
}

/** What is seen at a minute; nothing runs unless given. */
export interface Glance {
  readonly look?: Partial<Seen> | "blind";
  readonly book?: LeaseBook | "unknown";
  readonly period?: Period;
}

/** At a minute the calendar speaks, the leases are read, and the account is looked at. */
export function glance(
  before: Lived,
  minute: number,
  policy: Policy,
  { look = {}, book: read = book(), period }: Glance = {},
): Lived {
  const atMs = at(minute);
  const inputs: readonly Input[] = [
    momentsAt(minute, policy, period),
    { kind: "leases", atMs, book: read },
    {
      kind: "look",
      look: look === "blind" ? blind(atMs) : seen({ atMs, pods: [], burnPerHrUsd: 6, ...look }),
    },
  ];
  return inputs.reduce((now, input) => step(now, minute, input, policy), before);
}

/** `[minute, balance]` of each look, at $6 an hour. */
export function spending(
  policy: Policy,
  rows: readonly (readonly [minute: number, balanceUsd: number])[],
  before: Lived = unlived,
): Lived {
  return rows.reduce(
    (now, [minute, balanceUsd]) => glance(now, minute, policy, { look: { balanceUsd } }),
    before,
  );
}

/** A book in which this budget was lifted at that minute. */
export function lifted(name: string, minute: number): LeaseBook {
  return { ...book(), unfrozenAtMs: { [name]: at(minute) } };
}
