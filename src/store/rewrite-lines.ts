import { dayMs } from "#guard/model/time.ts";
import * as fs from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { writeAtomically } from "./atomic-write.ts";
import { openToRead, type Piece, piecesIn, piecesOf } from "./lines.ts";

/** Says of each piece, in their order, whether it stays. */
export type Keeps = (piece: Piece) => boolean;

const writtenAtOnceBytes = 64 * 1_024;

/**
 * Takes out of a file what is not to stay, atomically; where that is nothing it is not touched. Lines
 * that are appended meanwhile stay. `createKeeps` is asked anew for each time the file is read.
 */
export async function rewriteLines(path: string, createKeeps: () => Keeps): Promise<void> {
  if (!(await losesAny(path, createKeeps()))) return;
  const file = await openToRead(path);
  if (file === undefined) return;
  try {
    await writeAtomically(path, kept(file, createKeeps()));
    // From now on all others open the new file; this is what they wrote to the old one until now.
    for await (const late of kept(file, () => true)) {
      await fs.appendFile(path, late, { flush: true });
    }
  } finally {
    await file.close();
  }
}

async function losesAny(path: string, keeps: Keeps): Promise<boolean> {
  for await (const piece of piecesIn(path)) {
    if (!keeps(piece)) return true;
  }
  return false;
}

async function* kept(file: FileHandle, keeps: Keeps): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  for await (const piece of piecesOf(file)) {
    if (!keeps(piece)) continue;
    waiting.push(piece.bytes);
    bytes += piece.bytes.length;
    if (bytes < writtenAtOnceBytes) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}

/** Whether there is nothing in it. */
export function isBlank({ bytes, kind }: Piece): boolean {
  return kind === "line" && bytes.toString("utf8").trim() === "";
}

/** Answers yes the first time, and then once a day. */
export function createOnceADay(nowMs: () => number): () => boolean {
  let lastAtMs = -Infinity;
  return () => {
    if (nowMs() - lastAtMs < dayMs) return false;
    lastAtMs = nowMs();
    return true;
  };
}
