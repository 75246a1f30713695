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

export interface FolderOptions {
  /** Where it is made if `parent` takes none. */
  readonly spare?: string;
  /** How long a disk may take for each step. */
  readonly limitMs?: number;
  /** Makes a folder with a name of its own; tests hand in a disk that hangs. */
  readonly makeIn?: (parent: string) => Promise<string>;
}

/** By parent, what is made there, one after the other: each job of a disk that hangs takes a thread. */
const underWay = new Map<string, Promise<unknown>>();

/**
 * Makes a folder of its own for one call and removes it with all that is in it afterwards, also when
 * the call failed. It is made in `parent`, which should be ours alone, as agents read notes in the
 * folders above them too; only if that takes none, or takes too long, where temporary files go. Throws
 * in words when neither does, and else only what `use` throws. No disk is waited for beyond the limit.
 */
export async function withAgentFolder<Result>(
  use: (folder: AgentFolder) => Promise<Result>,
  parent: string,
  { spare = tmpdir(), limitMs = 5_000, makeIn = make }: FolderOptions = {},
): Promise<Result> {
  const base = await makeWithin(parent, limitMs, makeIn).catch(() =>
    makeWithin(spare, limitMs, makeIn),
  );
  try {
    const podsFile = join(base, "pods.json");
    return await use({
      cwd: join(base, "empty"),
      podsFile,
      writePods: (text) => within(limitMs, writeFile(podsFile, text, { mode: 0o600, flag: "wx" })),
    });
  } finally {
    await within(limitMs, remove(base)).catch(() => undefined);
  }
}

async function makeWithin(
  parent: string,
  limitMs: number,
  makeIn: (parent: string) => Promise<string>,
): Promise<string> {
  await within(limitMs, underWay.get(parent) ?? Promise.resolve());
  const making = makeIn(parent);
  const settled = making.catch(() => undefined);
  underWay.set(parent, settled);
  void settled.then(() => underWay.get(parent) === settled && underWay.delete(parent));
  try {
    return await within(limitMs, making);
  } catch (error) {
    // Nobody will use one that comes too late.
    void making.then(remove, () => undefined);
    throw error;
  }
}

async function within<Value>(limitMs: number, work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const words = `the disk of the agent's working folder took over ${limitMs / 1_000} s`;
    timer = setTimeout(() => reject(new Error(words)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function make(parent: string): Promise<string> {
  await removeLeftovers(parent);
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
