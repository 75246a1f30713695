import { writeSync } from "node:fs";

const pauseMs = 50;
const never = new Int32Array(new SharedArrayBuffer(4));

/** Writes all of it, however long that takes, also where others set the descriptor to not wait. */
export function writePatiently(fd: number, text: string): void {
  let bytes: Uint8Array = Buffer.from(text);
  while (bytes.length > 0) bytes = bytes.subarray(writeSome(fd, bytes));
}

function writeSome(fd: number, bytes: Uint8Array): number {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    if (!isFull(error)) throw error;
    Atomics.wait(never, 0, 0, pauseMs);
    return 0;
  }
}

/** Nothing can be taken now, and something may be later. */
export function isFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EAGAIN";
}
