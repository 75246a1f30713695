import { calendarOf } from "#calendar/calendar-of.ts";
import { skipSchedule } from "#operations/skip.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { localTime } from "#terminal/local-time.ts";
import { warn } from "#terminal/warn.ts";
import { knownNow, warnIfNobodyWatches } from "./known-now.ts";

/** Passes over the next time of a schedule. */
export async function skip(name: string, options: GlobalOptions, context: Context): Promise<void> {
  const known = await knownNow(options, context);
  const calendar = calendarOf(() => known.settings);
  const { atMs, isUnderWay, schedule, troubles } = await skipSchedule(
    name,
    known,
    calendar,
    Date.now(),
  );
  const then = isUnderWay
    ? "the pods that it has not stopped yet run on"
    : `${schedule.action === "stop" ? "no pod is stopped" : "nobody is told"} then`;
  context.print(`Schedule ${name} is passed over at ${localTime(atMs)}: ${then}`);
  for (const trouble of troubles) warn(trouble, context);
  warnIfNobodyWatches(known, context);
}
