import { hourMs } from "#guard/model/time.ts";
import * as fs from "node:fs";
import { dirname } from "node:path";

export interface LogFile {
  /** Appends one line, which brings its own line end. Never throws: a fault goes to `onTrouble`. */
  write(line: string): void;
}

export interface LogFileOptions {
  readonly maxBytes?: number;
  /** How many rotated files stay beside the current one: `.1` is the newest. */
  readonly keep?: number;
  readonly nowMs: () => number;
  /** Told of the first fault, then at most once an hour. */
  readonly onTrouble: (error: Error) => void;
  /** Told when writing works again after a fault that was told. */
  readonly onRecovered: () => void;
}

const trouble = { quietMs: hourMs } as const;
const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK, O_NOCTTY } = fs.constants;
/** O_NONBLOCK: opening a FIFO that nobody reads fails instead of hanging. */
const appending = O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY;

/**
 * A log file that is opened anew for every line, so that others may move or remove it at any time.
 * Nothing is touched before the first line.
 */
export function createLogFile(path: string, options: LogFileOptions): LogFile {
  const { maxBytes = 10_000_000, keep = 3, nowMs, onTrouble, onRecovered } = options;
  let lastToldMs = -Infinity;
  let toldAndNotOver = false;
  let endsInHalfALine = false;
  let modeChecked = false;

  function append(line: string): void {
    const found = fs.statSync(path, { throwIfNoEntry: false });
    // A character device, because /dev/null is a common way to ask for no log.
    if (found !== undefined && !found.isFile() && !found.isCharacterDevice()) {
      throw new Error(`${path} is not a regular file`);
    }
    const fd = openInMissingFolder(path);
    try {
      writeWhole(fd, Buffer.from(endsInHalfALine ? `\n${line}` : line));
      if (!modeChecked) tighten(fd);
      modeChecked = true;
    } finally {
      fs.closeSync(fd);
    }
  }

  function writeWhole(fd: number, bytes: Buffer): void {
    let written = 0;
    try {
      while (written < bytes.length) written += fs.writeSync(fd, bytes, written);
    } finally {
      if (written > 0) endsInHalfALine = written < bytes.length;
    }
  }

  function settle(fault: Error | undefined): void {
    if (fault === undefined) {
      if (!toldAndNotOver) return;
      toldAndNotOver = false;
      onRecovered();
    } else if (nowMs() - lastToldMs >= trouble.quietMs) {
      lastToldMs = nowMs();
      toldAndNotOver = true;
      onTrouble(fault);
    }
  }

  return {
    write(line) {
      // A file that cannot be rotated grows on: better too long a log than none.
      const rotating = faultOf(() => rotateWhenFull(path, Buffer.byteLength(line), maxBytes, keep));
      const appended = faultOf(() => append(line));
      settle(appended ?? rotating);
    },
  };
}

function rotateWhenFull(path: string, more: number, maxBytes: number, keep: number): void {
  const found = fs.statSync(path, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile()) return;
  if (found.size === 0 || found.size + more <= maxBytes) return;
  // Beside the real file, so that a symlink goes on pointing at the current log.
  const base = fs.realpathSync(path);
  for (let age = keep - 1; age >= 1; age--) {
    if (fs.existsSync(`${base}.${age}`)) fs.renameSync(`${base}.${age}`, `${base}.${age + 1}`);
  }
  fs.renameSync(base, `${base}.1`);
}

function openInMissingFolder(path: string): number {
  try {
    return fs.openSync(path, appending, 0o600);
  } catch (error) {
    if (!isMissing(error)) throw error;
    makeFolder(dirname(path));
    return fs.openSync(path, appending, 0o600);
  }
}

/** Not Node's `recursive`: below a folder that takes none, as in /proc, that tries for ever. */
function makeFolder(path: string): void {
  if (fs.existsSync(path)) return;
  try {
    fs.mkdirSync(path, 0o700);
  } catch (error) {
    if (!isMissing(error)) throw error;
    makeFolder(dirname(path));
    fs.mkdirSync(path, 0o700);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** A log that was there before us may be readable by all. */
function tighten(fd: number): void {
  const stats = fs.fstatSync(fd);
  const isOurs = stats.isFile() && stats.uid === process.getuid?.();
  if (isOurs && (stats.mode & 0o077) !== 0) fs.fchmodSync(fd, 0o600);
}

function faultOf(work: () => void): Error | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
