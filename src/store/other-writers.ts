import { stat } from "node:fs/promises";
import { hourMs } from "#guard/model/time.ts";

/** Sees whether somebody else writes a file that is one process's own. */
export interface OtherWriters {
  /** To be called when this process has read it. */
  noteMine(): Promise<void>;
  /** Looks, and then writes it. Throws what `write` throws. */
  writeMine(write: () => Promise<void>): Promise<void>;
  /**
   * Tells if it is not as it was left, and when it was left alone for an hour after that; nothing while
   * it is being written here, when it cannot be looked at, or is gone. Never throws.
   */
  look(): Promise<void>;
}

/**
 * A lock keeps a second daemon of this program away, but not the Python tool, which knows of no lock
 * and writes the same file.
 */
export function otherWriters(
  path: string,
  nowMs: () => number,
  onFound: (because: string | undefined) => void,
): OtherWriters {
  let mine: string | undefined;
  let foundAtMs: number | undefined;
  let isWriting = false;
  let writes = 0;

  const others: OtherWriters = {
    async noteMine() {
      mine = await printOf(path);
    },
    async writeMine(write) {
      await others.look();
      isWriting = true;
      writes += 1;
      try {
        await write();
      } finally {
        // What failed may be in place all the same.
        await others.noteMine();
        isWriting = false;
      }
    },
    async look() {
      if (isWriting) return;
      const before = writes;
      const now = await printOf(path);
      if (writes !== before || now === undefined || mine === undefined) return;
      if (now === mine) {
        if (foundAtMs === undefined || nowMs() - foundAtMs < hourMs) return;
        foundAtMs = undefined;
        onFound(undefined);
        return;
      }
      mine = now;
      foundAtMs = nowMs();
      onFound(
        `another program has written ${path}: end it if it is the Python watcher, or give each its own state_file`,
      );
    },
  };
  return others;
}

/** What no two writes of a file have in common. */
async function printOf(path: string): Promise<string | undefined> {
  return stat(path).then(
    ({ ino, size, mtimeMs }) => `${ino} ${size} ${mtimeMs}`,
    () => undefined,
  );
}
