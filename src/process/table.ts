import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** A living process. A pid can be given again; pid and start together name one process. */
export interface LivingProcess {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: number;
  readonly startedAt: string;
  /** Its environment holds the mark that was looked for; always false where it cannot be read. */
  readonly isMarked: boolean;
}

type Row = Omit<LivingProcess, "isMarked">;

/** Reading a few at a time keeps the count of open files small. */
const readAtOnce = 16;
const psTimeLimitMs = 2_000;

/**
 * All processes alive now; zombies are not. `mark` is `NAME=value`, looked for on Linux only.
 * Throws when the table cannot be read whole: a process not seen must not pass for one that ended.
 */
export async function listProcesses(mark: string): Promise<readonly LivingProcess[]> {
  return process.platform === "linux" ? await listFromProc(mark) : await listFromPs();
}

/** Whether a pid still names that process, asked just before a signal. Without `/proc`: any process. */
export function isStillAlive({ pid, startedAt }: LivingProcess): boolean {
  try {
    if (process.platform !== "linux") return process.kill(pid, 0);
    return parseStat(readFileSync(`/proc/${pid}/stat`, "latin1"))?.startedAt === startedAt;
  } catch {
    return false;
  }
}

async function listFromProc(mark: string): Promise<readonly LivingProcess[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const seen: LivingProcess[] = [];
  for (let at = 0; at < pids.length; at += readAtOnce) {
    const rows = await Promise.all(
      pids.slice(at, at + readAtOnce).map((pid) => readProc(pid, mark)),
    );
    seen.push(...rows.filter((row) => row !== undefined));
  }
  return seen;
}

async function readProc(pid: string, mark: string): Promise<LivingProcess | undefined> {
  try {
    // At once, as it is many times faster, and reading this file is never held up.
    const row = parseStat(readFileSync(`/proc/${pid}/stat`, "latin1"));
    return row && { ...row, isMarked: await isMarked(pid, mark) };
  } catch (error) {
    return orIfGone(error, undefined);
  }
}

async function isMarked(pid: string, mark: string): Promise<boolean> {
  try {
    // Not at once: this file can be held up by a process that is stuck in the kernel.
    return (await readFile(`/proc/${pid}/environ`, "latin1")).split("\0").includes(mark);
  } catch (error) {
    return orIfGone(error, false);
  }
}

/** The instead when the process has ended or is somebody else's; any other error is thrown. */
function orIfGone<T>(error: unknown, instead: T): T {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ESRCH" || code === "EACCES" || code === "EPERM")
    return instead;
  throw error;
}

/** Reads a line of `/proc/PID/stat`; a zombie, like a text that is no such line, gives nothing. */
export function parseStat(text: string): Row | undefined {
  // The program's name stands in parentheses and may hold spaces, line ends and parentheses.
  const nameEnd = text.lastIndexOf(")");
  const pid = Number.parseInt(text, 10);
  // Counted from the state, which proc(5) calls field 3.
  const [state, parent, group, ...rest] = text.slice(nameEnd + 2).split(" ");
  const startedAt = rest[16];
  if (nameEnd < 0 || Number.isNaN(pid) || startedAt === undefined) return undefined;
  if (state === undefined || "ZXx".includes(state)) return undefined;
  return { pid, parentPid: Number(parent), groupId: Number(group), startedAt };
}

/** For systems without `/proc`; Linux has the same `ps`, so that the tests can run it there. */
export async function listFromPs(): Promise<readonly LivingProcess[]> {
  const { stdout } = await promisify(execFile)(
    "ps",
    ["-A", "-o", "pid=,ppid=,pgid=,stat=,lstart="],
    // The start is compared as text: neither the language nor daylight saving may change it.
    {
      timeout: psTimeLimitMs,
      killSignal: "SIGKILL",
      maxBuffer: 16 * 1024 * 1024,
      env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" },
    },
  );
  const rows = stdout.split("\n").map(parsePsLine);
  return rows.filter((row) => row !== undefined).map((row) => ({ ...row, isMarked: false }));
}

/** Reads a line of `ps -o pid=,ppid=,pgid=,stat=,lstart=`; a zombie gives nothing. */
export function parsePsLine(line: string): Row | undefined {
  const fields = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+([^\sZ]\S*)\s+(\S.*?)\s*$/.exec(line);
  if (fields === null) return undefined;
  const [, pid, parentPid, groupId, , startedAt = ""] = fields;
  return { pid: Number(pid), parentPid: Number(parentPid), groupId: Number(groupId), startedAt };
}
