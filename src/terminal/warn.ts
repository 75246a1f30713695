import { oneLine } from "#control-characters.ts";
import type { Context } from "./context.ts";

type Told = Pick<Context, "redact" | "stderr">;

/** Tells people, on standard error, what they should know and what stops nothing. */
export function warn(words: string, context: Told): void {
  tell(`warning: ${words}`, context);
}

/** Writes one line to standard error, fit to be shown whatever is in it. */
export function tell(words: string, { redact, stderr }: Told): void {
  stderr.write(`${oneLine(redact(words))}\n`);
}
