import { fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A simulated account in a process of its own. */
export interface Account {
  readonly url: string;
  /** How many it has seen: requests for its balance, and for the load of its pods. */
  asked(): Promise<{ readonly looks: number; readonly measurements: number }>;
  /** What it answers to the one and to the other. */
  answers(): Promise<{ readonly look: string; readonly measurement: string }>;
  /** When the last looks came. */
  times(): Promise<readonly number[]>;
  end(): void;
}

export async function startAccount(pods: number): Promise<Account> {
  const child = fork(join(import.meta.dirname, "account.ts"), [String(pods)]);
  const [url] = (await once(child, "message")) as [string];
  async function ask<Answer>(wanted: string): Promise<Answer> {
    const answer = once(child, "message") as Promise<[Answer]>;
    child.send(wanted);
    return (await answer)[0];
  }
  return {
    url,
    asked: () => ask("asked"),
    answers: () => ask("answers"),
    times: () => ask("times"),
    end: () => void child.kill("SIGKILL"),
  };
}

/** Starts Node as the executable runs in: with no channel to us, and nobody who reads it. */
export function startNode(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, args, { stdio: "ignore" });
}

/** Linux only. */
export function residentMib({ pid }: ChildProcess): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kib) / 1024;
}

/** The time on a core, its own and the kernel's for it, in steps of 10 ms. Linux only. */
export function cpuMs({ pid }: ChildProcess): number {
  const afterName = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1] ?? "";
  const [userTicks, systemTicks] = afterName.split(" ").slice(11, 13).map(Number);
  return ((userTicks ?? NaN) + (systemTicks ?? NaN)) * 10;
}

/** What all children that have ended took of the cores, in steps of 10 ms. Linux only. */
export function childrenCpuMs(): number {
  const afterName = readFileSync("/proc/self/stat", "utf8").split(") ")[1] ?? "";
  const [userTicks, systemTicks] = afterName.split(" ").slice(13, 15).map(Number);
  return ((userTicks ?? NaN) + (systemTicks ?? NaN)) * 10;
}
