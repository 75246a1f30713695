import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "#ports.ts";
import { bundled } from "../../bundled.ts";
import { type ApartJob, type GuardJob, type Logged, runGuard } from "./run-guard.ts";

/** The guard of a scenario and what it logged. */
export interface Run {
  readonly lines: readonly Logged[];
  start(job: GuardJob): void;
  /** With -9, unless it kills itself. */
  kill(): Promise<void>;
  end(): Promise<void>;
}

export function createRun(clock: Clock): Run {
  const lines: Logged[] = [];
  const ending = new AbortController();
  let ended: Promise<void> = Promise.resolve();
  return {
    lines,
    start(job) {
      ended = runGuard(job, clock, (line) => lines.push(line), ending.signal);
      // Heard of in `end`; until then it must not count as unhandled.
      ended.catch(() => undefined);
    },
    kill: () => Promise.resolve(),
    async end() {
      ending.abort();
      await ended;
    },
  };
}

/** In processes of their own: the one that is killed, and the one that a systemd starts next. */
export async function createRunApart(folder: string, diesAtTrip: boolean): Promise<Run> {
  const lines: Logged[] = [];
  const program = await bundled(join(import.meta.dirname, "guard-process.ts"), folder);
  const waiting = await Promise.all([guardProcess(program, folder), guardProcess(program, folder)]);
  const running: ChildProcess[] = [];
  return {
    lines,
    start(job) {
      const child = waiting.shift();
      if (child === undefined) throw new Error("it is started twice at most");
      const isFirst = running.length === 0;
      running.push(child);
      child.on("message", (line) => lines.push(line as Logged));
      child.send({ ...job, diesAtTrip: diesAtTrip && isFirst } satisfies ApartJob);
    },
    async kill() {
      const [first] = running;
      if (first !== undefined) await (diesAtTrip ? gone(first) : killed(first));
    },
    async end() {
      await Promise.all([...waiting, ...running].map(killed));
    },
  };
}

/** Started before it is needed: simulated time runs too fast for the start of a process. */
async function guardProcess(program: string, folder: string): Promise<ChildProcess> {
  const child = fork(program, {
    execArgv: [],
    // JSON would lose an Infinity.
    serialization: "advanced",
    // What a killed guard leaves behind goes with the scenario.
    env: { ...process.env, TMPDIR: folder },
  });
  await once(child, "message");
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await gone(child);
}

async function gone(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

/** What the unit asks of systemd. */
export function restartAfterMs(): number {
  const unit = readFileSync("systemd/runpodboss.service", "utf8");
  return Number(/^RestartSec=(\d+)$/m.exec(unit)?.[1]) * 1000;
}
