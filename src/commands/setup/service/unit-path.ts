import { dirname, join } from "node:path";

export const unitName = "runpodboss.service";

/**
 * Where systemd looks for the unit of this user: by this shell's variables, unless the systemd that
 * runs is known to look elsewhere.
 */
export function unitPath(
  env: NodeJS.ProcessEnv,
  home: string,
  folders: readonly string[] = [],
): string {
  const config = env["XDG_CONFIG_HOME"];
  const bases =
    config?.startsWith("/") === true ? [config, join(home, ".config")] : [join(home, ".config")];
  const paths = bases.map((base) => join(base, "systemd/user", unitName));
  return paths.find((path) => folders.includes(dirname(path))) ?? paths[0] ?? "";
}
