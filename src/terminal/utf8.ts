import type { Context } from "./context.ts";

/** Whether a terminal shows more than ASCII, by what it says of itself. */
export function knowsUtf8({ env }: Pick<Context, "env">): boolean {
  if (env["TERM"] === "dumb") return false;
  // The first that is set counts, and one that is empty is not set.
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  return /utf-?8/i.test(locale);
}
