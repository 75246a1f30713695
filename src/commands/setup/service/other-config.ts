import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute } from "node:path";
import { UserError, wordsOf as errorWords } from "#errors.ts";
import type { ServiceDeps } from "./deps.ts";
import { agentPath, labelOf, serviceNameOf, unitPath } from "./service-name.ts";
import { agentWords, type StartedWords, unitWords } from "./started-words.ts";
import type { Told } from "./told.ts";

/**
 * What stands against putting a service where this one is: it guards another account, which would be
 * guarded no more, or cannot be read, so that nobody knows. One that does not run, and whose config has
 * gone, guards nothing.
 */
export async function otherConfig(
  { path, name, configPath, home }: Place,
  wordsOf: StartedWords,
  runs: () => Promise<boolean>,
): Promise<Told | undefined> {
  let text = "";
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (!isGone(error)) {
      return {
        because: `what stands at ${path} cannot be read (${errorWords(error)}), so it may guard another config`,
        hint: "Make it readable, or take it away if it guards nothing.",
      };
    }
  }
  const named = configIn(wordsOf(text, home));
  if (named === undefined || !isAbsolute(named) || (await isSame(named, configPath)))
    return undefined;
  // One that cannot be looked at is there.
  const hasGone = await stat(named).then(() => false, isGone);
  if (hasGone && !(await runs())) return undefined;
  return {
    because: `the service ${name} guards another config, ${named}, and would guard it no more`,
    hint: "Give one of the two configs another file name: the service is named after it. If the other is to be guarded no more, remove its service first: docs/service.md says how.",
  };
}

/** The same by the files alone, before anything is done. Throws a UserError where an installed service guards another config. */
export async function refuseOtherConfig(
  configPath: string,
  { env, platform }: Pick<ServiceDeps, "env" | "platform">,
): Promise<void> {
  const home = env["HOME"] ?? homedir();
  const isMac = platform === "darwin";
  const name = isMac ? labelOf(configPath) : serviceNameOf(configPath);
  const path = isMac ? agentPath(name, home) : unitPath(name, env, home);
  const place = { path, name, configPath, home };
  const other = await otherConfig(place, isMac ? agentWords : unitWords, async () => false);
  if (other === undefined) return;
  const { because, hint } = other;
  throw new UserError(`No service can be installed: ${because}.`, {
    hint: `Nothing was written. ${hint}`,
  });
}

interface Place {
  /** Of the unit or the agent. */
  readonly path: string;
  readonly name: string;
  readonly configPath: string;
  readonly home: string;
}

function isGone(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR";
}

function configIn(words: readonly string[]): string | undefined {
  const at = words.findLastIndex((word) => word === "-c" || word === "--config");
  const joined = words.findLast((word) => word.startsWith("--config="));
  return at === -1 ? joined?.slice("--config=".length) : words[at + 1];
}

async function isSame(one: string, other: string): Promise<boolean> {
  if (one === other) return true;
  const [a, b] = await Promise.all([one, other].map((path) => stat(path).catch(() => undefined)));
  return a !== undefined && a.ino === b?.ino && a.dev === b.dev;
}
