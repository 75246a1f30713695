import type { BudgetPeriod } from "#guard/model/spend.ts";
import type { GuardState } from "#guard/model/state.ts";
import { periodsIn } from "./periods.ts";

/** Known by it as long as it lasts: that it comes near, that it is used up, and that it is over. */
export function budgetIncident(name: string): string {
  return `budget:${name}`;
}

/** The state with this period in place of the one that begins then. */
export function withPeriodOf(state: GuardState, name: string, period: BudgetPeriod): GuardState {
  const periods = periodsIn(state, name);
  const next = periods.map((each) => (each.fromMs === period.fromMs ? period : each));
  return { ...state, budgets: { ...state.budgets, [name]: next } };
}
