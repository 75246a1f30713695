import { Temporal } from "temporal-polyfill";
import type { Budget } from "#guard/model/policy.ts";
import type { Period } from "#guard/model/spend.ts";

/** The day of the calendar there: `2026-11-27`. */
export function dayAt(atMs: number, zone: string): string {
  return dateAt(atMs, zone).toString();
}

/**
 * The first moment of a day there: midnight, what comes after it where a change of the clock leaves midnight
 * out, or the first of two.
 */
export function startOfDay(day: string, zone: string): number {
  return startOf(Temporal.PlainDate.from(day), zone);
}

export function dayAfter(day: string): string {
  return Temporal.PlainDate.from(day).add({ days: 1 }).toString();
}

/** The day, the week from Monday on, or the month that holds the moment there. Throws for a zone that is none. */
export function periodAt(atMs: number, per: Budget["per"], zone: string): Period {
  let first = firstDay(dateAt(atMs, zone), per);
  for (;;) {
    const next = dayAfterAll(first, per);
    const period = { fromMs: startOf(first, zone), toMs: startOf(next, zone) };
    if (atMs < period.toMs) return period;
    // Set back over midnight, the clock shows the day before once more.
    first = next;
  }
}

function dateAt(atMs: number, zone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone).toPlainDate();
}

function startOf(date: Temporal.PlainDate, zone: string): number {
  return date.toZonedDateTime(zone).epochMilliseconds;
}

function firstDay(date: Temporal.PlainDate, per: Budget["per"]): Temporal.PlainDate {
  switch (per) {
    case "day":
      return date;
    case "week":
      return date.subtract({ days: date.dayOfWeek - 1 });
    case "month":
      return date.with({ day: 1 });
  }
}

function dayAfterAll(first: Temporal.PlainDate, per: Budget["per"]): Temporal.PlainDate {
  switch (per) {
    case "day":
      return first.add({ days: 1 });
    case "week":
      return first.add({ weeks: 1 });
    case "month":
      return first.add({ months: 1 });
  }
}
