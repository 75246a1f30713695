import { closeSync, constants, openSync, writeSync } from "node:fs";
import { Writable } from "node:stream";
import { isFull } from "./patiently.ts";

const retryMs = 50;

/**
 * The terminal that an output of this process is, as a stream that does not wait for it: after Ctrl-S,
 * or behind a line that hangs, what is written waits in memory. Undefined where the system gives no
 * such way to it, as for the terminal of another user.
 */
export function terminalStream(
  fd: number,
  terminal: NodeJS.WriteStream,
): NodeJS.WriteStream | undefined {
  const own = openedAnew(fd);
  if (own === undefined) return undefined;
  const stream = new Writable({
    decodeStrings: true,
    write(chunk: Buffer, _encoding, done) {
      writeOn(own, chunk, done);
    },
    destroy(error, done) {
      closeSync(own);
      done(error);
    },
  });
  return Object.defineProperties(stream, {
    isTTY: { value: true },
    columns: { get: () => terminal.columns },
    rows: { get: () => terminal.rows },
  }) as unknown as NodeJS.WriteStream;
}

/** By a description of its own: that of the shell, set to not wait, would stay so after us. */
function openedAnew(fd: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
    return openSync(`/proc/self/fd/${fd}`, O_WRONLY | O_NONBLOCK | O_NOCTTY);
  } catch {
    return undefined;
  }
}

function writeOn(fd: number, bytes: Uint8Array, done: (error?: Error) => void): void {
  let rest = bytes;
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
    done();
  } catch (error) {
    if (isFull(error)) setTimeout(() => writeOn(fd, rest, done), retryMs);
    else done(error instanceof Error ? error : new Error(String(error)));
  }
}
