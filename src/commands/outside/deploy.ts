import { access } from "node:fs/promises";
import { createClock } from "#clock.ts";
import { runnerFor } from "#commands/runner-for.ts";
import { commandFor } from "#config/command-for.ts";
import { loadConfig } from "#config/load.ts";
import type { Settings } from "#config/settings.ts";
import { exitCodes, UserError, wordsOf } from "#errors.ts";
import { inShell } from "#shell-word.ts";
import { readToken } from "#store/token-file.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { warn } from "#terminal/warn.ts";
import { accountSecretText, bindingsOf, unreachableWords } from "./account-secrets.ts";
import { speakerOf } from "./addressee.ts";
import { configLines } from "./config-lines.ts";
import { defaultFolder, folderAt, type OutsideFolder } from "./folder.ts";
import { sendRole } from "./role.ts";
import { addressFrom, wranglerFor } from "./wrangler.ts";

export interface OutsideDeployOptions extends GlobalOptions {
  readonly dir: string;
  /** It is the account's only guard: there is no machine. */
  readonly primary: boolean;
  /** Prints the secrets to a pipe, and does nothing else. */
  readonly secrets: boolean;
  /** Off: only what is sent to a guard that is there already. */
  readonly wrangler: boolean;
}

/** Deploys the guard outside with this account's secrets, and says which role it has. Gives the exit code. */
export async function outsideDeploy(
  options: OutsideDeployOptions,
  context: Context,
): Promise<number> {
  const settings = await loadConfig(options.config, context.env, context.paces);
  context.hide(settings.secrets);
  const folder = folderAt(options.dir);
  const speaker = await speakerOf(settings, folder);
  const adminToken = await adminTokenIn(folder);
  const text = accountSecretText(settings, speaker);
  const bindings = JSON.stringify(bindingsOf(speaker.account, text, adminToken));
  context.hide([
    speaker.beatKey,
    text,
    bindings,
    ...(adminToken === undefined ? [] : [adminToken]),
  ]);
  if (options.secrets) return printSecrets(bindings, context);

  for (const words of unreachableWords(settings)) warn(`from outside: ${words}`, context);
  const runner = runnerFor(settings, context);
  const wrangler = options.wrangler ? await wranglerFor(folder, runner, context) : undefined;
  let url = settings.outside?.url;
  if (wrangler !== undefined) {
    await checkFolder(folder, options);
    url = addressFrom(await wrangler(["deploy"])) ?? url;
    await wrangler(["secret", "bulk"], bindings);
    context.print(afterDeploy(settings, url, speaker.account, folder).join("\n"));
  } else if (options.wrangler) {
    context.print(byHand(settings, options, folder).join("\n"));
  }
  if (context.interrupted.aborted) return exitCodes.interrupted;
  if (url === undefined) {
    if (options.primary) {
      throw new UserError("It is not known where the guard outside is, so it got no orders.", {
        hint: 'Put its address into the config ("outside": {"url": ...}), then run this again.',
      });
    }
    return exitCodes.done;
  }
  const isNew = wrangler !== undefined;
  const to = { ...speaker, url };
  const role = options.primary ? "primary" : "standby";
  await sendRole(role, { settings, to, isNew, clock: createClock() }, context);
  return exitCodes.done;
}

async function adminTokenIn({ adminToken }: OutsideFolder): Promise<string | undefined> {
  try {
    return await readToken(adminToken);
  } catch (error) {
    throw new UserError(`The admin token cannot be read: ${wordsOf(error)}.`, { cause: error });
  }
}

/** As it is: nothing of it may be blanked out on its way to whoever reads it. */
function printSecrets(bindings: string, { stdout }: Context): number {
  if (stdout.isTTY) {
    throw new UserError("These are secrets, and are not shown on a terminal.", {
      hint: "Send them where they belong: runpodboss outside deploy --secrets | npx wrangler secret bulk --config FILE",
    });
  }
  stdout.write(`${bindings}\n`);
  return exitCodes.done;
}

async function checkFolder(
  { wranglerConfig }: OutsideFolder,
  { dir }: OutsideDeployOptions,
): Promise<void> {
  try {
    await access(wranglerConfig);
  } catch (error) {
    throw new UserError(`There is nothing to deploy: ${wranglerConfig} is not there.`, {
      hint: `Make it with: runpodboss outside init${dirOption(dir)}`,
      cause: error,
    });
  }
}

function dirOption(dir: string): string {
  return dir === defaultFolder ? "" : ` --dir ${inShell(dir)}`;
}

/** Each on a line of its own that is short enough for a terminal, as a line that is broken cannot be copied. */
function byHand(
  { configPath, outside }: Settings,
  { dir }: OutsideDeployOptions,
  { path }: OutsideFolder,
): readonly string[] {
  const typed = commandFor(configPath);
  return [
    "wrangler is not installed here (npm install --global wrangler). By hand, with npx:",
    `  cd ${inShell(path)}`,
    "  npx wrangler login",
    "  npx wrangler deploy",
    `  ${typed} outside deploy${dirOption(dir)} --secrets | npx wrangler secret bulk`,
    ...(outside === undefined
      ? [
          `The second of these prints its address: put that into ${configPath}, with the lines that this shows again:`,
          `  ${typed} outside init${dirOption(dir)}`,
        ]
      : []),
  ];
}

function afterDeploy(
  { outside, configPath }: Settings,
  url: string | undefined,
  account: string,
  folder: OutsideFolder,
): readonly string[] {
  if (url === undefined) {
    return [
      "It is deployed. wrangler printed no workers.dev address: put the one that you have given it into the config, as outside.url.",
    ];
  }
  if (outside?.url.replace(/\/+$/, "") === url && outside.account === account) {
    return [`It is deployed at ${url}, as the config has it.`];
  }
  return [
    `It is deployed at ${url}. Put these lines into ${configPath}:`,
    ...configLines({ url, account, keyFile: folder.keyOf(account) }).map((line) => `  ${line}`),
  ];
}
