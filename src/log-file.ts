import * as fs from "node:fs";
import { dirname, resolve } from "node:path";
import { whyNotFollowed, whyNotWritten } from "./others-may-write.ts";

export interface LogFile {
  /** Appends one line, which brings its own line end. Never throws: gives what went wrong. */
  readonly write: (line: string) => Error | undefined;
}

export interface LogFileOptions {
  readonly maxBytes?: number;
  /** How many rotated files stay beside the current one: `.1` is the newest. */
  readonly keep?: number;
  /** Told where a file went that stood here and was no log of ours. */
  readonly onSetAside?: (to: string) => void;
}

const { O_RDONLY, O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = fs.constants;
const reading = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
/** O_NONBLOCK: opening a FIFO that nobody reads fails instead of hanging. */
const appending = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
const linksFollowed = 40;

/**
 * A log file that is opened anew for every line, so that others may move or remove it at any time.
 * Nothing is touched before the first line. A link that others may have planted is not followed.
 */
export function createLogFile(
  named: string,
  { maxBytes = 10_000_000, keep = 3, onSetAside }: LogFileOptions = {},
): LogFile {
  let endsInHalfALine = false;
  let isOurs = false;

  function append(path: string, line: string): void {
    const found = fs.statSync(path, { throwIfNoEntry: false });
    // A character device, because /dev/null is a common way to ask for no log.
    if (found !== undefined && !found.isFile() && !found.isCharacterDevice()) {
      throw new Error(`${path} is not a regular file`);
    }
    const fd = openInMissingFolder(path);
    try {
      refusePlanted(path, fd);
      writeWhole(fd, Buffer.from(endsInHalfALine ? `\n${line}` : line));
      tighten(fd);
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

  /** Another program's lines are not mixed with ours: its file is moved, whole, before our first. */
  function setAside(path: string): void {
    if (isOurs) return;
    if (isOfAnotherProgram(path)) {
      const to = freePathBeside(path);
      fs.renameSync(path, to);
      onSetAside?.(to);
    }
    isOurs = true;
  }

  return {
    write(line) {
      let path = named;
      const asideFault = faultOf(() => {
        path = realTarget(named);
        setAside(path);
      });
      if (asideFault !== undefined) return asideFault;
      // A file that cannot be rotated grows on: better too long a log than none.
      const rotating = faultOf(() => rotateWhenFull(path, Buffer.byteLength(line), maxBytes, keep));
      const appended = faultOf(() => append(path, line));
      return appended ?? rotating;
    },
  };
}

function rotateWhenFull(path: string, more: number, maxBytes: number, keep: number): void {
  const found = fs.statSync(path, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile()) return;
  if (found.size === 0 || found.size + more <= maxBytes) return;
  for (let age = keep - 1; age >= 1; age--) moveLog(`${path}.${age}`, `${path}.${age + 1}`);
  moveLog(path, `${path}.1`);
}

/** One that others may read, from before us, is closed to them on its way. */
function moveLog(from: string, to: string): void {
  const found = fs.lstatSync(from, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (found.isFile()) {
    const fd = fs.openSync(from, reading);
    try {
      if (whyPlanted(from, fd) === undefined) tighten(fd);
    } finally {
      fs.closeSync(fd);
    }
  }
  fs.renameSync(from, to);
}

/** A line of ours begins with a brace, behind a line end where a full disk had cut the last; the old Python tool's with a time. */
function isOfAnotherProgram(path: string): boolean {
  const found = fs.statSync(path, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile() || found.size === 0) return false;
  const fd = fs.openSync(path, O_RDONLY | O_NONBLOCK);
  try {
    const start = Buffer.alloc(2);
    const length = fs.readSync(fd, start, 0, start.length, 0);
    return !/^\n?(?:\{|$)/.test(start.toString("latin1", 0, length));
  } finally {
    fs.closeSync(fd);
  }
}

function freePathBeside(path: string): string {
  for (let n = 1; ; n += 1) {
    const free = `${path}.set-aside${n === 1 ? "" : `-${n}`}`;
    if (fs.lstatSync(free, { throwIfNoEntry: false }) === undefined) return free;
  }
}

/** Beside the real file everything happens, so that a symlink goes on pointing at the current log. */
function realTarget(path: string): string {
  let target = resolve(path);
  for (let followed = 0; followed < linksFollowed; followed++) {
    const found = fs.lstatSync(target, { throwIfNoEntry: false });
    if (found?.isSymbolicLink() !== true) return target;
    const because = whyNotFollowed(target, found, fs.statSync(dirname(target)));
    if (because !== undefined) throw new Error(because);
    target = resolve(dirname(target), fs.readlinkSync(target));
  }
  throw new Error(`${path}: more than ${linksFollowed} symlinks follow one another`);
}

function refusePlanted(path: string, fd: number): void {
  const because = whyPlanted(path, fd);
  if (because !== undefined) throw new Error(because);
}

function whyPlanted(path: string, fd: number): string | undefined {
  const found = fs.fstatSync(fd);
  return found.isFile() ? whyNotWritten(path, found, fs.statSync(dirname(path))) : undefined;
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

/** A log that was there before us, or that somebody opened up, may be readable by all. */
function tighten(fd: number): void {
  const stats = fs.fstatSync(fd);
  const mayChange = stats.isFile() && stats.uid === process.getuid?.();
  if (mayChange && (stats.mode & 0o077) !== 0) fs.fchmodSync(fd, 0o600);
}

function faultOf(work: () => void): Error | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
