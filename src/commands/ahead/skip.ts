import { calendarOf } from "#calendar/calendar-of.ts";
import { skippedJson } from "#operations/done-json.ts";
import { skippedWords, skipSchedule } from "#operations/skip.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { printJson } from "#terminal/json.ts";
import { warn } from "#terminal/warn.ts";
import { knownNow, warnIfNobodyWatches } from "./known-now.ts";

/** Passes over the next time of a schedule. */
export async function skip(name: string, options: GlobalOptions, context: Context): Promise<void> {
  const known = await knownNow(options, context);
  const calendar = calendarOf(() => known.settings);
  try {
    const skipped = await skipSchedule(name, known, calendar, Date.now());
    if (context.isJson) printJson(skippedJson(skipped, known), context);
    else context.print(skippedWords(skipped));
    for (const trouble of skipped.troubles) warn(trouble, context);
  } finally {
    warnIfNobodyWatches(known, context);
  }
}
