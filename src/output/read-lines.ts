import { readSync } from "node:fs";

/** What the writer of lines says, as a line of JSON, for each piece of its input. */
export interface Report {
  readonly lines: number;
  /** Why the last of them could not be written. */
  readonly fault?: string | undefined;
  /** Where another program's file went. */
  readonly setAside?: string | undefined;
}

const lineEnd = 0x0a;

/** Reads lines from a file descriptor until its end, and hands on those that came together. */
export function readLines(fd: number, take: (lines: readonly string[]) => void): void {
  const buffer = Buffer.alloc(65_536);
  let rest = Buffer.alloc(0);
  for (;;) {
    const size = readSync(fd, buffer, 0, buffer.length, null);
    if (size === 0) break;
    const bytes = Buffer.concat([rest, buffer.subarray(0, size)]);
    const end = bytes.lastIndexOf(lineEnd) + 1;
    rest = Buffer.from(bytes.subarray(end));
    const lines = bytes
      .subarray(0, end)
      .toString()
      .split(/(?<=\n)/);
    if (end > 0) take(lines);
  }
  if (rest.length > 0) take([`${rest.toString()}\n`]);
}
