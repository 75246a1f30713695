import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A file system of its own on which every write hangs from `hang` to `release`. */
export interface Disk {
  readonly path: string;
  hang(): Promise<void>;
  release(): Promise<void>;
  remove(): Promise<void>;
}

/** Needs Linux, root and a loop device; throws where one is missing. */
export async function hangingDisk(folder: string): Promise<Disk> {
  const image = join(folder, "disk.img");
  const path = join(folder, "disk");
  mkdirSync(path);
  await run("truncate", ["-s", "16M", image]);
  await run("mkfs.ext4", ["-q", "-F", image]);
  await run("mount", ["-o", "loop", image, path]);
  let hangs = false;
  return {
    path,
    async hang() {
      await run("fsfreeze", ["-f", path]);
      hangs = true;
    },
    async release() {
      if (hangs) await run("fsfreeze", ["-u", path]);
      hangs = false;
    },
    async remove() {
      // Whoever was killed while it hung lets go a moment later.
      await run("umount", ["-l", path]);
    },
  };
}
