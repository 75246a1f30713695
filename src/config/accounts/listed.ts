import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { wordsOf } from "#errors.ts";
import { defaultPaths, expandHome } from "#config/paths.ts";
import { accountsFolder, mainAccount } from "./account.ts";

export interface Listed {
  readonly name: string;
  readonly configPath: string;
}

export interface AccountList {
  /** The plain config first, where there is one, then the others by name; also those whose name is none. */
  readonly accounts: readonly Listed[];
  /** Why the folder of accounts cannot be read; undefined where it can, or is not there. */
  readonly because: string | undefined;
}

/** The configs of this user. Never throws. */
export async function listAccounts(): Promise<AccountList> {
  const folder = expandHome(accountsFolder);
  const usual = expandHome(defaultPaths.config);
  const main = { name: mainAccount, configPath: usual };
  const first = (await isMissing(usual)) ? [] : [main];
  try {
    const files = await readdir(folder);
    const others = files
      // What an editor leaves there is hidden.
      .filter((file) => file.endsWith(".json") && !file.startsWith("."))
      .filter((file, _n, all) => !isBeside(file, all))
      .toSorted()
      .map((file) => ({ name: basename(file, ".json"), configPath: join(folder, file) }));
    return { accounts: [...first, ...others], because: undefined };
  } catch (error) {
    return { accounts: first, because: isGone(error) ? undefined : wordsOf(error) };
  }
}

/** `lab.state.json` and `lab.old.json` belong to `lab.json`, where that is there. */
function isBeside(file: string, all: readonly string[]): boolean {
  const [first = "", ...more] = file.split(".");
  return more.length > 1 && all.includes(`${first}.json`);
}

/** One that cannot be looked at is there. */
async function isMissing(path: string): Promise<boolean> {
  return stat(path).then(() => false, isGone);
}

function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
