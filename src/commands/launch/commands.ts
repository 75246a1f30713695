import type { Command } from "commander";
import type { Context } from "#terminal/context.ts";

/** The commands that start pods, and what is asked before. Each loads only the modules it needs. */
export function addLaunch(
  _program: Command,
  _context: Context,
  _done: (exitCode: number) => void,
): void {}
