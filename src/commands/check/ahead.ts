import type { Repeats } from "#guard/model/policy.ts";
import type { BudgetSettings, ScheduleSettings, Settings } from "#config/settings.ts";
import { hourMs } from "#guard/model/time.ts";
import { plainNumber, usd } from "#guard/text.ts";

type Ahead = Pick<Settings, "budgets" | "schedules" | "poll" | "tripsOnEstimate">;

/** Budgets, schedules and how it looks ahead: what they do and when. */
export function aheadLines({
  budgets,
  schedules,
  poll,
  tripsOnEstimate,
}: Ahead): readonly string[] {
  return [
    ...titled("budgets:", budgets.map(budgetRow)),
    ...titled("schedules:", schedules.map(scheduleRow)),
    ...(poll === "fixed" ? ["polling: fixed, no sooner where a line comes near"] : []),
    ...(tripsOnEstimate === true ? ["while blind: thresholds are held against an estimate"] : []),
  ];
}

type Row = readonly [name: string, action: string, words: string];

function titled(title: string, rows: readonly Row[]): readonly string[] {
  if (rows.length === 0) return [];
  const width = (at: 0 | 1) => Math.max(...rows.map((row) => row[at].length));
  return [
    title,
    ...rows.map(
      ([name, action, words]) => `  ${name.padEnd(width(0))}  ${action.padEnd(width(1))}  ${words}`,
    ),
  ];
}

function budgetRow({ name, action, limitUsd, per, pods, freezes, timeZone }: BudgetSettings): Row {
  const whose = pods === undefined ? "the account" : `pods ${pods.join(", ")}`;
  const freeze = freezes ? ", then starts are frozen" : "";
  return [name, action, `${usd(limitUsd)} a ${per}, of ${whose}${freeze}${zoneWords(timeZone)}`];
}

function scheduleRow({ name, action, cron, pods, except, timeZone }: ScheduleSettings): Row {
  const not = except.length === 0 ? "" : `, not on ${except.join(", ")}`;
  return [name, action, `${cron}, pods ${pods.join(", ")}${not}${zoneWords(timeZone)}`];
}

function zoneWords(timeZone: string | undefined): string {
  return timeZone === undefined ? "" : ` (${timeZone})`;
}

export function repeatsJson({ remind = "once", tellsResolved = false }: Repeats): object {
  return { remind, resolved: tellsResolved };
}

/** `null` means this machine's time zone, and of a budget's pods the whole account. */
export function aheadJson({ budgets, schedules, poll, tripsOnEstimate = false }: Ahead): object {
  return {
    poll,
    trip_on_estimate: tripsOnEstimate,
    budgets: budgets.map(
      ({ name, limitUsd, per, pods, timeZone, action, freezes, ...repeats }) => ({
        name,
        usd: limitUsd,
        per,
        pods: pods ?? null,
        timezone: timeZone ?? null,
        action,
        freeze: freezes,
        ...repeatsJson(repeats),
      }),
    ),
    schedules: schedules.map(({ name, cron, timeZone, pods, action, except }) => ({
      name,
      cron,
      timezone: timeZone ?? null,
      pods,
      action,
      except,
    })),
  };
}

/** `after 24 h, if it has a network volume`. */
export function stoppedWords({
  afterMs,
  action,
  losesData,
}: NonNullable<Settings["guards"]["stopped"]>): string {
  const after = `after ${plainNumber(afterMs / hourMs)} h`;
  if (action === "notify") return after;
  return losesData ? `${after}, with its data` : `${after}, if it has a network volume`;
}
