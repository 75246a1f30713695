import { oneLine } from "#control-characters.ts";
import type { Context } from "#terminal/context.ts";
import { cutTo } from "#terminal/text-width.ts";
import { tell } from "#terminal/warn.ts";

/** Shows what is being done. */
export interface Steps {
  readonly note: (words: string) => void;
  readonly clear: () => void;
}

const startOfLine = "\r\u001b[2K";
const narrow = 80;

/** On a terminal one line of standard error, redrawn in place; otherwise a line for each change. */
export function createSteps(context: Pick<Context, "redact" | "stderr">): Steps {
  const { redact, stderr } = context;
  let last: string | undefined;
  return {
    note(words) {
      if (words === last) return;
      last = words;
      if (stderr.isTTY) {
        stderr.write(startOfLine + cutTo((stderr.columns || narrow) - 1, oneLine(redact(words))));
      } else tell(words, context);
    },
    clear() {
      if (stderr.isTTY && last !== undefined) stderr.write(startOfLine);
    },
  };
}
