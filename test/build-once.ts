import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { buildAll } from "../build.ts";

/** Makes `dist` what `src` says. Builds only when it is older. */
export async function buildOnce(): Promise<void> {
  const sources = readdirSync("src", { recursive: true, encoding: "utf8" });
  const paths = ["build.ts", "package.json", "package-lock.json"];
  const newestMs = Math.max(
    ...[...sources.map((each) => join("src", each)), ...paths].map(changed),
  );
  if (newestMs >= changed("dist/cli.js")) await buildAll();
}

/** When the file last changed; the beginning of time when there is none. */
function changed(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
