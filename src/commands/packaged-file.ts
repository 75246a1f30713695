import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A file of the package by its path in it; it stands above this file, bundled or not. */
export async function packagedFile(
  name: string,
): Promise<{ readonly path: string; readonly text: string }> {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const path = join(folder, name);
    try {
      return { path, text: await readFile(path, "utf8") };
    } catch (error) {
      if (folder === dirname(folder)) throw error;
    }
  }
}
