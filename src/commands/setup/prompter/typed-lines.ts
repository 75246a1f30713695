import type { Context } from "#terminal/context.ts";
import { AskingEnded } from "./prompter.ts";

/** The lines that are typed, one after the other. */
export interface TypedLines {
  /** A hidden one is not shown while it is typed. Throws `AskingEnded`. */
  next(isHidden: boolean): Promise<string>;
  close(): void;
}

const interruptKey = "\u0003";
const endKey = "\u0004";
const backspaces: readonly string[] = ["\u007f", "\b"];

export function typedLines({
  stdin,
  stdout,
  interrupted,
  onHangup,
}: Pick<Context, "stdin" | "stdout" | "interrupted" | "onHangup">): TypedLines {
  /** What was typed and not taken yet, also ahead of the question. */
  let typed = "";
  let isGone = false;
  let lookAgain = (): void => undefined;
  const onData = (data: Buffer | string): void => {
    typed += String(data);
    lookAgain();
  };
  const onGone = (): void => {
    isGone = true;
    lookAgain();
  };
  const onInterrupt = (): void => lookAgain();
  stdin.on("data", onData);
  stdin.pause();
  for (const event of ["end", "close", "error"]) stdin.on(event, onGone);
  interrupted.addEventListener("abort", onInterrupt);
  onHangup(onGone);

  /** Undefined: there is no whole line yet. */
  function take(): string | undefined {
    const end = /\r\n|\r|\n/.exec(typed);
    const upTo = end === null ? typed : typed.slice(0, end.index);
    // Without a line end of its own the terminal hands these over as keys.
    if (upTo.includes(interruptKey)) throw new AskingEnded("interrupted");
    if (upTo.includes(endKey)) throw new AskingEnded("gone");
    if (end === null) return undefined;
    typed = typed.slice(end.index + end[0].length);
    return upTo;
  }

  return {
    async next(isHidden) {
      if (isHidden) stdin.setRawMode(true);
      stdin.resume();
      try {
        const line = await new Promise<string>((resolve, reject) => {
          lookAgain = () => {
            try {
              if (interrupted.aborted) throw new AskingEnded("interrupted");
              const found = take();
              if (found !== undefined) resolve(found);
              else if (isGone) throw new AskingEnded("gone");
            } catch (error) {
              reject(error);
            }
          };
          lookAgain();
        });
        return isHidden ? withoutErased(line) : line;
      } finally {
        lookAgain = () => undefined;
        stdin.pause();
        if (isHidden) {
          stdin.setRawMode(false);
          stdout.write("\n");
        }
      }
    },
    close() {
      stdin.off("data", onData);
      for (const event of ["end", "close", "error"]) stdin.off(event, onGone);
      interrupted.removeEventListener("abort", onInterrupt);
      stdin.pause();
    },
  };
}

function withoutErased(line: string): string {
  return Array.from(line).reduce(
    (kept, key) => (backspaces.includes(key) ? kept.slice(0, -1) : kept + key),
    "",
  );
}
