import type { FileHandle } from "node:fs/promises";
import { longestLineBytes, newline } from "#store/files/lines.ts";

/** A line and where in the file it begins. */
export interface LineAt {
  readonly at: number;
  /** With its line end, which only the last line of a file may lack. Of a long line there is none of it. */
  readonly bytes: Buffer;
  readonly kind: "line" | "long";
}

const chunkBytes = 256 * 1_024;

/**
 * The lines that a file has when it begins, the last first, some at a time; their bytes are good until
 * the next ones are asked for. Never holds more than a chunk and a line.
 */
export async function* linesBack(file: FileHandle): AsyncGenerator<readonly LineAt[]> {
  const buffer = Buffer.alloc(chunkBytes + longestLineBytes);
  let { size: start } = await file.stat();
  /** The end of a line whose beginning is yet to be read stands at the beginning of the buffer. */
  let restBytes = 0;
  let isInLong = false;
  while (start > 0) {
    const wanted = Math.min(chunkBytes, start);
    buffer.copyWithin(wanted, 0, restBytes);
    start -= wanted;
    // Where someone has cut the file meanwhile, what was there is gone: zeros, and so no record.
    await readAt(file, buffer.subarray(0, wanted), start);
    const lines: LineAt[] = [];
    let end = wanted + restBytes;
    for (;;) {
      // Its own line end is no beginning; of a long line that end is left behind already.
      const from = isInLong ? end - 1 : end - 2;
      const before = from < 0 ? -1 : buffer.lastIndexOf(newline, from);
      if (before === -1) break;
      lines.push(lineAt(start, buffer.subarray(before + 1, end), before + 1, isInLong));
      end = before + 1;
      isInLong = false;
    }
    if (start === 0) lines.push(lineAt(start, buffer.subarray(0, end), 0, isInLong));
    isInLong ||= end > longestLineBytes;
    restBytes = isInLong ? 0 : end;
    yield lines;
  }
}

function lineAt(start: number, bytes: Buffer, from: number, isInLong: boolean): LineAt {
  const isLong = isInLong || bytes.length > longestLineBytes;
  return isLong
    ? { at: start + from, bytes: bytes.subarray(0, 0), kind: "long" }
    : { at: start + from, bytes, kind: "line" };
}

/** Gives how much was there; the rest becomes zeros. */
export async function readAt(file: FileHandle, into: Buffer, at: number): Promise<number> {
  let filled = 0;
  while (filled < into.length) {
    const { bytesRead } = await file.read(into, filled, into.length - filled, at + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  into.fill(0, filled);
  return filled;
}
