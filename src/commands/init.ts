import { chmod, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { defaultPaths, expandHome, inShell } from "#config/paths.ts";
import { UserError, wordsOf } from "#errors.ts";
import { makeFolder } from "#store/atomic-write.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";

export interface InitOptions extends GlobalOptions {
  readonly output?: string;
  readonly triage: boolean;
  readonly force: boolean;
}

/** Writes the shipped example where the config is looked for, and says what comes next. */
export async function init(options: InitOptions, { print }: Context): Promise<void> {
  const path = expandHome(options.output ?? options.config);
  const example = await exampleText(options.triage);
  try {
    await makeFolder(dirname(path));
    await writeFile(path, example, { mode: 0o600, flag: options.force ? "w" : "wx" });
    // What was there before keeps its mode.
    await chmod(path, 0o600);
  } catch (error) {
    throw notWritten(path, error);
  }
  const word = inShell(path);
  const named = path === expandHome(defaultPaths.config) ? "" : ` -c ${word}`;
  print(`wrote ${path}

Next:
  1. Read it, and set the thresholds and prompts to your taste:  $EDITOR ${word}
  2. Give it your RunPod API key:                                export RUNPOD_API_KEY=...
  3. See what it sees, and what would fail at 3 a.m.:            runpodboss check${named}
  4. See what it would do now, starting nothing:                 runpodboss watch${named} --once --dry-run
  5. Rehearse with the real commands, on made-up pods:           runpodboss drill${named}
  6. Let it watch, under systemd or tmux (see the README):       runpodboss watch${named}`);
}

/** The examples at the top level are the only source; it is above this file, bundled or not. */
async function exampleText(triage: boolean): Promise<string> {
  const name = triage ? "config.example.triage.json" : "config.example.json";
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    try {
      return await readFile(join(folder, name), "utf8");
    } catch (error) {
      if (folder === dirname(folder)) throw error;
    }
  }
}

function notWritten(path: string, error: unknown): UserError {
  if ((error as NodeJS.ErrnoException).code === "EEXIST") {
    return new UserError(`${path} exists already, and was left as it is.`, {
      hint: "--force overwrites it; --output FILE writes elsewhere.",
    });
  }
  return new UserError(`${path} could not be written: ${wordsOf(error)}.`, {
    hint: "--output FILE writes elsewhere.",
    cause: error,
  });
}
