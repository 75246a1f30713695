import { randomBytes } from "node:crypto";
import { open, stat } from "node:fs/promises";
import { serviceNameOf } from "#commands/setup/service/service-name.ts";
import { packagedFile } from "#commands/packaged-file.ts";
import { commandFor } from "#config/command-for.ts";
import { modeWarnings } from "#config/file-mode.ts";
import { expandHome } from "#config/paths.ts";
import { UserError, wordsOf } from "#errors.ts";
import { inShell } from "#shell-word.ts";
import { makeFolder, writeAtomically } from "#store/files/atomic-write.ts";
import { diskHint } from "#store/files/disk-hint.ts";
import { hasCode } from "#store/files/has-code.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { warn } from "#terminal/warn.ts";
import { configLines } from "./config-lines.ts";
import { nameOutside } from "./addressee.ts";
import { defaultFolder, folderAt } from "./folder.ts";
import { wranglerConfig } from "./wrangler-config.ts";

export interface OutsideInitOptions extends GlobalOptions {
  readonly dir: string;
}

/** Makes the folder that the guard outside is deployed from. What stands there is kept, but for the Worker. */
export async function outsideInit(options: OutsideInitOptions, context: Context): Promise<void> {
  const configPath = expandHome(options.config);
  const account = nameOutside(configPath);
  const folder = folderAt(options.dir);
  const key = folder.keyOf(account);
  const { text: worker } = await packagedFile("dist/outside/worker.mjs");
  const made: string[] = [];
  try {
    await makeFolder(folder.path);
    made.push(
      (await writeNew(folder.wranglerConfig, wranglerConfig))
        ? `Wrote ${folder.wranglerConfig}: what wrangler deploys`
        : `Kept  ${folder.wranglerConfig}: as you have it`,
      (await writeNew(key, `${randomBytes(32).toString("base64")}\n`))
        ? `Wrote ${key}: the key of account ${account}`
        : `Kept  ${key}: the key of account ${account}`,
      (await writeNew(folder.adminToken, `${randomBytes(32).toString("base64url")}\n`))
        ? `Wrote ${folder.adminToken}: opens the list of all accounts`
        : `Kept  ${folder.adminToken}: opens the list of all accounts`,
    );
    await writeAtomically(folder.worker, worker);
    made.push(`Wrote ${folder.worker}: this version's Worker, each time anew`);
  } catch (error) {
    throw new UserError(`${folder.path} could not be written: ${wordsOf(error)}.`, {
      hint: `${diskHint(error)} Or choose another folder with --dir.`,
      cause: error,
    });
  }
  for (const path of [key, folder.adminToken]) {
    for (const words of modeWarnings(path, await stat(path))) warn(words, context);
  }
  const typed = commandFor(configPath);
  const given = options.dir === defaultFolder ? "" : ` --dir ${inShell(folder.path)}`;
  const entry = { url: "https://runpodboss.YOUR-SUBDOMAIN.workers.dev", account, keyFile: key };
  context.print([...made, "", ...nextLines({ typed, given, configPath }, entry)].join("\n"));
}

function nextLines(
  {
    typed,
    given,
    configPath,
  }: { readonly typed: string; readonly given: string; readonly configPath: string },
  entry: Parameters<typeof configLines>[0],
): readonly string[] {
  return [
    "Next:",
    "  1. Log in to Cloudflare; the free plan is enough:",
    "       npx wrangler login",
    "  2. Deploy it, with the secrets of the config. It prints its address:",
    `       ${typed} outside deploy${given}`,
    `  3. Put these lines into ${configPath}, with that address:`,
    ...configLines(entry).map((line) => `       ${line}`),
    "     The daemon goes by them once it is restarted, or reloaded:",
    `       systemctl --user reload ${serviceNameOf(configPath)}`,
    "  4. Rehearse it, and see what it knows:",
    `       ${typed} outside drill`,
    `       ${typed} outside status`,
    "Without Cloudflare, on another machine of yours: runpodboss outside serve --help",
  ];
}

/** Whether it was written: what stands there already is kept, whatever it is. */
async function writeNew(path: string, text: string): Promise<boolean> {
  try {
    const file = await open(path, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
}
