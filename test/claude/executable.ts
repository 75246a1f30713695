import { accessSync, constants, statSync } from "node:fs";

export const noClaude =
  "No Claude Code here: nothing was tried with it. Name its executable in RUNPODBOSS_CLAUDE.";

/** The Claude Code to test with: the one that is named. Throws where that cannot run. */
export function findClaude(env: NodeJS.ProcessEnv): string | undefined {
  const named = env["RUNPODBOSS_CLAUDE"];
  if (named === undefined || named === "") return undefined;
  if (canRun(named)) return named;
  throw new Error(`RUNPODBOSS_CLAUDE is ${named}, and no program is there`);
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
