import { stat } from "node:fs/promises";
import type { Command } from "../ports.ts";

const longestNameShown = 200;

/** What can be known to be wrong with a command before it is tried. */
export function faultOf(command: Command): string | undefined {
  const [program] = command.argv;
  if (program === undefined || program === "") return "no program is named";
  if (command.argv.some(hasNul)) return "the command line holds a NUL character";
  if (
    Object.entries(command.env ?? {})
      .flat()
      .some(hasNul)
  ) {
    return "a variable for its environment holds a NUL character";
  }
  return undefined;
}

/**
 * Plain words for why a program did not start. Built from the code alone: the messages of `spawn`
 * quote the arguments, which hold prompts and may hold secrets.
 */
export async function whyNotStarted(error: unknown, program: string): Promise<string> {
  const name = JSON.stringify(program.slice(0, longestNameShown));
  const code = codeOf(error);
  switch (code) {
    case "ENOENT":
      if (!program.includes("/")) return `${name} was not found on PATH`;
      return (await kindOf(program)) === "nothing"
        ? `${name} does not exist`
        : `${name} cannot be run: the interpreter it names was not found`;
    case "EACCES":
      return (await kindOf(program)) === "folder"
        ? `${name} is a folder, not a program`
        : `${name} may not be executed (EACCES)`;
    case "ENOEXEC":
      return `${name} is not a program that this system can run (ENOEXEC)`;
    case "E2BIG":
      return "the command line is too long (E2BIG)";
    case "EAGAIN":
      return `${name} could not be started: too many processes (EAGAIN)`;
    case "EMFILE":
    case "ENFILE":
      return `${name} could not be started: too many open files (${code})`;
    default:
      return `${name} could not be started (${code})`;
  }
}

async function kindOf(path: string): Promise<"nothing" | "folder" | "file"> {
  if (!path.includes("/")) return "file";
  try {
    return (await stat(path)).isDirectory() ? "folder" : "file";
  } catch {
    return "nothing";
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown reason";
}

function hasNul(text: string): boolean {
  return text.includes("\0");
}
