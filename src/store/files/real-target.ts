import * as fs from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { whyNotFollowed } from "#others-may-write.ts";
import { hasCode } from "./has-code.ts";

const linksFollowed = 40;

/**
 * The file that `path` stands for, also when that file is not there yet. A symlink is followed where
 * nobody but this user and root could have put it, as dotfile managers do. Throws at any other.
 */
export async function realTarget(path: string): Promise<string> {
  let target = resolve(path);
  for (let followed = 0; followed < linksFollowed; followed++) {
    const next = await fs.readlink(target).catch((error: unknown) => {
      if (hasCode(error, "EINVAL", "ENOENT")) return undefined;
      throw error;
    });
    if (next === undefined) return target;
    await refusePlanted(target);
    target = resolve(dirname(target), next);
  }
  throw new Error(`${path}: more than ${linksFollowed} symlinks follow one another`);
}

async function refusePlanted(link: string): Promise<void> {
  const [itself, folder] = await Promise.all([fs.lstat(link), fs.stat(dirname(link))]);
  const because = whyNotFollowed(link, itself, folder);
  if (because !== undefined) throw new Error(because);
}
