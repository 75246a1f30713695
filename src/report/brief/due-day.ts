import { dayOf, minuteOfDay, otherDay, type Zone } from "./calendar.ts";

export interface BriefTime {
  /** Of the day, from 0 to 1439. */
  readonly atMinute: number;
  readonly timeZone?: Zone;
}

/**
 * Says whether the day's brief is due, and of which day it is: once a day, from its time on until the day
 * is over. A time that a clock change leaves out has come when the clock is past it; of one that comes
 * twice, the first counts. Before there was any brief, that time has to come while somebody polls, be it
 * an earlier process, which polled at `lookedAtMs`: who starts to guard in the evening has no day behind
 * them yet.
 */
export function createDueDay(
  lookedAtMs: number | undefined,
): (time: BriefTime, nowMs: number, briefedDay: string | undefined) => string | undefined {
  let sinceMs = lookedAtMs;
  return ({ atMinute, timeZone }, nowMs, briefedDay) => {
    const day = dayOf(nowMs, timeZone);
    sinceMs ??= nowMs;
    if (minuteOfDay(nowMs, timeZone) < atMinute || !isNewer(day, briefedDay)) return undefined;
    const wasBefore = dayOf(sinceMs, timeZone) < day || minuteOfDay(sinceMs, timeZone) < atMinute;
    return briefedDay !== undefined || wasBefore ? day : undefined;
  };
}

/** A day far ahead was told by a clock that was wrong, and would silence all until then. */
function isNewer(day: string, briefedDay: string | undefined): boolean {
  return briefedDay === undefined || day > briefedDay || briefedDay > otherDay(day, 1);
}
