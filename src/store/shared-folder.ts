import type { Stats } from "node:fs";
import * as fs from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { othersMayWrite } from "#others-may-write.ts";

const sticky = 0o1000;

/** Of the folders that a guard writes to. */
export function sharedFolderWarnings({
  stateFile,
  logFile,
}: {
  readonly stateFile: string;
  readonly logFile: string;
}): readonly Promise<string | undefined>[] {
  const isSame = dirname(resolve(stateFile)) === dirname(resolve(logFile));
  return [
    sharedFolderWarning("state_file", stateFile),
    ...(isSame ? [] : [sharedFolderWarning("log_file", logFile)]),
  ];
}

/**
 * Why others could put files of theirs where ours are, or the whole folder elsewhere; undefined where
 * they cannot, and where there is no folder yet. Never throws.
 */
async function sharedFolderWarning(where: string, path: string): Promise<string | undefined> {
  const folder = await fs.realpath(dirname(resolve(path))).catch(() => undefined);
  if (folder === undefined) return undefined;
  for (let at = folder; ; at = dirname(at)) {
    const found = await fs.stat(at).catch(() => undefined);
    // In a folder as /tmp nobody renames what is another's, but everyone may add to it.
    const isSafe = found === undefined || (at !== folder && (found.mode & sticky) !== 0);
    if (!isSafe && othersMayWrite(found)) {
      return `${where}: others may write to the folder ${at}, and so put files or links in the way. ${toDo(found, at)}`;
    }
    if (dirname(at) === at) return undefined;
  }
}

function toDo({ uid, mode }: Stats, folder: string): string {
  const isOwn = uid === process.getuid?.() && (mode & sticky) === 0;
  return isOwn ? `Run: chmod go-w ${folder}` : "Choose a folder that only you may write";
}
