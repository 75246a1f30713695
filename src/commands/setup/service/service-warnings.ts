import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { serviceSettings, wordsIn } from "#commands/unit-file.ts";
import { label, plistArguments } from "./launchd-plist.ts";
import { unitPath } from "./unit-path.ts";

/**
 * What the installed service names and is no longer there, such as the node of a version that was
 * removed: the daemon that runs does without, and the next start fails.
 */
export async function serviceWarnings(env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const home = env["HOME"] ?? homedir();
  const services = [
    { path: unitPath(env, home), wordsOf: unitWords },
    { path: join(home, "Library/LaunchAgents", `${label}.plist`), wordsOf: plistArguments },
  ];
  const found = await Promise.all(
    services.map(async ({ path, wordsOf }) => {
      const text = await readFile(path, "utf8").catch(() => "");
      const named = absolutePaths(wordsOf(text));
      const gone = await Promise.all(
        named.map(async (each) => ((await isGone(each)) ? [each] : [])),
      );
      return gone
        .flat()
        .map(
          (each) =>
            `service: ${path} starts ${each}, which is not there: the daemon would not start again. Run setup again, or mend it`,
        );
    }),
  );
  return found.flat();
}

function unitWords(text: string): readonly string[] {
  const start = serviceSettings([text]).findLast(({ key }) => key === "ExecStart")?.value ?? "";
  try {
    return wordsIn(start).map((word) => word.replaceAll("%%", "%").replaceAll("$$", () => "$"));
  } catch {
    return [];
  }
}

/** What stands for something else is left out: `%h/…` and the like. */
function absolutePaths(words: readonly string[]): readonly string[] {
  return words.filter((word) => word.startsWith("/"));
}

async function isGone(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    (error: unknown) => error instanceof Error && "code" in error && error.code === "ENOENT",
  );
}
