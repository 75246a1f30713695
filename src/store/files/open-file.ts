import { constants, type Stats } from "node:fs";
import * as fs from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { whyNotWritten } from "#others-may-write.ts";
import { hasCode } from "./has-code.ts";
import { realTarget } from "./real-target.ts";

const { O_RDONLY, O_RDWR, O_APPEND, O_CREAT, O_NONBLOCK, O_NOCTTY, O_NOFOLLOW } = constants;
/** O_NONBLOCK: a FIFO must not hang us. */
const careful = O_NONBLOCK | O_NOCTTY | O_NOFOLLOW;

/** `undefined` where there is no file. Throws at what is no regular file, and what the disk throws. */
export async function openToRead(path: string): Promise<FileHandle | undefined> {
  try {
    const file = await fs.open(await realTarget(path), O_RDONLY | careful);
    return await onlyIf(file, path, () => Promise.resolve());
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** Of a file whose links were followed; it is made, for its owner alone, where there is none. */
export async function openToAppend(target: string): Promise<FileHandle> {
  const file = await fs.open(target, O_RDWR | O_APPEND | O_CREAT | careful, 0o600);
  return onlyIf(file, target, (found) => refusePlanted(target, found));
}

/** At most a byte more than `mostBytes`; `undefined` where there is no file. */
export async function readWhole(path: string, mostBytes: number): Promise<Buffer | undefined> {
  const file = await openToRead(path);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    const content = Buffer.alloc(Math.min(size, mostBytes + 1));
    let read = 0;
    while (read < content.length) {
      const { bytesRead } = await file.read(content, read, content.length - read, read);
      if (bytesRead === 0) break;
      read += bytesRead;
    }
    return content.subarray(0, read);
  } finally {
    await file.close();
  }
}

async function onlyIf(
  file: FileHandle,
  path: string,
  check: (found: Stats) => Promise<void>,
): Promise<FileHandle> {
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new Error(`${path} is not a regular file`);
    await check(found);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function refusePlanted(path: string, found: Stats): Promise<void> {
  if (found.nlink < 2) return;
  const because = whyNotWritten(path, found, await fs.stat(dirname(path)));
  if (because !== undefined) throw new Error(because);
}
