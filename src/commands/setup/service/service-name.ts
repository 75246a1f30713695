import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { accountFolder, accountOf } from "#config/accounts/account.ts";
import { defaultPaths, expandHome } from "#config/paths.ts";

const usual = "runpodboss";

/**
 * What the service of a config is called: the guards of two accounts are two services. Only the usual
 * config has the usual name.
 */
export function serviceNameOf(configPath: string): string {
  if (configPath === expandHome(defaultPaths.config)) return usual;
  const account = accountOf(configPath);
  if (account !== undefined) return `${usual}@${account}`;
  const stem = basename(configPath).replace(/\.jsonc?$/, "");
  return `${usual}-${stem.replaceAll(/[^\w.]+/g, "-").slice(0, 100)}`;
}

/** The shipped unit that its own is made of: an account's is an instance of the template. */
export function shippedUnitOf(configPath: string): string {
  return `systemd/${usual}${accountOf(configPath) === undefined ? "" : "@"}.service`;
}

/** Of launchd. */
export function labelOf(configPath: string): string {
  const account = accountOf(configPath);
  return account === undefined
    ? `local.${serviceNameOf(configPath).replace("-", ".")}`
    : `local.${usual}.account.${account}`;
}

/** Where launchd puts what the daemon writes. */
export function launchdLogOf(configPath: string, home: string): string {
  const account = accountOf(configPath);
  if (account !== undefined) return join(home, accountFolder(account).slice(2), "launchd.log");
  const own = serviceNameOf(configPath).slice(usual.length);
  return join(home, `.runpodboss/launchd${own}.log`);
}

/**
 * Where systemd looks for this unit of this user: by this shell's variables, unless the systemd that
 * runs is known to look elsewhere.
 */
export function unitPath(
  name: string,
  env: NodeJS.ProcessEnv,
  home: string,
  folders: readonly string[] = [],
): string {
  const config = env["XDG_CONFIG_HOME"];
  const bases =
    config?.startsWith("/") === true ? [config, join(home, ".config")] : [join(home, ".config")];
  const paths = bases.map((base) => join(base, "systemd/user", `${name}.service`));
  return paths.find((path) => folders.includes(dirname(path))) ?? paths[0] ?? "";
}

/** Whether a service of this config is installed, whether it runs or not. */
export async function isInstalled(
  configPath: string,
  { env, platform }: { readonly env: NodeJS.ProcessEnv; readonly platform: NodeJS.Platform },
): Promise<boolean> {
  const home = env["HOME"] ?? homedir();
  const path =
    platform === "darwin"
      ? agentPath(labelOf(configPath), home)
      : unitPath(serviceNameOf(configPath), env, home);
  return stat(path).then(
    () => true,
    () => false,
  );
}

export function agentPath(label: string, home: string): string {
  return join(home, "Library/LaunchAgents", `${label}.plist`);
}
