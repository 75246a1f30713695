import { accountOf, mainAccount } from "#config/accounts/account.ts";
import { commandFor } from "#config/command-for.ts";
import type { Settings } from "#config/settings.ts";
import { UserError, wordsOf } from "#errors.ts";
import type { OutsideAddress } from "#outside/beat/send-signed.ts";
import { readToken } from "#store/token-file.ts";
import type { OutsideFolder } from "./folder.ts";

/** An account, and the key that speaks for it. */
export type Speaker = Pick<OutsideAddress, "account" | "beatKey">;

/**
 * The account that is meant, with its key: as the config has it, or as `outside init` has made it while the config
 * says nothing of it yet.
 */
export async function speakerOf(
  { outside, configPath }: Pick<Settings, "outside" | "configPath">,
  folder: OutsideFolder,
): Promise<Speaker> {
  if (outside !== undefined) return { account: outside.account, beatKey: outside.beatKey };
  const account = nameOutside(configPath);
  const path = folder.keyOf(account);
  try {
    const beatKey = await readToken(path);
    if (beatKey !== undefined) return { account, beatKey };
  } catch (error) {
    throw new UserError(`The key of account ${account} cannot be read: ${wordsOf(error)}.`, {
      hint: `Or name another folder with --dir.`,
      cause: error,
    });
  }
  throw new UserError(`There is no key of account ${account} at ${path}.`, {
    hint: `Make one with: ${commandFor(configPath)} outside init`,
  });
}

/** What an account is called there, unless its config says otherwise. */
export function nameOutside(configPath: string): string {
  return accountOf(configPath) ?? mainAccount;
}
