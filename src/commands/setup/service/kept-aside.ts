import { lstat, readFile, readlink, rename, rm } from "node:fs/promises";
import { hasCode } from "#store/files/has-code.ts";
import { writeAtomically } from "#store/files/atomic-write.ts";

/** What stood where a file was put, and the way back to it. */
export interface Put {
  /** Whether the file differs from what was there. */
  readonly isChanged: boolean;
  /** Where the former one is now; undefined when it was ours, or none. */
  readonly keptAs: string | undefined;
  /** Whether something stood there before. */
  readonly wasThere: boolean;
  /** Puts back what was there. Throws what the disk throws. */
  undo(): Promise<void>;
}

type Former =
  | { readonly kind: "none" }
  | { readonly kind: "file"; readonly text: string }
  | { readonly kind: "link"; readonly to: string };

/**
 * Puts a file in place in one step. What stood there is kept beside it as `.bak`, unless it is our own
 * as we wrote it. A link is kept as a link: what it points at is not touched. Throws what the disk throws.
 */
export async function putAside(
  path: string,
  text: string,
  isOwn: (text: string) => boolean,
): Promise<Put> {
  const former = await formerAt(path);
  if (former.kind === "file" && former.text === text) {
    return { isChanged: false, keptAs: undefined, wasThere: true, undo: async () => {} };
  }
  const isKept = former.kind === "link" || (former.kind === "file" && !isOwn(former.text));
  const keptAs = isKept ? await freeName(path) : undefined;
  if (keptAs !== undefined && former.kind === "link") await rename(path, keptAs);
  if (keptAs !== undefined && former.kind === "file") await writeAtomically(keptAs, former.text);
  const undo = async (): Promise<void> => {
    if (former.kind === "file") await writeAtomically(path, former.text);
    else await rm(path, { force: true });
    if (keptAs === undefined) return;
    if (former.kind === "link") await rename(keptAs, path);
    else await rm(keptAs, { force: true });
  };
  try {
    await writeAtomically(path, text, 0o644);
  } catch (error) {
    await undo();
    throw error;
  }
  return { isChanged: true, keptAs, wasThere: former.kind !== "none", undo };
}

async function formerAt(path: string): Promise<Former> {
  try {
    if ((await lstat(path)).isSymbolicLink()) return { kind: "link", to: await readlink(path) };
    return { kind: "file", text: await readFile(path, "utf8") };
  } catch (error) {
    if (hasCode(error, "ENOENT")) return { kind: "none" };
    throw error;
  }
}

/** No copy that was kept earlier is lost. */
async function freeName(path: string): Promise<string> {
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? `${path}.bak` : `${path}.bak${n}`;
    if ((await formerAt(name)).kind === "none") return name;
  }
}
