import type { Budget } from "#guard/model/policy.ts";
import type { Moments, Period, ScheduleMoments } from "#guard/model/spend.ts";
import { type CronRule, cronMoments } from "./cron.ts";
import { periodAt } from "./periods.ts";
import { zoneOr } from "./zone.ts";

interface Zoned {
  readonly name: string;
  /** Undefined: this machine's. */
  readonly timeZone?: string | undefined;
}

/** What of the config needs a calendar. */
export interface CalendarRules {
  readonly budgets: readonly (Zoned & Pick<Budget, "per">)[];
  readonly schedules: readonly (Zoned & CronRule)[];
}

export interface CalendarAnswer {
  /** Without what the calendar could not tell. */
  readonly moments: Moments;
  /** Why it could not, in words. */
  readonly faults: readonly string[];
}

/** What the calendar says at this moment. Never throws: what cannot be told of one takes no other with it. */
export function momentsAt({ budgets, schedules }: CalendarRules, atMs: number): CalendarAnswer {
  const faults: string[] = [];
  const told = <Rule extends Zoned, Value>(
    what: string,
    rules: readonly Rule[],
    tell: (rule: Rule, zone: string) => Value,
  ): Readonly<Record<string, Value>> =>
    Object.fromEntries(
      rules.flatMap((rule) => {
        try {
          return [[rule.name, tell(rule, zoneOr(rule.timeZone))] as const];
        } catch (error) {
          faults.push(`${what} ${rule.name}: ${error instanceof Error ? error.message : "failed"}`);
          return [];
        }
      }),
    );
  const periods = told("budget", budgets, ({ per }, zone): Period => periodAt(atMs, per, zone));
  const moments = told("schedule", schedules, (rule, zone): ScheduleMoments => ({
    ...cronMoments(rule, zone, atMs),
    rule: [rule.cron, zone, ...rule.except].join(" "),
  }));
  return { moments: { atMs, periods, schedules: moments }, faults };
}
