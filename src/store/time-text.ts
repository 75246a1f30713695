import * as z from "zod";

/** A moment as files have it, read as milliseconds since the epoch. */
export const isoTime = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/** As we write it, but for days that a month does not have. */
const plain =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const dayEveryMonthHas = "28";

/** Whether a text is written as we write moments, which sort as texts. */
export function isPlainMoment(text: string): boolean {
  return plain.test(text);
}

/** As `isoTime`, in a fraction of its time; nothing when it is no moment. */
export function momentOf(value: unknown): number | undefined {
  if (typeof value !== "string") return undefined;
  if (!isPlainMoment(value)) return isoTime.safeParse(value).data;
  const atMs = Date.parse(value);
  return value.slice(8, 10) <= dayEveryMonthHas || isoOf(atMs) === value ? atMs : undefined;
}

/** Throws on what is no moment that a calendar has. */
export function isoOf(atMs: number): string {
  return new Date(atMs).toISOString();
}
