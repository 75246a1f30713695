import type { FileHandle } from "node:fs/promises";
import { isAt } from "./append-lines.ts";
import { beginWrite } from "./atomic-write.ts";
import { chunksOf, createSplitter, type Piece } from "./lines.ts";
import { openToAppend, openToRead } from "./open-file.ts";
import { type Holds, ownerLine, whoseOpen } from "#store/owner.ts";
import { realTarget } from "./real-target.ts";

/**
 * No more is left to the disk at a time: a file system writes what waits before it makes anything else
 * durable, so that a record of another file would wait for all of it.
 */
const mostUnsyncedBytes = 4 * 1_024 * 1_024;

export interface Rewriting {
  readonly holds: Holds;
  /** Says of each piece, in their order, whether it stays. */
  readonly keeps: (piece: Piece) => boolean;
  /** Does the work while no one else who asks writes to the file. */
  readonly alone: (work: () => Promise<void>) => Promise<void>;
  /** Ends it early, up to the moment at which it is alone. */
  readonly signal: AbortSignal;
}

/**
 * Takes out of a file what is not to stay, atomically, and holds no more than a chunk of it. Others may
 * write meanwhile: their lines stay, and they wait only while what they wrote until then is copied.
 * A file of before gets its first line; one that is not ours is left as it is.
 * Throws what the disk throws, what `alone` throws, and the signal's reason; the file is as it was then.
 */
export async function rewriteLines(
  path: string,
  { holds, keeps, alone, signal }: Rewriting,
): Promise<void> {
  const file = await openToRead(path);
  if (file === undefined) return;
  const splitter = createSplitter();
  try {
    const whose = await whoseOpen(file, path, holds);
    if (whose.kind === "others") throw new Error(whose.because);
    const next = await beginWrite(path);
    let unsyncedBytes = 0;
    const copy = async (): Promise<void> => {
      for await (const bytes of chunksOf(file)) {
        unsyncedBytes += await add(next.file, splitter.push(bytes).filter(keeps));
        signal.throwIfAborted();
        if (unsyncedBytes < mostUnsyncedBytes) continue;
        await next.file.datasync();
        unsyncedBytes = 0;
      }
    };
    try {
      if (whose.kind !== "ours") await next.file.writeFile(`${ownerLine(path, holds)}\n`);
      await copy();
      // By far the most of it, so that the others do not have to wait for that.
      await next.file.sync();
      await alone(async () => {
        signal.throwIfAborted();
        if (!(await isAt(path, file))) throw new Error(`${path} was put in place anew meanwhile`);
        await copy();
        // What has no line end yet may be in the midst of being written.
        await add(next.file, splitter.end());
        await next.commit();
        // From now on all others open the new file; this is what they wrote to the old one until now.
        for await (const late of chunksOf(file)) await addLate(path, late);
      });
    } finally {
      await next.end();
    }
  } finally {
    await file.close();
  }
}

async function addLate(path: string, bytes: Buffer): Promise<void> {
  const file = await openToAppend(await realTarget(path));
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Gives how much that was. */
async function add(file: FileHandle, pieces: readonly Piece[]): Promise<number> {
  const bytes = Buffer.concat(pieces.map((piece) => piece.bytes));
  if (bytes.length > 0) await file.writeFile(bytes);
  return bytes.length;
}
