import * as z from "zod";

/** The longest time most settings may have. */
export const daySeconds = 86_400;

/** What may become an argument of a program; the system ends an argument at a NUL. */
export const argument = z
  .string()
  .refine((text) => !text.includes("\0"), "must not hold a NUL character");

/** A program and its arguments; empty, null or absent means none. */
export const command = z
  .array(argument)
  .refine((parts) => parts.length === 0 || parts[0] !== "", "must start with a program's name")
  .nullish();

/** Stands in the object that names a command: that command gets the API key. */
export const passApiKey = z.boolean();

export function isHttpUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === "http:" || url?.protocol === "https:";
}
