import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** `~` and `~/…` mean the home folder; anything else is taken from the working folder. */
export function expandHome(path: string): string {
  if (path === "~") return homedir();
  return path.startsWith("~/") ? join(homedir(), path.slice(2)) : resolve(path);
}

export const defaultPaths = {
  config: "~/.runpodboss/config.json",
  state: "~/.runpodboss/state.json",
  log: "~/.runpodboss/runpodboss.log",
} as const;
