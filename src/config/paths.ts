import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** `~` and `~/…` mean the home folder; anything else is taken from the working folder. */
export function expandHome(path: string): string {
  if (path === "~") return homedir();
  return path.startsWith("~/") ? join(homedir(), path.slice(2)) : resolve(path);
}

/** `~` expands in every path, so also in a program's. A bare name is looked up on PATH. */
export function withProgram(command: readonly string[]): readonly string[] {
  const [program, ...rest] = command;
  if (program === undefined) return [];
  return [program.startsWith("~/") ? expandHome(program) : program, ...rest];
}

export const defaultPaths = {
  config: "~/.runpodboss/config.json",
  state: "~/.runpodboss/state.json",
  log: "~/.runpodboss/runpodboss.log",
} as const;

/** What is larger is no config. */
export const maxConfigBytes = 1_024 * 1_024;
