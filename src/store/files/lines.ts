import type { FileHandle } from "node:fs/promises";
import { openToRead } from "./open-file.ts";

/** A line, or a part of one that is too long to be one of ours. */
export interface Piece {
  /** With its line end, which only the last line of a file may lack. */
  readonly bytes: Buffer;
  readonly kind: "line" | "first-of-long" | "more-of-long";
}

/** Longer ones are none of ours. */
export const longestLineBytes = 64 * 1_024;
export const newline = 0x0a;

/** The pieces of a file, one after the other; none where there is no file. */
export async function* piecesIn(path: string): AsyncGenerator<Piece> {
  const file = await openToRead(path);
  if (file === undefined) return;
  try {
    yield* piecesOf(file);
  } finally {
    await file.close();
  }
}

/** From where the file was read to so far. Never holds more than two lines and their like. */
async function* piecesOf(file: FileHandle): AsyncGenerator<Piece> {
  const splitter = createSplitter();
  for await (const bytes of chunksOf(file)) yield* splitter.push(bytes);
  yield* splitter.end();
}

/** The bytes of a file from where it was read to so far. */
export async function* chunksOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (;;) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(longestLineBytes));
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Cuts into pieces what it is given bit by bit. */
export interface Splitter {
  /** The pieces that are whole by now. */
  push(bytes: Buffer): readonly Piece[];
  /** The last one, if it has no line end. */
  end(): readonly Piece[];
}

export function createSplitter(): Splitter {
  let rest: Buffer = Buffer.alloc(0);
  let isInLong = false;
  return {
    push(bytes) {
      const pieces: Piece[] = [];
      rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      for (let end = rest.indexOf(newline); end !== -1; end = rest.indexOf(newline)) {
        pieces.push(piece(rest.subarray(0, end + 1), isInLong));
        rest = rest.subarray(end + 1);
        isInLong = false;
      }
      if (isInLong || rest.length > longestLineBytes) {
        if (rest.length > 0) pieces.push(piece(rest, isInLong));
        rest = Buffer.alloc(0);
        isInLong = true;
      }
      return pieces;
    },
    end: () => (rest.length > 0 ? [piece(rest, isInLong)] : []),
  };
}

function piece(bytes: Buffer, isInLong: boolean): Piece {
  if (isInLong) return { bytes, kind: "more-of-long" };
  return { bytes, kind: bytes.length > longestLineBytes ? "first-of-long" : "line" };
}

/** Whether there is nothing in it. */
export function isBlank({
  bytes,
  kind,
}: Pick<Piece, "bytes"> & { readonly kind: string }): boolean {
  return kind === "line" && bytes.toString("utf8").trim() === "";
}

export function endsInLine(bytes: Buffer): boolean {
  return bytes.length === 0 || bytes.at(-1) === newline;
}
