import { createInterface } from "node:readline";
import type { Context } from "./context.ts";

export type Answer = "yes" | "no" | "interrupted";

/** Whether there is a terminal to ask on. */
export function isTerminal({ stdin, stdout }: Pick<Context, "stdin" | "stdout">): boolean {
  return stdin.isTTY && stdout.isTTY;
}

/** Asks and reads one line. Anything but a clear yes is a no, the end of the input too. */
export async function confirm(
  question: string,
  { stdin, stdout, interrupted }: Pick<Context, "stdin" | "stdout" | "interrupted">,
): Promise<Answer> {
  if (interrupted.aborted) return "interrupted";
  stdout.write(`${question} [y/N] `);
  // Not as a terminal: Ctrl-C is to stay the signal that it is everywhere else.
  const lines = createInterface({ input: stdin, terminal: false });
  try {
    return await new Promise<Answer>((resolve) => {
      const giveUp = (): void => {
        stdout.write("\n");
        resolve("no");
      };
      lines.once("line", (line) => {
        lines.off("close", giveUp);
        resolve(/^(y|yes)$/i.test(line.trim()) ? "yes" : "no");
      });
      lines.once("close", giveUp);
      // A terminal that goes away is told by the one or by the other.
      lines.on("error", giveUp);
      stdin.on("error", giveUp);
      interrupted.addEventListener("abort", () => {
        lines.off("close", giveUp);
        stdout.write("\n");
        resolve("interrupted");
      });
    });
  } finally {
    lines.close();
  }
}
