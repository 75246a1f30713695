import { defaultPaths, expandHome } from "#config/paths.ts";
import { inShell } from "#shell-word.ts";

/** ` -c FILE` for a command that is to be typed; nothing for the config that it takes anyhow. */
export function configOption(configPath: string): string {
  return configPath === expandHome(defaultPaths.config) ? "" : ` -c ${inShell(configPath)}`;
}
