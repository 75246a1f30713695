import { join } from "node:path";

export const unitName = "runpodboss.service";

/** Where systemd looks for the unit of this user. */
export function unitPath(env: NodeJS.ProcessEnv, home: string): string {
  const config = env["XDG_CONFIG_HOME"];
  const base = config?.startsWith("/") === true ? config : join(home, ".config");
  return join(base, "systemd/user", unitName);
}
