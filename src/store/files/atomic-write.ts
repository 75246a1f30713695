import { minuteMs } from "#guard/model/time.ts";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { hasCode } from "./has-code.ts";
import { realTarget } from "./real-target.ts";

/** A writer that still lives would have to hang for this long to lose its temporary file. */
const leftoverAgeMs = minuteMs;
const entriesLookedAt = 1_000;

/**
 * After a crash the file holds the old text or the new text, never a mix. A symlink at `path` stays
 * one: the file it points at is written. Missing folders are made, 0700. Throws what the disk throws.
 */
export async function writeAtomically(
  path: string,
  text: string | AsyncIterable<Buffer>,
  mode = 0o600,
): Promise<void> {
  const next = await beginWrite(path, mode);
  try {
    await fs.writeFile(next.file, text);
    await next.commit();
  } finally {
    await next.end();
  }
}

/** What is to take the place of a file, as `writeAtomically` does it. */
export interface NextFile {
  readonly file: FileHandle;
  /** Puts it in place, on the disk. */
  commit(): Promise<void>;
  /** To be called in any case: without a commit nothing has happened. */
  end(): Promise<void>;
}

export async function beginWrite(path: string, mode = 0o600): Promise<NextFile> {
  const target = await realTarget(path);
  const folder = dirname(target);
  await makeFolder(folder);
  await refuseWhatIsNoFile(target);
  const prefix = `.${basename(target)}.tmp-`;
  const temporary = join(folder, `${prefix}${process.pid}-${randomBytes(6).toString("hex")}`);
  const file = await fs.open(temporary, "wx", mode);
  let isInPlace = false;
  return {
    file,
    async commit() {
      await file.sync();
      // By the clock that file times are taken from.
      const { mtimeMs } = await file.stat();
      await fs.rename(temporary, target);
      isInPlace = true;
      await syncFolder(folder);
      // The text is safe by now: what cannot be tidied is tried again by the next write.
      await removeLeftovers(folder, prefix, mtimeMs - leftoverAgeMs).catch(() => undefined);
    },
    async end() {
      await file.close();
      // The first fault is the one to tell; what stays behind is a leftover for the next write.
      if (!isInPlace) await fs.rm(temporary, { force: true }).catch(() => undefined);
    },
  };
}

/** 0700, as the missing ones above it. Not Node's `recursive`: in /proc that tries for ever. */
export async function makeFolder(path: string): Promise<void> {
  const make = () => fs.mkdir(path, { mode: 0o700 });
  try {
    await make().catch(async (error: unknown) => {
      if (!hasCode(error, "ENOENT")) throw error;
      await makeFolder(dirname(path));
      await make();
    });
  } catch (error) {
    // If it is not a folder, writing into it will say so.
    if (!hasCode(error, "EEXIST")) throw error;
  }
}

/** Renaming over a device such as /dev/null would replace it for the whole machine. */
async function refuseWhatIsNoFile(target: string): Promise<void> {
  const found = await fs.lstat(target).catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  });
  if (found !== undefined && !found.isFile()) throw new Error(`${target} is not a regular file`);
}

/** Makes durable what was renamed or made in it, where the file system knows how to. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await fs.open(folder, "r");
  try {
    await handle.sync();
  } catch (error) {
    if (!hasCode(error, "EINVAL", "ENOTSUP")) throw error;
  } finally {
    await handle.close();
  }
}

async function removeLeftovers(folder: string, prefix: string, beforeMs: number): Promise<void> {
  let lookedAt = 0;
  for await (const { name } of await fs.opendir(folder)) {
    if (++lookedAt > entriesLookedAt) return;
    if (!name.startsWith(prefix)) continue;
    const { mtimeMs } = await fs.lstat(join(folder, name));
    if (mtimeMs < beforeMs) await fs.rm(join(folder, name), { force: true });
  }
}
