import { dayOf, minuteOfDay, otherDay, type Zone } from "./calendar.ts";

export interface BriefTime {
  /** Of the day, from 0 to 1439. */
  readonly atMinute: number;
  readonly timeZone?: Zone;
}

/**
 * Says whether the day's brief is due, and of which day it is: once a day, from its time on until the day
 * is over. A time that a clock change leaves out has come when the clock is past it; of one that comes
 * twice, the first counts. Before there was any brief, that time has to come from one poll to the next,
 * the first of them perhaps an earlier process's, at `lookedAtMs`: who starts to guard in the evening, or
 * asks for a brief then, has no day behind them yet. To be asked at each poll, also while none is wanted.
 */
export function createDueDay(
  lookedAtMs: number | undefined,
): (
  time: BriefTime | undefined,
  nowMs: number,
  briefedDay: string | undefined,
) => string | undefined {
  let lastMs = lookedAtMs;
  /** The day whose time has come while somebody polled. */
  let come: string | undefined;
  return (time, nowMs, briefedDay) => {
    const beforeMs = lastMs ?? nowMs;
    lastMs = nowMs;
    if (time === undefined) return undefined;
    const { atMinute, timeZone } = time;
    const day = dayOf(nowMs, timeZone);
    if (minuteOfDay(nowMs, timeZone) < atMinute || !isNewer(day, briefedDay)) return undefined;
    const wasBefore = dayOf(beforeMs, timeZone) < day || minuteOfDay(beforeMs, timeZone) < atMinute;
    if (wasBefore) come = day;
    return briefedDay !== undefined || come === day ? day : undefined;
  };
}

/** A day far ahead was told by a clock that was wrong, and would silence all until then. */
function isNewer(day: string, briefedDay: string | undefined): boolean {
  return briefedDay === undefined || day > briefedDay || briefedDay > otherDay(day, 1);
}
