import { chmod, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { accountOf, usualPlacesOf } from "#config/accounts/account.ts";
import { commandFor, configOption } from "#config/command-for.ts";
import { expandHome } from "#config/paths.ts";
import { UserError, wordsOf } from "#errors.ts";
import { inShell } from "#shell-word.ts";
import { settingsWithKey } from "#commands/setup/read-current.ts";
import { exampleFor, withKeyFile } from "./example-text.ts";
import { packagedFile } from "./packaged-file.ts";
import { tonightLines, tonightWith } from "#commands/check/tonight.ts";
import type { TonightRow } from "#report/tonight/sources.ts";
import { paintFor } from "#terminal/colors.ts";
import { columnsOf } from "#terminal/wrap.ts";
import { makeFolder } from "#store/files/atomic-write.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";

export interface InitOptions extends GlobalOptions {
  readonly output?: string;
  readonly triage: boolean;
  readonly force: boolean;
}

/** Writes the example config, and prints the next steps and what happens tonight without them. */
export async function init(options: InitOptions, context: Context): Promise<void> {
  const path = expandHome(options.output ?? options.config);
  const name = options.triage ? "config.example.triage.json" : "config.example.json";
  const { text: shipped } = await packagedFile(name);
  const account = accountOf(path);
  const keyFile = usualPlacesOf(path).key;
  const example = account === undefined ? shipped : withKeyFile(exampleFor(path, shipped), keyFile);
  try {
    await makeFolder(dirname(path));
    if (account !== undefined) await makeFolder(dirname(expandHome(keyFile)));
    await writeFile(path, example, { mode: 0o600, flag: options.force ? "w" : "wx" });
    // What was there before keeps its mode.
    await chmod(path, 0o600);
  } catch (error) {
    throw notWritten(path, error);
  }
  const word = inShell(path);
  const rows = await tonightAsWritten(path, example, context);
  const isGuarded = rows.every(({ isWarning, isMendable }) => !isWarning || !isMendable);
  const steps = [
    `Wrote ${path}`,
    "",
    ...stepLines(word, configOption(path), keyLines(keyFile, account)),
    "",
  ];
  const verdict = isGuarded
    ? []
    : ["As it stands, you are not guarded. The steps above mend that."];
  const lines = tonightLines(rows, paintFor(context), columnsOf(context));
  context.print([...steps, ...verdict, ...lines].join("\n"));
}

/** The steps of the README. */
function stepLines(
  path: string,
  named: string,
  keyStep: readonly [string, string],
): readonly string[] {
  const steps = [
    [
      'Say who is told, and stop idle pods ("action": "stop"): the first two entries.',
      `$EDITOR ${path}`,
    ],
    keyStep,
    [
      "Check the account, what would fail at 3 a.m., and what happens tonight:",
      `runpodboss check${named}`,
    ],
    [
      "See what the daemon would do now, without doing it:",
      `runpodboss watch${named} --once --dry-run`,
    ],
    [
      "Test the channels, each with one message of every severity:",
      `runpodboss notify test${named}`,
    ],
    ["Test your notify commands and agents:", `runpodboss drill${named}`],
    ["Run the daemon, by systemd or tmux (see the README):", `runpodboss watch${named}`],
  ];
  return [
    "Next:",
    ...steps.flatMap(([what = "", command = ""], n) => [
      `  ${n + 1}. ${what}`,
      `       ${command}`,
    ]),
  ];
}

function keyLines(keyFile: string, account: string | undefined): readonly [string, string] {
  const then =
    account === undefined
      ? ` Replace the "api_key_env" line with "api_key_file": "${keyFile}",`
      : "";
  return [
    `Paste your RunPod API key, then Enter and Ctrl-D.${then}`,
    `(umask 077 && cat > ${keyFile})`,
  ];
}

/** What the guard would do with the config as it was written, for an account without pods yet. */
async function tonightAsWritten(
  path: string,
  text: string,
  { env, paces }: Context,
): Promise<readonly TonightRow[]> {
  // Only the key is missing, and nothing is asked with it.
  const written = { path, mode: 0o600, uid: process.getuid?.() ?? 0 };
  const settings = await settingsWithKey(written, text, "not-set-yet", { env, paces });
  // What is not installed yet is a matter of `check`.
  return tonightWith(
    settings,
    { pods: [], book: "unknown" },
    paces,
    { programs: new Set(), channels: new Set(), isOutsideGone: false },
    Date.now(),
  );
}

function notWritten(path: string, error: unknown): UserError {
  if ((error as NodeJS.ErrnoException).code === "EEXIST") {
    return new UserError(`${path} already exists. Nothing was written.`, {
      hint: `To change it: ${commandFor(path)} setup. Use --force to overwrite it, or --output FILE to write to another file.`,
    });
  }
  return new UserError(`${path} could not be written: ${wordsOf(error)}.`, {
    hint: "Use --output FILE to write to another file.",
    cause: error,
  });
}
