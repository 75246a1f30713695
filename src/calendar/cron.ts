import { Cron } from "croner";
import type { ScheduleMoments } from "#guard/model/spend.ts";
import { dayMs } from "#guard/model/time.ts";
import { dayAfter, dayAt, startOfDay } from "./periods.ts";

/** When a schedule comes: by the clock on the wall in its zone. */
export interface CronRule {
  /** Minute, hour, day of the month, month and day of the week. */
  readonly cron: string;
  /** Days of its zone on which it does not: `2026-12-24`. */
  readonly except: readonly string[];
}

/** What lies further back was not slept through by anybody who still wants it. */
const lastWithinMs = 7 * dayMs;

/** Why these words are no cron line, in words; undefined: they are one, and it comes some day. */
export function whyNoCron(cron: string): string | undefined {
  const words = cron.trim();
  // The library also reads dates, and seconds before the minute.
  if (!/^@\w+$/.test(words) && words.split(/\s+/).length !== 5) {
    return "is no cron line: that has five parts, such as 0 19 * * 1-5";
  }
  try {
    const moment = cronOf(cron, "UTC").nextRun();
    return moment === null ? "names a day that never comes" : undefined;
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    return `is no cron line: ${because.replace(/^CronPattern: /, "")}`;
  }
}

/** The moments around this one. Throws for what is no cron line or no zone. */
export function cronMoments(
  { cron, except }: CronRule,
  zone: string,
  atMs: number,
): Pick<ScheduleMoments, "lastMs" | "nextMs"> {
  const line = cronOf(cron, zone);
  const days = new Set(except);
  return { lastMs: lastOf(line, days, zone, atMs), nextMs: nextOf(line, days, zone, atMs) };
}

function nextOf(line: Cron, except: ReadonlySet<string>, zone: string, atMs: number) {
  let afterMs = atMs;
  for (;;) {
    const moment = line.nextRun(new Date(afterMs))?.getTime();
    if (moment === undefined) return undefined;
    let day = dayAt(moment, zone);
    if (!except.has(day)) return moment;
    // What begins the day after counts again. To ask for each of many days on end would take its time.
    while (except.has(day)) day = dayAfter(day);
    afterMs = Math.max(moment, startOfDay(day, zone) - 1);
  }
}

function lastOf(line: Cron, except: ReadonlySet<string>, zone: string, atMs: number) {
  let beforeMs = atMs + 1;
  for (;;) {
    const moment = line.previousRuns(1, new Date(beforeMs))[0]?.getTime();
    if (moment === undefined || moment < atMs - lastWithinMs) return undefined;
    const day = dayAt(moment, zone);
    if (!except.has(day)) return moment;
    beforeMs = Math.min(moment, startOfDay(day, zone));
  }
}

function cronOf(cron: string, timezone: string): Cron {
  return new Cron(cron.trim(), { timezone, mode: "5-part", paused: true });
}
