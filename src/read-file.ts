import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { resolve } from "node:path";

/** What a file held, and who may read or change it; or in words why it could not be read. */
export type FileContent =
  | { readonly kind: "read"; readonly text: string; readonly mode: number; readonly uid: number }
  | { readonly kind: "missing"; readonly because: string }
  | { readonly kind: "unreadable"; readonly because: string };

export interface FileLimits {
  readonly maxBytes: number;
  readonly timeLimitMs?: number;
}

const defaultTimeLimitMs = 5_000;

/**
 * A read that hangs keeps a thread of the few there are: of each file there is never a second one. By
 * path, when the last one that was begun ends.
 */
const underWay = new Map<string, Promise<unknown>>();

/**
 * Reads a file that people or programs may have put anything in the place of: it must be a regular
 * file, no larger and no slower than the limits. Never throws.
 */
export async function readSmallFile(
  path: string,
  { maxBytes, timeLimitMs = defaultTimeLimitMs }: FileLimits,
): Promise<FileContent> {
  const file = resolve(path);
  let isMyTurn = false;
  let isLate = false;
  const late = unreadable(`it took longer than ${timeLimitMs / 1_000} s`);
  const reading = (underWay.get(file) ?? Promise.resolve()).then(() => {
    isMyTurn = true;
    return isLate ? late : readNow(file, maxBytes);
  });
  underWay.set(file, reading);
  void reading.finally(() => {
    if (underWay.get(file) === reading) underWay.delete(file);
  });
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<FileContent>((give) => {
    timer = setTimeout(() => {
      isLate = true;
      give(isMyTurn ? late : unreadable("an earlier attempt to read it still hangs"));
    }, timeLimitMs);
  });
  try {
    return await Promise.race([reading, limit]);
  } finally {
    clearTimeout(timer);
  }
}

async function readNow(path: string, maxBytes: number): Promise<FileContent> {
  let file: FileHandle | undefined;
  try {
    // O_NONBLOCK: a FIFO must not hang us.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await file.stat();
    if (found.isDirectory()) return unreadable("it is a folder");
    if (!found.isFile()) return unreadable("it is not a regular file");
    const { mode, uid, size } = found;
    const text = size > maxBytes ? undefined : await textOf(file, maxBytes);
    return text === undefined
      ? unreadable(`it is larger than ${maxBytes} bytes`)
      : { kind: "read", text, mode, uid };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown reason";
    return code === "ENOENT"
      ? { kind: "missing", because: "no such file" }
      : unreadable(code === "EACCES" ? "this user may not read it (EACCES)" : code);
  } finally {
    await file?.close().catch(() => undefined);
  }
}

/** `undefined` when there is more, whatever its size said: a file in /proc says none. */
async function textOf(file: FileHandle, maxBytes: number): Promise<string | undefined> {
  const content = Buffer.alloc(maxBytes + 1);
  let length = 0;
  while (length < content.length) {
    const { bytesRead } = await file.read(content, length, content.length - length);
    if (bytesRead === 0) return content.toString("utf8", 0, length);
    length += bytesRead;
  }
  return undefined;
}

function unreadable(because: string): FileContent {
  return { kind: "unreadable", because };
}
