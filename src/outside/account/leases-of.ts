import { mergedBooks } from "#guard/hand-over/merged-books.ts";
import type { LeaseBook } from "#guard/model/run.ts";
import { readLeaseBook, writeLeaseBook } from "#store/lease-text.ts";

/** The leases of a beat by the clock here, as a lease file has them; undefined: they could not be read. */
export function leasesByClockHere(text: string | null, aheadMs: number): string | undefined {
  const read = text === null ? undefined : readLeaseBook(text);
  return read?.kind === "book" ? writeLeaseBook(shiftedBook(read.book, aheadMs)) : undefined;
}

/** With what people have said here since; undefined: the leases are not known. */
export function withGiven(text: string | undefined, given: string | undefined): string | undefined {
  const [book, said] = [bookIn(text), bookIn(given)];
  return book === undefined || said === undefined ? text : writeLeaseBook(mergedBooks(book, said));
}

function bookIn(text: string | undefined): LeaseBook | undefined {
  const read = text === undefined ? undefined : readLeaseBook(text);
  return read?.kind === "book" ? read.book : undefined;
}

/** Moments of schedules are the calendar's, and stay. */
export function shiftedBook(book: LeaseBook, aheadMs: number): LeaseBook {
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
    ...(book.launches && { launches: shiftedLaunches(book.launches, aheadMs) }),
  };
}

function shiftedLaunches(
  launches: NonNullable<LeaseBook["launches"]>,
  aheadMs: number,
): NonNullable<LeaseBook["launches"]> {
  return Object.fromEntries(
    Object.entries(launches).map(([id, launch]) => [
      id,
      {
        ...launch,
        atMs: launch.atMs + aheadMs,
        endsAtMs: launch.endsAtMs + aheadMs,
        ...(launch.failedAtMs !== undefined && { failedAtMs: launch.failedAtMs + aheadMs }),
      },
    ]),
  );
}
