import * as fs from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolder, syncFolder } from "./atomic-write.ts";
import { hasCode } from "./has-code.ts";
import { endsInLine } from "./lines.ts";
import { openToAppend } from "./open-file.ts";
import { type Holds, ownerLine, whoseOpen } from "#store/owner.ts";
import { realTarget } from "./real-target.ts";

export interface AppendOptions {
  readonly holds: Holds;
  /** How much of what is there is handed to `linesAfter`. */
  readonly tailBytes: number;
  /** Whether it is on the disk when this resolves. */
  readonly isDurable: boolean;
  /** What to add, each without its line end. Of the last lines that are there the first may be cut. */
  readonly linesAfter: (tail: readonly string[]) => readonly string[];
}

const mostTries = 5;

/**
 * Adds lines in a single write: they stay whole whoever else does so at the time, and what a crash cut
 * short stays a line of its own. A new file is for its owner alone, and its first line says whose it
 * is; one that is not ours is left as it is. Throws then, and what the disk throws.
 */
export async function appendLines(path: string, options: AppendOptions): Promise<void> {
  const target = await realTarget(path);
  await makeFolder(dirname(target));
  for (let tries = 0; tries < mostTries; tries++) {
    const file = await openToAppend(target);
    try {
      await appendTo(file, path, target, options);
      // Who rewrote the file meanwhile may have missed these lines.
      if (await isAt(target, file)) return;
    } finally {
      await file.close();
    }
  }
  throw new Error(`${target} keeps being replaced`);
}

async function appendTo(
  file: FileHandle,
  path: string,
  target: string,
  { holds, tailBytes, isDurable, linesAfter }: AppendOptions,
): Promise<void> {
  const { size } = await file.stat();
  const whose = await whoseOpen(file, path, holds);
  if (whose.kind === "others") throw new Error(whose.because);
  const tail = await readTail(file, size, tailBytes);
  const added = linesAfter(tail.toString("utf8").split("\n"));
  if (added.length > 0) {
    const lines = whose.kind === "nobodys" ? [ownerLine(path, holds), ...added] : added;
    const start = endsInLine(tail) ? "" : "\n";
    const bytes = Buffer.from(start + lines.map((line) => `${line}\n`).join(""));
    const { bytesWritten } = await file.write(bytes);
    if (bytesWritten < bytes.length) {
      throw new Error(`${target} took ${bytesWritten} of ${bytes.length} bytes: is the disk full?`);
    }
  }
  if (!isDurable) return;
  // Also for what an earlier try wrote but could not make durable.
  await file.sync();
  if (size === 0) await syncFolder(dirname(target));
}

async function readTail(file: FileHandle, size: number, tailBytes: number): Promise<Buffer> {
  const tail = Buffer.alloc(Math.min(size, tailBytes));
  const { bytesRead } = await file.read(tail, 0, tail.length, size - tail.length);
  return tail.subarray(0, bytesRead);
}

/** Whether the file that was opened is the one that stands there now. */
export async function isAt(path: string, file: FileHandle): Promise<boolean> {
  const opened = await file.stat();
  const found = await fs.stat(path).catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  });
  return found?.ino === opened.ino && found.dev === opened.dev;
}
