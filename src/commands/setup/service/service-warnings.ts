import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { agentPath, labelOf, serviceNameOf, unitPath } from "./service-name.ts";
import { agentWords, unitWords } from "./started-words.ts";

/**
 * What the installed service of this config names and is no longer there, such as the node of a version that was
 * removed: the daemon that runs does without, and the next start fails.
 */
export async function serviceWarnings(
  configPath: string,
  env: NodeJS.ProcessEnv,
): Promise<readonly string[]> {
  const home = env["HOME"] ?? homedir();
  const services = [
    { path: unitPath(serviceNameOf(configPath), env, home), wordsOf: unitWords },
    {
      path: agentPath(labelOf(configPath), home),
      wordsOf: agentWords,
    },
  ];
  const found = await Promise.all(
    services.map(async ({ path, wordsOf }) => {
      const text = await readFile(path, "utf8").catch(() => "");
      const named = absolutePaths(wordsOf(text, home));
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
