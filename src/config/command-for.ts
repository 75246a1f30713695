import { inShell } from "#shell-word.ts";
import { accountOf } from "#config/accounts/account.ts";
import { defaultPaths, expandHome } from "./paths.ts";

/** What to type for this program: with the config, or its account, when that is not in the default place. */
export function commandFor(configPath: string): string {
  return `runpodboss${configOption(configPath)}`;
}

/** The words with the config in each of these commands that they tell to type, such as `runpodboss check`. */
export function namingConfig(
  words: string,
  commands: readonly string[],
  configPath: string,
): string {
  const typed = new RegExp(`\\brunpodboss (?=(?:${commands.join("|")})\\b)`, "g");
  return words.replaceAll(typed, () => `${commandFor(configPath)} `);
}

/** ` -c FILE`, or the account, for a command that is to be typed; nothing for the config that it takes anyhow. */
export function configOption(typedPath: string): string {
  if (typedPath === "") return "";
  // In quotes a shell would not expand it.
  const configPath = expandHome(typedPath);
  if (configPath === expandHome(defaultPaths.config)) return "";
  const account = accountOf(configPath);
  return account === undefined ? ` -c ${inShell(configPath)}` : ` --account ${account}`;
}
