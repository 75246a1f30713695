import * as fs from "node:fs/promises";
import { hasCode } from "./has-code.ts";
import { realTarget } from "./real-target.ts";

/**
 * Keeps what cannot be read under a name of its own, beside the real file, so that a symlink stays
 * where it is. A file of which parts are still of use is copied, else it is moved. Returns where it is.
 */
export async function setAside(path: string, how: "move" | "copy", nowMs: number): Promise<string> {
  const time = new Date(nowMs).toISOString().replace(/\.\d+|[-:]/g, "");
  const target = await realTarget(path);
  const aside = await freeName(`${target}.corrupt-${time}`);
  if (how === "move") await fs.rename(target, aside);
  else await fs.copyFile(target, aside, fs.constants.COPYFILE_EXCL);
  return aside;
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
