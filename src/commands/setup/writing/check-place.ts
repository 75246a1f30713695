import { constants } from "node:fs";
import { access, lstat } from "node:fs/promises";
import { dirname } from "node:path";
import { UserError, wordsOf } from "#errors.ts";
import { hasCode } from "#store/files/has-code.ts";
import { realTarget } from "#store/files/real-target.ts";

const ownerMayWrite = 0o200;
const hint = "Nothing was written. Mend that, or use --config FILE to name another.";

/** Throws a UserError where this file could not be written: better before the questions than after them. */
export async function checkPlace(path: string): Promise<void> {
  try {
    const target = await realTarget(path);
    const found = await unlessMissing(lstat(target));
    if (found !== undefined && !found.isFile()) throw new Error("it is not a regular file");
    if (found !== undefined && (found.mode & ownerMayWrite) === 0) {
      throw new Error("it is read-only, so somebody keeps it as it is");
    }
    for (let folder = dirname(target); ; folder = dirname(folder)) {
      const isThere = await unlessMissing(access(folder, constants.W_OK).then(() => true));
      if (isThere !== undefined || folder === dirname(folder)) return;
    }
  } catch (error) {
    throw new UserError(`${path} cannot be written: ${wordsOf(error)}.`, { hint, cause: error });
  }
}

async function unlessMissing<Value>(found: Promise<Value>): Promise<Value | undefined> {
  try {
    return await found;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}
