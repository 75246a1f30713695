import { inShell } from "#shell-word.ts";
import { defaultPaths, expandHome } from "./paths.ts";

/** What to type for this program: with --config when the config is not in the default place. */
export function commandFor(configPath: string): string {
  return configPath === "" || configPath === expandHome(defaultPaths.config)
    ? "runpodboss"
    : `runpodboss -c ${inShell(configPath)}`;
}
