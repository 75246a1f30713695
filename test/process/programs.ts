import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { onTestFinished } from "vitest";

/** A bound for what never comes: busy machines are slow. */
const patienceMs = 150_000;

/** A temporary folder for one test; the programs whose pids were asked for are ended with it. */
export function createFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "runpodboss-programs-"));
  const pidFiles: string[] = [];
  onTestFinished(() => {
    for (const name of pidFiles) killIfAlive(pidIn(path, name));
    rmSync(path, { recursive: true, force: true });
  });
  return {
    path,
    write(name, text) {
      writeFileSync(join(path, name), text, { mode: 0o700 });
      return join(path, name);
    },
    async pid(name) {
      pidFiles.push(name);
      return await until(`a pid in ${name}`, () => pidIn(path, name));
    },
  };
}

export interface Folder {
  readonly path: string;
  /** Writes an executable file and returns its path. */
  write(name: string, text: string): string;
  /** Waits until a program has written its pid and a line end to that file. */
  pid(name: string): Promise<number>;
}

/** Asks again and again, for a bounded time, until the answer is neither undefined nor false. */
export async function until<T>(what: string, ask: () => T | undefined | false): Promise<T> {
  const giveUpAtMs = performance.now() + patienceMs;
  for (;;) {
    const answer = ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > giveUpAtMs) throw new Error(`waited in vain for ${what}`);
    await pause(10);
  }
}

/** A zombie that init has not collected yet counts as dead. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== "linux") return true;
  try {
    return !/^[ZX]/.test(readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1) ?? "");
  } catch {
    return false;
  }
}

export function killIfAlive(pid: number | undefined): void {
  if (pid !== undefined && pid > 1 && isAlive(pid)) process.kill(pid, "SIGKILL");
}

function pidIn(folder: string, name: string): number | undefined {
  try {
    const text = readFileSync(join(folder, name), "utf8");
    return text.endsWith("\n") ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}
