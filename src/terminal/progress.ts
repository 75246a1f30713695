import { oneLine } from "#control-characters.ts";
import type { Pod } from "#guard/model/account.ts";
import { rowWords } from "#guard/text.ts";
import type { Context } from "./context.ts";
import { cutTo } from "./text-width.ts";
import { tell } from "./warn.ts";

/** Shows the progress of several pods at once. */
export interface Progress {
  /** The present step of a pod; undefined: it is done. */
  note(pod: Pod, words: string | undefined): void;
  /** Clears the line. */
  clear(): void;
}

const startOfLine = "\r\u001b[2K";
const narrow = 80;

/** On a terminal one line, redrawn in place; otherwise a line for each change. As JSON there is none. */
export function createProgress(
  total: number,
  context: Pick<Context, "redact" | "stderr" | "isJson">,
): Progress {
  const { redact, stderr } = context;
  if (context.isJson) return { note: () => undefined, clear: () => undefined };
  const now = new Map<string, string>();
  let over = 0;

  function draw(): void {
    const pods = [...now].map(([id, words]) => `${id}: ${words}`).join("; ");
    const line = oneLine(redact(`${over} of ${total} done${pods === "" ? "" : `; ${pods}`}`));
    const width = (stderr.columns || narrow) - 1;
    stderr.write(startOfLine + cutTo(width, line));
  }

  return {
    note(pod, words) {
      if (now.get(pod.id) === words) return;
      if (words === undefined) {
        now.delete(pod.id);
        over += 1;
      } else now.set(pod.id, words);
      if (stderr.isTTY) draw();
      else if (words !== undefined) tell(`${rowWords(pod)}: ${words}`, context);
    },
    clear() {
      if (stderr.isTTY) stderr.write(startOfLine);
    },
  };
}
