import { rm } from "node:fs/promises";
import { readSmallFile } from "#read-file.ts";
import { writeAtomically } from "#store/files/atomic-write.ts";

const maxBytes = 64 * 1_024;

/** A key that was stored, and the way back. */
export interface PutKey {
  /** What was written; none where this key stood there already. */
  readonly files: readonly string[];
  /** Throws what the disk throws. */
  readonly undo: () => Promise<void>;
}

/** Stores a key. One that stood there may be shown by nobody ever again: it stays beside. */
export async function putKey(path: string, apiKey: string): Promise<PutKey> {
  const before = await readSmallFile(path, { maxBytes });
  if (before.kind === "unreadable") throw new Error(before.because);
  const former = before.kind === "read" ? before.text : "";
  if (former.trim() === apiKey) return { files: [], undo: async () => {} };
  const beside = former.trim() === "" ? undefined : await nameBeside(path, former);
  if (beside?.isFree === true) await writeAtomically(beside.path, former);
  const undo = async (): Promise<void> => {
    if (before.kind === "read") await writeAtomically(path, former, before.mode & 0o777);
    else await rm(path, { force: true });
    if (beside?.isFree === true) await rm(beside.path, { force: true });
  };
  try {
    await writeAtomically(path, `${apiKey}\n`);
  } catch (error) {
    if (beside?.isFree === true) await rm(beside.path, { force: true });
    throw error;
  }
  return { files: [...(beside?.isFree === true ? [beside.path] : []), path], undo };
}

interface Beside {
  readonly path: string;
  /** Nothing stands there; else it is the same key. */
  readonly isFree: boolean;
}

/** No key that was kept earlier is lost. */
async function nameBeside(path: string, former: string): Promise<Beside> {
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? `${path}.old` : `${path}.old${n}`;
    const there = await readSmallFile(name, { maxBytes });
    if (there.kind === "missing") return { path: name, isFree: true };
    if (there.kind === "read" && there.text.trim() === former.trim()) {
      return { path: name, isFree: false };
    }
  }
}
