import { realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createClock } from "#clock.ts";
import { accountsFolder, configOfAccount } from "#config/accounts/account.ts";
import { expandHome } from "#config/paths.ts";
import { UserError } from "#errors.ts";
import { withinLimit } from "#within-limit.ts";

/** For a disk that hangs: whoever reads the config has a limit of its own, and says so. */
const limitMs = 5_000;

/**
 * The config that the options name. One of the accounts goes by its path in their folder, whatever way led there, as that
 * path decides which files are its own. Throws a UserError where the options contradict one another.
 */
export async function namedConfig({
  account,
  config,
}: {
  readonly account: string | undefined;
  readonly config: string | undefined;
}): Promise<string> {
  if (account === undefined) return inAccounts(expandHome(config ?? ""));
  if (config === undefined) return configOfAccount(account);
  throw new UserError("--account and --config cannot be used together.", {
    hint: "Each of them names the config: use only one.",
  });
}

async function inAccounts(path: string): Promise<string> {
  const folder = expandHome(accountsFolder);
  if (dirname(path) === folder) return path;
  const targets = Promise.all([realpath(dirname(path)), realpath(folder)]);
  const [target, accounts] = await withinLimit(targets, limitMs, createClock()).catch(() => []);
  return target !== undefined && target === accounts ? join(folder, basename(path)) : path;
}
