import { dayMs } from "#guard/model/time.ts";
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
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

const prefix = "runpodboss-agent-";

/** No call lasts as long: what is older was left by a guard that was killed. */
const leftoverAgeMs = 2 * dayMs;

/**
 * Makes a folder of its own for one call and removes it with all that is in it afterwards, also when
 * the call failed. It is made in `parent`, which should be ours alone, as agents read notes in the
 * folders above them too; only if that takes none, where temporary files go. Throws in words when
 * neither does, and else only what `use` throws.
 */
export async function withAgentFolder<Result>(
  use: (folder: AgentFolder) => Promise<Result>,
  parent: string,
  spare: string = tmpdir(),
): Promise<Result> {
  await removeLeftovers(parent);
  const base = await make(parent).catch(() => make(spare));
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
    base = await mkdtemp(join(parent, prefix));
    await mkdir(join(base, "empty"), { mode: 0o700 });
    return base;
  } catch (cause) {
    if (base !== undefined) await remove(base);
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown reason";
    throw new Error(`cannot make a working folder for the agent in ${parent} (${code})`, {
      cause,
    });
  }
}

async function removeLeftovers(parent: string): Promise<void> {
  const names = await readdir(parent).catch((): string[] => []);
  for (const name of names.filter((each) => each.startsWith(prefix))) {
    const folder = join(parent, name);
    const age = await stat(folder).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > leftoverAgeMs) await remove(folder);
  }
}

/** What cannot be removed is left to the system: the call has ended, and that is what counts. */
async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 2 }).catch(() => {});
}
