import type { LeaseBook } from "#guard/model/run.ts";
import { readLeaseBook, writeLeaseBook } from "#store/lease-text.ts";

/** The leases of a beat by the clock here, as a lease file has them; undefined: they could not be read. */
export function leasesByClockHere(text: string | null, aheadMs: number): string | undefined {
  const read = text === null ? undefined : readLeaseBook(text);
  return read?.kind === "book" ? writeLeaseBook(shiftedBook(read.book, aheadMs)) : undefined;
}

/** Moments of schedules are the calendar's, and stay. */
function shiftedBook(book: LeaseBook, aheadMs: number): LeaseBook {
  const shift = (times: Readonly<Record<string, number>> | undefined) =>
    times && Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, ms + aheadMs]));
  return {
    ...book,
    leases: Object.fromEntries(
      Object.entries(book.leases).map(([podId, { endsAtMs, givenAtMs }]) => [
        podId,
        { endsAtMs: endsAtMs + aheadMs, givenAtMs: givenAtMs + aheadMs },
      ]),
    ),
    touchedAtMs: shift(book.touchedAtMs) ?? {},
    endedAtMs: shift(book.endedAtMs),
    unfrozenAtMs: shift(book.unfrozenAtMs),
  };
}
