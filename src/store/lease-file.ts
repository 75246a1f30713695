import { dayMs } from "#guard/model/time.ts";
import { UserError, wordsOf } from "#errors.ts";
import type { Launch } from "#guard/model/launch.ts";
import type { LeaseBook } from "#guard/model/run.ts";
import type { LeaseReader } from "#ports.ts";
import { writeAtomically } from "#store/files/atomic-write.ts";
import { readLeaseBook, type ReadLeaseBook, writeLeaseBook } from "./lease-text.ts";
import { readWhole } from "#store/files/open-file.ts";
import { ownerStart, ownerWords } from "./owner.ts";
import { sharedBefore } from "./paths.ts";
import type { IdentityOf } from "#store/lock/lock-text.ts";
import { withLock } from "#store/lock/with-lock.ts";

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

/** Of those that RunPod refused. */
const failedKeptMs = dayMs;
/** However long their words are, so many leave room for the rest of the file. */
const mostLaunches = 1_000;

const emptyBook: LeaseBook = { leases: {}, touchedAtMs: {} };

export function createLeaseFile(
  path: string,
  identityOf: IdentityOf,
  { nowMs = Date.now, patienceMs }: LeaseFileOptions = {},
): LeaseFile {
  async function read(): Promise<LeaseBook> {
    const content = await readOrExplain(path);
    if (content === undefined) return readShared(path);
    const found = decode(content);
    if (found.kind === "broken") {
      throw new UserError(`lease file ${path} is broken: ${found.because}`, {
        hint: "Fix it, or move it away; that forgets every lease given by hand.",
      });
    }
    const { owner = ownerWords(path, "leases"), book } = found;
    if (owner === ownerWords(path, "leases")) return book;
    throw new UserError(`lease file ${path} is another guard's: it says that it is the ${owner}`, {
      hint: "Move it away, or set state_file to another path.",
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
          await write(path, ownerStart(path, "leases") + writeLeaseBook(book).slice(2));
          return book;
        },
        { patienceMs },
      ),
  };
}

/** What version 0.1 kept for all state files of the folder still counts, until this one has its own. */
async function readShared(path: string): Promise<LeaseBook> {
  const shared = sharedBefore(path);
  const content = shared === undefined ? undefined : await readOrExplain(shared);
  const found = content && decode(content);
  return found?.kind === "book" && found.owner === undefined ? found.book : emptyBook;
}

async function write(path: string, text: string): Promise<void> {
  const again = decode(Buffer.from(text));
  if (again.kind === "broken") {
    throw new UserError(
      `lease file ${path} is not written, as it could not be read again: ${again.because}`,
      {
        hint: "Take out of it what is no longer needed.",
      },
    );
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

function withoutOld(book: LeaseBook, nowMs: number): LeaseBook {
  const { leases, touchedAtMs, endedAtMs = {}, skippedMs = {}, unfrozenAtMs = {} } = book;
  const launches = youngLaunches(book.launches ?? {}, nowMs);
  const fromMs = nowMs - keptMs;
  const isKept = (atMs: number): boolean => !(atMs < fromMs);
  return {
    leases: kept(leases, ({ endsAtMs, givenAtMs }) => isKept(Math.max(endsAtMs, givenAtMs))),
    touchedAtMs: kept(touchedAtMs, isKept),
    ...unlessEmpty(
      "endedAtMs",
      kept(endedAtMs, (atMs) => !(atMs < nowMs - endsKeptMs)),
    ),
    ...unlessEmpty("skippedMs", kept(skippedMs, isKept)),
    ...unlessEmpty("unfrozenAtMs", kept(unfrozenAtMs, isKept)),
    ...unlessEmpty("launches", launches),
  };
}

/**
 * As long as their pods may live, as they tell who started those; of too many, those that end last, and before
 * any that RunPod refused, those that have a pod.
 */
function youngLaunches(
  launches: Readonly<Record<string, Launch>>,
  nowMs: number,
): Readonly<Record<string, Launch>> {
  const isKept = (launch: Launch): boolean =>
    isRefused(launch)
      ? !((launch.failedAtMs ?? nowMs) < nowMs - failedKeptMs)
      : !(Math.max(launch.atMs, launch.endsAtMs) < nowMs - keptMs);
  const young = kept(launches, isKept);
  const rows = Object.entries(young);
  if (rows.length <= mostLaunches) return young;
  return Object.fromEntries(
    rows
      .toSorted(
        ([, a], [, b]) => Number(isRefused(a)) - Number(isRefused(b)) || b.endsAtMs - a.endsAtMs,
      )
      .slice(0, mostLaunches),
  );
}

function isRefused({ failedAtMs, podId }: Launch): boolean {
  return failedAtMs !== undefined && podId === undefined;
}

function unlessEmpty<Key extends keyof LeaseBook>(
  key: Key,
  record: NonNullable<LeaseBook[Key]>,
): Partial<Pick<LeaseBook, Key>> {
  return (Object.keys(record).length === 0 ? {} : { [key]: record }) as Partial<
    Pick<LeaseBook, Key>
  >;
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
async function readOrExplain(path: string): Promise<Buffer | undefined> {
  return readWhole(path, maxBytes).catch((error: unknown) => {
    throw new UserError(`lease file ${path} cannot be read: ${wordsOf(error)}`, {
      hint: "Let this user read it, or move it away.",
      cause: error,
    });
  });
}
