import { access, constants, stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "#ports.ts";

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
  if (hasNul(command.cwd ?? "")) return "the name of its working folder holds a NUL character";
  return undefined;
}

/**
 * Plain words for why a program did not start. Built from the code alone: the messages of `spawn`
 * quote the arguments, which hold prompts and may hold secrets.
 */
export async function whyNotStarted(error: unknown, command: Command): Promise<string> {
  const { argv, cwd } = command;
  const program = argv[0] ?? "";
  const name = shown(program);
  const code = codeOf(error);
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
    case "EACCES":
      return (
        (cwd === undefined ? undefined : await folderFault(cwd)) ??
        (await programFault(code, program, cwd ?? "."))
      );
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

/** For what could not even be asked about. */
export function hangingWords(path: string): string {
  return `${shown(path)} could not be read in time: its disk hangs`;
}

/** The system gives the same codes for the folder as for the program. */
async function folderFault(cwd: string): Promise<string | undefined> {
  const folder = `its working folder ${shown(cwd)}`;
  switch (await kindOf(cwd)) {
    case "nothing":
      return `${folder} is gone`;
    case "file":
      return `${folder} is not a folder`;
    case "folder":
      return (await mayEnter(cwd)) ? undefined : `${folder} may not be entered (EACCES)`;
  }
}

async function programFault(code: string, program: string, cwd: string): Promise<string> {
  const name = shown(program);
  const isPath = program.includes("/");
  const kind = isPath ? await kindOf(resolve(cwd, program)) : "file";
  if (code === "EACCES") {
    return kind === "folder"
      ? `${name} is a folder, not a program`
      : `${name} may not be executed (EACCES)`;
  }
  if (!isPath) return `${name} was not found on PATH`;
  return kind === "nothing"
    ? `${name} does not exist`
    : `${name} cannot be run: the interpreter it names was not found`;
}

async function kindOf(path: string): Promise<"nothing" | "folder" | "file"> {
  try {
    return (await stat(path)).isDirectory() ? "folder" : "file";
  } catch {
    return "nothing";
  }
}

async function mayEnter(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function shown(path: string): string {
  return JSON.stringify(path.slice(0, longestNameShown));
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown reason";
}

function hasNul(text: string): boolean {
  return text.includes("\0");
}
