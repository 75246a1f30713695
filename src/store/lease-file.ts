import { dayMs } from "#guard/model/time.ts";
import type { FileHandle } from "node:fs/promises";
import { UserError, wordsOf } from "#errors.ts";
import type { LeaseBook } from "#guard/model/run.ts";
import type { LeaseReader } from "#ports.ts";
import { writeAtomically } from "./atomic-write.ts";
import { readLeaseBook, type ReadLeaseBook, writeLeaseBook } from "./lease-text.ts";
import { openToRead } from "./lines.ts";
import type { IdentityOf } from "./pid-lock.ts";
import { withLock } from "./with-lock.ts";

export interface LeaseFileOptions {
  readonly nowMs?: () => number;
  /** How long it waits for other processes that change the leases. */
  readonly patienceMs?: number;
}

export interface LeaseFile extends LeaseReader {
  /**
   * Changes the book while nobody else does, and returns what is on the disk then. Throws what `alter`
   * throws, and a UserError when the file cannot be understood or written; it is as it was then.
   */
  change(alter: (book: LeaseBook) => LeaseBook | Promise<LeaseBook>): Promise<LeaseBook>;
}

const maxBytes = 4 * 1_024 * 1_024;
/** Longer than any run that a lease could still matter to. */
const keptMs = 400 * dayMs;
/** Longer than an end takes. */
const endsKeptMs = dayMs;

const emptyBook: LeaseBook = { leases: {}, touchedAtMs: {} };

export function createLeaseFile(
  path: string,
  identityOf: IdentityOf,
  { nowMs = Date.now, patienceMs }: LeaseFileOptions = {},
): LeaseFile {
  async function read(): Promise<LeaseBook> {
    const content = await readWhole(path);
    if (content === undefined) return emptyBook;
    const found = decode(content);
    if (found.kind === "book") return found.book;
    throw new UserError(`lease file ${path} is broken: ${found.because}`, {
      hint: "Fix it, or move it away; that forgets every lease given by hand.",
    });
  }

  return {
    read,

    change: (alter) =>
      withLock(
        path,
        identityOf,
        async () => {
          const book = withoutOld(await alter(await read()), nowMs());
          await write(path, writeLeaseBook(book));
          return book;
        },
        { patienceMs },
      ),
  };
}

async function write(path: string, text: string): Promise<void> {
  const again = decode(Buffer.from(text));
  if (again.kind === "broken") {
    throw new Error(`refused to write ${path}, as it could not be read again: ${again.because}`);
  }
  try {
    await writeAtomically(path, text);
  } catch (error) {
    throw new UserError(`lease file ${path} cannot be written: ${wordsOf(error)}`, {
      hint: "Let this user write to its folder, and check whether the disk is full.",
      cause: error,
    });
  }
}

function withoutOld({ leases, touchedAtMs, endedAtMs = {} }: LeaseBook, nowMs: number): LeaseBook {
  const fromMs = nowMs - keptMs;
  const ended = kept(endedAtMs, (atMs) => !(atMs < nowMs - endsKeptMs));
  return {
    leases: kept(leases, ({ endsAtMs, givenAtMs }) => !(Math.max(endsAtMs, givenAtMs) < fromMs)),
    touchedAtMs: kept(touchedAtMs, (atMs) => !(atMs < fromMs)),
    ...(Object.keys(ended).length > 0 && { endedAtMs: ended }),
  };
}

function kept<Value>(
  record: Readonly<Record<string, Value>>,
  isKept: (value: Value) => boolean,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => isKept(value)));
}

function decode(content: Buffer): ReadLeaseBook {
  if (content.length > maxBytes) return { kind: "broken", because: "it is over 4 MiB" };
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    return { kind: "broken", because: "it is not UTF-8" };
  }
  return readLeaseBook(text);
}

/** `undefined` when there is no file; at most a byte more than it may have. */
async function readWhole(path: string): Promise<Buffer | undefined> {
  try {
    const file = await openToRead(path);
    if (file === undefined) return undefined;
    try {
      return await readUpTo(file, maxBytes + 1);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new UserError(`lease file ${path} cannot be read: ${wordsOf(error)}`, {
      hint: "Let this user read it, or move it away.",
      cause: error,
    });
  }
}

async function readUpTo(file: FileHandle, bytes: number): Promise<Buffer> {
  const { size } = await file.stat();
  const content = Buffer.alloc(Math.min(size, bytes));
  let read = 0;
  while (read < content.length) {
    const { bytesRead } = await file.read(content, read, content.length - read, read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return content.subarray(0, read);
}
