import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

const names = ["chromium", "chromium-browser", "google-chrome"];

export const noChromium =
  "No Chromium here: nothing was tried in a browser. Install Debian's chromium, or name one in RUNPODBOSS_CHROMIUM.";

/** The browser to test with: the one that is named, else the first on PATH. Throws where the named one cannot run. */
export function findChromium(env: NodeJS.ProcessEnv): string | undefined {
  const named = env["RUNPODBOSS_CHROMIUM"];
  if (named !== undefined && named !== "") {
    if (canRun(named)) return named;
    throw new Error(`RUNPODBOSS_CHROMIUM is ${named}, and no program is there`);
  }
  const folders = (env["PATH"] ?? "").split(delimiter).filter((each) => each !== "");
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => canRun(path));
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
