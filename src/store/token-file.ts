import { randomBytes } from "node:crypto";
import type { Stats } from "node:fs";
import { openToRead } from "./files/open-file.ts";
import { writeAtomically } from "./files/atomic-write.ts";

const mostBytes = 4_096;
/** As for a token that the config names. */
const usable = /^[\x21-\x7e]{16,}$/;

/**
 * The token in a file of ours; made, for its owner alone, where there is none. Throws in words where somebody
 * else may know or choose what stands there, and what the disk throws.
 */
export async function tokenIn(path: string): Promise<string> {
  const found = await readToken(path);
  if (found !== undefined) return found;
  await writeAtomically(path, `${randomBytes(32).toString("base64url")}\n`);
  // Whoever else made one at the same time: what stands there holds for both.
  const made = await readToken(path);
  if (made === undefined) throw new Error(`${path} is gone as soon as it is made`);
  return made;
}

/** Undefined where there is no file. */
export async function readToken(
  path: string,
  mine: number | undefined = process.getuid?.(),
): Promise<string | undefined> {
  const file = await openToRead(path);
  if (file === undefined) return undefined;
  try {
    const found = await file.stat();
    refuseOthers(path, found, mine);
    if (found.size > mostBytes) throw new Error(`${path} holds more than a token. ${remedy}`);
    const text = (await file.readFile("utf8")).trim();
    if (!usable.test(text)) {
      throw new Error(`${path} holds no token of at least 16 characters. ${remedy}`);
    }
    return text;
  } finally {
    await file.close();
  }
}

const remedy = "Remove it, and another one is made";

function refuseOthers(path: string, { uid, mode }: Stats, mine: number | undefined): void {
  if (mine !== undefined && uid !== mine) {
    throw new Error(
      `${path} belongs to another user (uid ${uid}), who knows what is in it. ${remedy}`,
    );
  }
  if (mine !== undefined && (mode & 0o077) !== 0) {
    throw new Error(`${path} can be read or changed by others on this machine. ${remedy}`);
  }
}
