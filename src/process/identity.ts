import { readFile } from "node:fs/promises";
import { listFromPs, parseStat } from "./table.ts";

/**
 * Tells the process that has this pid now from every other that had it or will have it, before and
 * after a boot; undefined when no process has it. Throws when that cannot be found out.
 */
export async function identityOf(pid: number): Promise<string | undefined> {
  return process.platform === "linux" ? await identityFromProc(pid) : await identityFromPs(pid);
}

/** The start is counted from the boot, so that the boot belongs to the identity. */
async function identityFromProc(pid: number): Promise<string | undefined> {
  const boot = (await readFile("/proc/sys/kernel/random/boot_id", "latin1")).trim();
  try {
    const startedAt = parseStat(await readFile(`/proc/${pid}/stat`, "latin1"))?.startedAt;
    return startedAt && `${boot} ${startedAt}`;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // ESRCH: it ended between the opening and the reading.
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw error;
  }
}

/** For systems without `/proc`; Linux has the same `ps`, so that the tests can run it there. */
export async function identityFromPs(pid: number): Promise<string | undefined> {
  return (await listFromPs()).find((each) => each.pid === pid)?.startedAt;
}
