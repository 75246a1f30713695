import { constants } from "node:fs";
import { open, stat } from "node:fs/promises";
import { delimiter, resolve } from "node:path";
import type { Command } from "#ports.ts";
import { startTimer } from "./long-timer.ts";

/** As the kernel follows scripts whose interpreter is a script. */
const interpretersAtMost = 4;
const firstBytes = 256;
const { O_RDONLY, O_NONBLOCK, O_NOCTTY } = constants;

/** What stands at the start of a file; undefined when there is no such file, or none to be read. */
export type ReadStart = (path: string) => Promise<string | undefined>;

/**
 * Tells before a start whether the disks of the working folder and of the program answer: a start
 * from one that hangs would hold this whole process for as long. Gives the path that does not answer.
 */
export function createStartFiles(limitMs: number, read: ReadStart = readStart) {
  /** At most one job for each path: each that hangs holds a thread. */
  const underWay = new Map<string, Promise<string | undefined>>();

  function startOf(path: string): Promise<string | undefined> {
    const begun = underWay.get(path);
    if (begun !== undefined) return begun;
    const reading = read(path)
      .catch(() => undefined)
      .finally(() => underWay.delete(path));
    underWay.set(path, reading);
    return reading;
  }

  return async (command: Command): Promise<string | undefined> => {
    let asked = "";
    const ask = (path: string): Promise<string | undefined> => {
      asked = path;
      return startOf(path);
    };
    const isDone = await within(limitMs, askAll(command, ask));
    return isDone ? undefined : asked;
  };
}

async function askAll({ argv, cwd, env }: Command, ask: ReadStart): Promise<void> {
  const [program = ""] = argv;
  if (cwd !== undefined) await ask(cwd);
  const folders = program.includes("/")
    ? [""]
    : (env?.["PATH"] ?? process.env["PATH"] ?? "").split(delimiter);
  for (const folder of folders) {
    let start = await ask(resolve(cwd ?? ".", folder, program));
    for (let n = 0; start !== undefined && n < interpretersAtMost; n += 1) {
      const interpreter = /^#![ \t]*(\S+)/.exec(start)?.[1];
      if (interpreter === undefined) return;
      start = await ask(resolve(cwd ?? ".", interpreter));
    }
    if (start !== undefined) return;
  }
}

async function readStart(path: string): Promise<string | undefined> {
  if (!(await stat(path)).isFile()) return undefined;
  const file = await open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(firstBytes));
    return buffer.toString("latin1", 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Whether the work was done in time. */
function within(limitMs: number, work: Promise<void>): Promise<boolean> {
  return new Promise((settle) => {
    const stopTimer = startTimer(limitMs, () => settle(false));
    void work.then(() => {
      stopTimer();
      settle(true);
    });
  });
}
