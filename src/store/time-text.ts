import * as z from "zod";

/** A moment as files have it, read as milliseconds since the epoch. */
export const isoTime = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/** Throws on what is no moment that a calendar has. */
export function isoOf(atMs: number): string {
  return new Date(atMs).toISOString();
}
