import { dirname } from "node:path";
import type { Fault } from "#config/reading/explain.ts";
import { defaultPaths, expandHome } from "#config/paths.ts";
import { accountFolder, accountOf, accountsFolder, usualPlacesOf } from "./account.ts";

/**
 * The files that the config of an account names though they are another account's, as those of a config that was copied:
 * whichever daemon came first would keep the other from starting, or act on what the other has saved.
 */
export function foreignFiles(
  configPath: string,
  { stateFile, logFile }: { readonly stateFile: string; readonly logFile: string },
): readonly Fault[] {
  const account = accountOf(configPath);
  if (account === undefined) return [];
  const named = [
    { where: "state_file", path: stateFile, usual: defaultPaths.state },
    { where: "log_file", path: logFile, usual: defaultPaths.log },
  ];
  return named.flatMap(({ where, path, usual }) => {
    const folder = dirname(path);
    const isOthers =
      dirname(folder) === expandHome(accountsFolder) &&
      folder !== expandHome(accountFolder(account));
    const whose =
      path === expandHome(usual) ? defaultPaths.config : isOthers ? "another account" : undefined;
    return whose === undefined
      ? []
      : [{ where, what: `is the file of ${whose}; take this key away, and it has its own` }];
  });
}

/** A key may be meant for two configs; in one that was copied it is not. */
export function foreignKeyWarnings(
  configPath: string,
  { api_key_file }: { readonly api_key_file?: string | null | undefined },
): readonly string[] {
  const usual = usualPlacesOf("").key;
  const isForeign =
    accountOf(configPath) !== undefined &&
    typeof api_key_file === "string" &&
    expandHome(api_key_file) === expandHome(usual);
  return isForeign
    ? [
        `api_key_file: is ${usual}, the key of ${defaultPaths.config}: two guards of one account both act, and everything is told twice`,
      ]
    : [];
}
