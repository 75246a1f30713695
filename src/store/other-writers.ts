import { stat } from "node:fs/promises";
import { hourMs } from "#guard/model/time.ts";

/** Sees whether somebody else writes a file that is one process's own. */
export interface OtherWriters {
  /** To be called right after this process has read or written it. */
  noteMine(): Promise<void>;
  /**
   * Tells if it is not as it was left, and when it was left alone for an hour after that; nothing when
   * it cannot be looked at, or is gone. Never throws.
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
  return {
    async noteMine() {
      mine = await printOf(path);
    },
    async look() {
      const now = await printOf(path);
      if (now === undefined || mine === undefined) return;
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
}

/** What no two writes of a file have in common. */
async function printOf(path: string): Promise<string | undefined> {
  return stat(path).then(
    ({ ino, size, mtimeMs }) => `${ino} ${size} ${mtimeMs}`,
    () => undefined,
  );
}
