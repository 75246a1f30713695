import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where an agent's call lives on disk, for as long as the call lasts. */
export interface AgentFolder {
  /** An empty folder that only we may enter: an agent reads hooks and notes where it runs. */
  readonly cwd: string;
  /** Outside of the empty folder; there only once it was written. */
  readonly podsFile: string;
  /** Writes the pods file, for our eyes only. Throws what the disk throws. */
  readonly writePods: (text: string) => Promise<void>;
}

/**
 * Makes a folder of its own for one call and removes it with all that is in it afterwards, also when
 * the call failed. Throws in words when the folder cannot be made, and else only what `use` throws.
 */
export async function withAgentFolder<Result>(
  use: (folder: AgentFolder) => Promise<Result>,
  parent: string = tmpdir(),
): Promise<Result> {
  const base = await make(parent);
  try {
    const podsFile = join(base, "pods.json");
    return await use({
      cwd: join(base, "empty"),
      podsFile,
      writePods: (text) => writeFile(podsFile, text, { mode: 0o600, flag: "wx" }),
    });
  } finally {
    await remove(base);
  }
}

async function make(parent: string): Promise<string> {
  let base: string | undefined;
  try {
    base = await mkdtemp(join(parent, "runpodboss-agent-"));
    await mkdir(join(base, "empty"), { mode: 0o700 });
    return base;
  } catch (cause) {
    if (base !== undefined) await remove(base);
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown reason";
    throw new Error(`no working folder for the agent could be made in ${parent} (${code})`, {
      cause,
    });
  }
}

/** What cannot be removed is left to the system: the call has ended, and that is what counts. */
async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 2 }).catch(() => {});
}
