import { rm } from "node:fs/promises";
import { readSmallFile } from "#read-file.ts";
import { writeAtomically } from "#store/files/atomic-write.ts";
import { backFileOf } from "./paths.ts";

/** Says that GraphQL answered a person's check: the daemon lets it decide again at its next start. */
export interface BackMark {
  /** Throws what the disk throws. */
  set(atMs: number): Promise<void>;
  /** When it was set; undefined when it was not, or cannot be read. */
  atMs(): Promise<number | undefined>;
  /** Never throws: an old mark is not heeded. */
  remove(): Promise<void>;
}

const maxBytes = 1_024;

export function createBackMark(stateFile: string): BackMark {
  const path = backFileOf(stateFile);
  return {
    set: (atMs) => writeAtomically(path, `${new Date(atMs).toISOString()}\n`),
    async atMs() {
      const found = await readSmallFile(path, { maxBytes });
      const atMs = found.kind === "read" ? Date.parse(found.text.trim()) : NaN;
      return Number.isNaN(atMs) ? undefined : atMs;
    },
    remove: () => rm(path, { force: true }).catch(() => undefined),
  };
}
