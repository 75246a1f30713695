import { basename, dirname, join } from "node:path";
import { UserError } from "#errors.ts";
import { defaultPaths, expandHome } from "#config/paths.ts";

/** Each config in it is an account of its own, named after its file. */
export const accountsFolder = "~/.runpodboss/accounts";

/** What the config in the usual place is called among accounts. */
export const mainAccount = "main";

const nameShape = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;
const ending = ".json";

/** Where a config's files are, unless it names others. */
export interface UsualPlaces {
  readonly state: string;
  readonly log: string;
  /** What the service gets as its environment. */
  readonly env: string;
  readonly key: string;
}

/**
 * Those of an account stand in a folder of its own beside its config, so that nothing of two accounts collides. Throws a
 * UserError for a config among the accounts whose name is none of an account.
 */
export function usualPlacesOf(configPath: string): UsualPlaces {
  const account = accountOf(configPath);
  const folder = account === undefined ? dirname(defaultPaths.config) : accountFolder(account);
  return {
    state: join(folder, basename(defaultPaths.state)),
    log: join(folder, basename(defaultPaths.log)),
    env: join(folder, "env"),
    key: join(folder, "key"),
  };
}

/** The account that a config is for; undefined where it is none of those in the folder. Throws as above. */
export function accountOf(configPath: string): string | undefined {
  if (dirname(configPath) !== expandHome(accountsFolder)) return undefined;
  const file = basename(configPath);
  const name = file.endsWith(ending) ? file.slice(0, -ending.length) : undefined;
  const fault = name === undefined ? `it does not end in ${ending}` : nameFault(name);
  if (name !== undefined && fault === undefined) return name;
  throw new UserError(`${configPath} is named like no account: ${fault}.`, {
    hint: `A config in ${accountsFolder} is called NAME.json, for example lab.json. Rename it, or move it elsewhere.`,
  });
}

/** The config of an account. Throws a UserError where no account can have such a name. */
export function configOfAccount(name: string): string {
  const fault = nameFault(name);
  if (fault === undefined) return expandHome(join(accountsFolder, `${name}${ending}`));
  const hint =
    name === mainAccount
      ? `For ${defaultPaths.config} leave --account away.`
      : `For example: --account lab, for ${accountsFolder}/lab.json.`;
  throw new UserError(`--account cannot be ${JSON.stringify(name.slice(0, 64))}: ${fault}.`, {
    hint,
  });
}

/** Of an account: where all that is its own stands. */
export function accountFolder(name: string): string {
  return join(accountsFolder, name);
}

export function isAccountName(name: string): boolean {
  return nameFault(name) === undefined;
}

function nameFault(name: string): string | undefined {
  if (name === mainAccount) return `${mainAccount} is the name of ${defaultPaths.config}`;
  return nameShape.test(name)
    ? undefined
    : "a name is one word of small letters, digits and - between them, at most 40 characters";
}
