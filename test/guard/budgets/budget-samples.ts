import type { Budget, Policy } from "#guard/model/policy.ts";
import type { Input } from "#guard/model/state.ts";
import type { Period } from "#guard/model/spend.ts";
import { at, guarding, hourMs, type Lived, step, unlived } from "../samples.ts";

export const dayMs = 24 * hourMs;

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

/** At a minute the calendar speaks, and then comes what else is given. */
export function atMinute(
  before: Lived,
  minute: number,
  policy: Policy,
  inputs: readonly Input[],
): Lived {
  return [momentsAt(minute, policy), ...inputs].reduce(
    (now, input) => step(now, minute, input, policy),
    before,
  );
}

export { unlived };
