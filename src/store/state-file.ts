import { constants } from "node:fs";
import * as fs from "node:fs/promises";
import { UserError, wordsOf } from "#errors.ts";
import { emptyState } from "#guard/model/state.ts";
import type { StateStore } from "#ports.ts";
import { hasCode, realTarget, writeAtomically } from "./atomic-write.ts";
import { readState, type ReadState, writeState } from "./state-text.ts";

export interface StateFileOptions {
  readonly nowMs: () => number;
  /** Told when a file could not be understood; it was moved aside, unless it may only be read. */
  readonly onCorrupt: (corrupt: { readonly movedTo?: string; readonly because: string }) => void;
  /** Nothing on the disk changes: for a dry run. */
  readonly readOnly?: boolean;
}

const maxBytes = 16 * 1_024 * 1_024;

/** One process saves; saves that overlap follow one another, and of those that wait the last one is written. */
export function createStateFile(path: string, options: StateFileOptions): StateStore {
  const { nowMs, readOnly = false, onCorrupt } = options;
  let last: Promise<void> = Promise.resolve();
  /** What the file holds or is about to; unknown after a failure. */
  let newest: { readonly text: string; readonly saved: Promise<void> } | undefined;
  let waiting: { text: string; readonly saved: Promise<void> } | undefined;

  return {
    async load() {
      const content = await readWhole(path);
      if (content === undefined) return emptyState;
      const read = decode(content);
      if (read.kind === "state") return read.state;
      const { because } = read;
      if (readOnly) onCorrupt({ because });
      else onCorrupt({ movedTo: await moveAside(path, nowMs()), because });
      return emptyState;
    },

    save(state) {
      if (readOnly) return Promise.resolve();
      const text = writeState(state);
      if (newest?.text === text) return newest.saved;
      if (waiting !== undefined) {
        waiting.text = text;
        newest = { text, saved: waiting.saved };
        return waiting.saved;
      }
      const saved = last.then(() => {
        const latest = waiting?.text ?? text;
        waiting = undefined;
        return writeAtomically(path, latest);
      });
      waiting = { text, saved };
      newest = waiting;
      // Who saves hears of the failure; the saves behind it go ahead.
      last = saved.catch(() => {
        newest = undefined;
      });
      return saved;
    },
  };
}

/** `undefined` when there is no file. */
async function readWhole(path: string): Promise<Buffer | "too long" | undefined> {
  try {
    // O_NONBLOCK: a FIFO must not hang us.
    const file = await fs.open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = await file.stat();
      if (!found.isFile()) throw new Error("it is not a regular file");
      return found.size > maxBytes ? "too long" : await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw new UserError(`state file ${path} cannot be read: ${wordsOf(error)}`, {
      hint: "Let this user read it, or set state_file to another path.",
      cause: error,
    });
  }
}

function decode(content: Buffer | "too long"): ReadState {
  if (content === "too long") return { kind: "corrupt", because: "it is over 16 MiB" };
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    return { kind: "corrupt", because: "it is not UTF-8" };
  }
  return readState(text);
}

/** Beside the real file, so that a symlink stays where it is. Returns where it went. */
async function moveAside(path: string, nowMs: number): Promise<string> {
  const time = new Date(nowMs).toISOString().replace(/\.\d+|[-:]/g, "");
  try {
    const target = await realTarget(path);
    const movedTo = await freeName(`${target}.corrupt-${time}`);
    await fs.rename(target, movedTo);
    return movedTo;
  } catch (error) {
    throw new UserError(
      `state file ${path} is broken and cannot be moved aside: ${wordsOf(error)}`,
      {
        hint: "Move it away by hand, and let this user write to its folder.",
        cause: error,
      },
    );
  }
}

async function freeName(wanted: string): Promise<string> {
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted}-${n}`;
    const isTaken = await fs.lstat(name).catch((error: unknown) => {
      if (hasCode(error, "ENOENT")) return undefined;
      throw error;
    });
    if (isTaken === undefined) return name;
  }
}
