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

/** Writes the example config, and prints the next steps. */
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
  print(`Wrote ${path}

Next:
  1. Read it, and set your thresholds and prompts:         $EDITOR ${word}
  2. Set your RunPod API key:                              export RUNPOD_API_KEY=...
  3. Check the account, and what would fail at 3 a.m.:     runpodboss check${named}
  4. See what the daemon would do now, without doing it:   runpodboss watch${named} --once --dry-run
  5. Test your notify commands and agents:                 runpodboss drill${named}
  6. Run the daemon, by systemd or tmux (see the README):  runpodboss watch${named}`);
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
    return new UserError(`${path} already exists. Nothing was written.`, {
      hint: "Use --force to overwrite it, or --output FILE to write to another file.",
    });
  }
  return new UserError(`${path} could not be written: ${wordsOf(error)}.`, {
    hint: "Use --output FILE to write to another file.",
    cause: error,
  });
}
