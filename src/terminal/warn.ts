import { oneLine } from "#control-characters.ts";
import { warningLine } from "./json.ts";
import { errorColumns, wrappedText } from "./wrap.ts";
import type { Context } from "./context.ts";

type Told = Pick<Context, "redact" | "stderr">;

/** Writes a warning to standard error. */
export function warn(words: string, context: Told & Pick<Context, "isJson">): void {
  if (context.isJson) context.stderr.write(warningLine(oneLine(context.redact(words))));
  else tell(`warning: ${words}`, context);
}

/** Writes one line to standard error, with secrets and control characters removed. */
export function tell(words: string, { redact, stderr }: Told): void {
  stderr.write(`${wrappedText(oneLine(redact(words)), errorColumns(stderr))}\n`);
}
