import { oneLine } from "#control-characters.ts";
import type { BudgetStanding } from "#guard/budgets/standing.ts";
import { inPeriodWords, spentOfWords } from "#guard/budgets/words.ts";
import { hourMs } from "#guard/model/time.ts";
import { perHour, spanWords } from "#guard/text.ts";
import type { AheadReport, ScheduleReport } from "#report/ahead/ahead.ts";
import type { Paint } from "#terminal/colors.ts";
import { localTime, timeIn } from "#terminal/local-time.ts";
import { type Cell, tableLines } from "#terminal/table.ts";

interface Shown {
  readonly ahead: AheadReport;
  readonly nowMs: number;
  /** The program, as it is to be typed for this config. */
  readonly command: string;
}

/** What is spent of each budget, and when each schedule comes. */
export function aheadLines(shown: Shown, paint: Paint): readonly string[] {
  const { budgets, schedules } = shown.ahead;
  return [
    ...table(
      "budgets:",
      budgets.map((each) => budgetRow(each, shown, paint)),
    ),
    ...table(
      "schedules:",
      schedules.map((each) => scheduleRow(each, shown, paint)),
    ),
  ];
}

function table(heading: string, rows: readonly (readonly Cell[])[]): readonly string[] {
  return rows.length === 0 ? [] : [heading, ...tableLines(rows)];
}

function budgetRow(standing: BudgetStanding, shown: Shown, paint: Paint): readonly Cell[] {
  const { budget, period, share, trippedAtMs } = standing;
  const name = { text: `  ${oneLine(budget.name)}` };
  if (period === undefined) return [name, { text: "not counted yet" }];
  const spent = `${spentOfWords(standing)} ${inPeriodWords(budget)} (${Math.floor(share * 100)} %)`;
  const isHeld = trippedAtMs !== undefined && period.unfrozenAtMs === undefined;
  const style = isHeld ? paint.red : share >= 0.8 ? paint.yellow : undefined;
  return [name, { text: `${spent}${stateWords(standing, shown)}`, style }];
}

function stateWords(standing: BudgetStanding, { nowMs, command }: Shown): string {
  const { budget, period, trippedAtMs, reachedAtMs, burnPerHrUsd, frozenUntilMs } = standing;
  if (trippedAtMs !== undefined) {
    if (period?.unfrozenAtMs !== undefined) {
      return `, used up, lifted until ${localTime(period.toMs)}`;
    }
    const mayLift = budget.freezes || budget.action === "stop";
    const lift = mayLift ? `; lift it: ${command} unfreeze ${budget.name}` : "";
    return `, USED UP${frozenUntilMs === undefined ? "" : `, frozen until ${localTime(frozenUntilMs)}`}${lift}`;
  }
  if (burnPerHrUsd === undefined) return ", its burn is unknown";
  if (reachedAtMs === undefined) return `, not reached ${inPeriodWords(budget)}`;
  return `, at ${perHour(burnPerHrUsd)} reached in ${spanWords(Math.max(0, reachedAtMs - nowMs))}`;
}

function scheduleRow(report: ScheduleReport, { nowMs }: Shown, paint: Paint): readonly Cell[] {
  const { schedule, nextMs, isSkipped, podIds } = report;
  const name = { text: `  ${oneLine(schedule.name)}` };
  const ending = podIds.length === 0 ? "" : `ending ${podIds.map(oneLine).join(", ")} now; `;
  if (nextMs === undefined) return [name, { text: `${ending}when it comes next is not known` }];
  const does = `${schedule.action === "stop" ? "stops" : "tells of"} ${schedule.pods.map(oneLine).join(", ")}`;
  const inTime =
    nextMs - nowMs < 48 * hourMs ? ` (in ${spanWords(Math.max(0, nextMs - nowMs))})` : "";
  const next = `${timeIn(nextMs, schedule.timeZone)}${inTime}`;
  const unless = isSkipped === undefined ? ", unless it is passed over: that cannot be read" : "";
  return isSkipped === true
    ? [name, { text: `${ending}${next} is PASSED OVER`, style: paint.yellow }]
    : [name, { text: `${ending}${next} ${does}${unless}` }];
}
