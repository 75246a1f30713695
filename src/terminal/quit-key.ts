import type { Context } from "./context.ts";
import { isTerminal } from "./confirm.ts";

/** Waits for someone to press `q`; `release` gives the keyboard back. */
export interface QuitKey {
  /** Aborted when `q` is pressed. */
  readonly pressed: AbortSignal;
  release(): void;
}

const interruptKey = "\u0003";

/**
 * Keys are read one by one where there is a terminal to read them from, so that none waits for Enter and
 * none is shown. Ctrl-C comes as a key then, and stays the signal that it is everywhere else.
 */
export function quitKey(context: Pick<Context, "stdin" | "stdout">): QuitKey {
  const pressed = new AbortController();
  if (!isTerminal(context)) return { pressed: pressed.signal, release: () => undefined };
  const { stdin } = context;
  const onKeys = (keys: Buffer | string): void => {
    for (const key of String(keys)) {
      if (key === "q" || key === "Q") pressed.abort();
      if (key === interruptKey) process.kill(process.pid, "SIGINT");
    }
  };
  const ignore = (): void => undefined;
  stdin.setRawMode(true);
  stdin.on("data", onKeys);
  // A terminal that goes away ends the process by its signal.
  stdin.on("error", ignore);
  return {
    pressed: pressed.signal,
    release() {
      stdin.off("data", onKeys);
      stdin.off("error", ignore);
      stdin.setRawMode(false);
      stdin.pause();
    },
  };
}
