import type { Told } from "./told.ts";

export interface Installed {
  /** What was done, a sentence each; empty where nothing is installed. */
  readonly installed: readonly string[];
  /** What to type later: to see it, to read its log, to remove it. Without a service: how to run the daemon. */
  readonly commands: readonly string[];
  /** It is installed and runs, but this must be known. */
  readonly warnings: readonly Told[];
  /** Why nothing is installed; all that was begun is taken back. */
  readonly problem?: Told;
}

export function nothingInstalled(problem: Told, commands: readonly string[] = []): Installed {
  return { installed: [], commands, warnings: [], problem };
}

/** What somebody has ended is no fault to be looked for. */
export const wasInterrupted: Told = {
  because: "interrupted",
  hint: "To install it, run setup again.",
};
