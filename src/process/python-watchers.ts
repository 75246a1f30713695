import { readdir, readFile } from "node:fs/promises";
import { basename } from "node:path";

const lookLimitMs = 2_000;

/** What to say of them, if there are any. */
export async function pythonWatcherWarning(): Promise<string | undefined> {
  const pids = await pythonWatchers();
  return pids.length === 0
    ? undefined
    : `the Python watcher runs here too (pid ${pids.join(", ")}), and acts on the same account beside this one: end it`;
}

/**
 * The pids of this machine's processes that look like `runpodboss watch` of the Python tool. Empty
 * where that cannot be seen. Never throws, and never takes long: it is a courtesy.
 */
async function pythonWatchers(): Promise<readonly number[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly number[]>((resolve) => {
    timer = setTimeout(() => resolve([]), lookLimitMs);
  });
  try {
    return await Promise.race([findAll().catch(() => []), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function findAll(): Promise<readonly number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const found: number[] = [];
  for (const pid of pids) {
    const text = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (isPythonWatcher(text.split("\0"))) found.push(pid);
  }
  return found;
}

/** By its command line: an interpreter of Python, the tool's script or module, and `watch`. */
export function isPythonWatcher([program = "", ...args]: readonly string[]): boolean {
  return (
    /^python[\d.]*$/.test(basename(program)) &&
    args.some((each) => /^runpodboss(?:\.__main__|\.cli)?(?:\.py)?$/.test(basename(each))) &&
    args.includes("watch")
  );
}
