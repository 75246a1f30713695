import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startSimulator } from "#simulator/server.ts";
import { type Disk, hangingDisk } from "./hanging-disk.ts";
import { writeProgram } from "./programs.ts";
import { apiKey, writeConfig } from "./scenario-settings.ts";

/** What holds a thing that the guard writes to or reads, from the crossing on. */
export type HeldFault =
  | "none"
  | "the log's disk hangs"
  | "the terminal is stopped"
  | "the state's disk hangs, RunPod is asked by name"
  | "the wall clock steps a year ahead"
  | "the wall clock steps a year back";

export const heldFaults: readonly HeldFault[] = [
  "none",
  "the log's disk hangs",
  "the terminal is stopped",
  "the state's disk hangs, RunPod is asked by name",
  "the wall clock steps a year ahead",
  "the wall clock steps a year back",
];

export const heldPollMs = 5_000;
export const heldBackstopMs = 10_000;
/** As everywhere: a poll, the backstop, and half a minute for what goes wrong. */
export const heldGoalMs = heldPollMs + heldBackstopMs + 30_000;

const plentyUsd = 100;
const lineUsd = 10;
const yearMs = 365 * 86_400_000;

export interface Held {
  /** From the crossing until nothing unprotected ran any more; undefined when it never came to that. */
  readonly stoppedAfterMs: number | undefined;
  /** The longest time without a poll, from the crossing on. */
  readonly longestGapMs: number;
  /** From SIGTERM, with the fault still there; undefined when it did not end in ten seconds. */
  readonly endedAfterMs: number | undefined;
  readonly wrongs: readonly string[];
}

/** The executable that is shipped, in real time, with something that it touches held. */
export async function held(executable: string, fault: HeldFault): Promise<Held> {
  const folder = mkdtempSync(join(tmpdir(), "runpodboss-held-"));
  const disk = fault.includes("disk") ? await hangingDisk(folder) : undefined;
  const simulator = await startSimulator({
    apiKey,
    balanceUsd: plentyUsd,
    pods: [
      { id: "keep-1", name: "database", costPerHrUsd: 1 },
      { id: "spot-1", name: "trainer", costPerHrUsd: 79 },
    ],
  });
  const told = join(folder, "told");
  const config = writeConfig(folder, {
    runpod_url: fault.includes("by name")
      ? simulator.url.replace("127.0.0.1", "localhost")
      : simulator.url,
    ...filesOf(fault, folder, disk),
    poll_interval_seconds: heldPollMs / 1000,
    claude_command: [writeProgram(folder, "agent", "echo 'All is well.'")],
    extra_notify_command: [writeProgram(folder, "notify", `echo "$RUNPODBOSS_EVENT" >> '${told}'`)],
    protect: ["keep-*"],
    thresholds: [
      {
        name: "emergency",
        below_usd: lineUsd,
        prompt: "stop all",
        backstop: { action: "stop", after_seconds: heldBackstopMs / 1000 },
      },
    ],
  });
  const guard = start(executable, config, fault, folder);
  try {
    const looks = (): readonly number[] =>
      simulator.queries
        .filter(({ query }) => query.includes("clientBalance"))
        .map(({ atMs }) => atMs);
    await until(() => looks().length >= 2, 2 * heldGoalMs);
    await disk?.hang();
    guard.stopReading();
    if (fault.includes("steps")) guard.signal("SIGUSR2");
    simulator.account.setBalance(lineUsd / 2);
    const crossingAtMs = Date.now();
    const stopped = () => simulator.account.ended().find(({ podId }) => podId === "spot-1");
    await until(() => stopped() !== undefined, 2 * heldGoalMs);
    await sleep(heldPollMs);
    const endAtMs = Date.now();
    guard.signal("SIGTERM");
    const endedAfterMs = await Promise.race([
      guard.ended.then(() => Date.now() - endAtMs),
      sleep(10_000).then(() => undefined),
    ]);
    const stoppedAtMs = stopped()?.atMs;
    const touched = simulator.account.ended().some(({ podId }) => podId === "keep-1");
    const wrongs = [
      [touched, "a protected pod was stopped"],
      [!readOr(told).includes("trip"), "nobody was told of the trip"],
    ] as const;
    return {
      stoppedAfterMs: stoppedAtMs === undefined ? undefined : stoppedAtMs - crossingAtMs,
      longestGapMs: longestGap([
        crossingAtMs,
        ...looks().filter((at) => at > crossingAtMs),
        endAtMs,
      ]),
      endedAfterMs,
      wrongs: wrongs.flatMap(([is, words]) => (is ? [words] : [])),
    };
  } finally {
    guard.kill();
    await disk?.release();
    await guard.ended;
    await simulator.close();
    await disk?.remove();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function filesOf(fault: HeldFault, folder: string, disk: Disk | undefined) {
  const own = join(folder, "own");
  mkdirSync(own);
  const hangs = (what: string): string =>
    disk !== undefined && fault.includes(what) ? disk.path : own;
  return {
    state_file: join(hangs("state"), "state.json"),
    log_file: join(hangs("log"), "runpodboss.log"),
  };
}

interface Started {
  /** The guard itself. */
  signal(name: NodeJS.Signals): void;
  /** Whoever reads what it says reads no more, and what holds it fills up. */
  stopReading(): void;
  readonly ended: Promise<unknown>;
  kill(): void;
}

function start(executable: string, config: string, fault: HeldFault, folder: string): Started {
  const steps = fault.includes("steps") ? ["--import", clockStep(fault.endsWith("ahead"))] : [];
  const argv = [process.execPath, ...steps, executable, "watch", "--config", config];
  if (fault === "the terminal is stopped") return onTerminal(argv, folder);
  const [program = "", ...args] = argv;
  const child = spawn(program, args, { stdio: "ignore" });
  return {
    signal: (name) => void child.kill(name),
    stopReading: () => undefined,
    ended: once(child, "exit"),
    kill: () => void child.kill("SIGKILL"),
  };
}

/** On a terminal of its own (util-linux's `script`), beside a program that fills it once it is read no more. */
function onTerminal(argv: readonly string[], folder: string): Started {
  const go = join(folder, "go");
  const pid = join(folder, "pid");
  const line = [
    `(while [ ! -e '${go}' ]; do sleep 0.1; done; yes) & echo $$ > '${pid}'; exec`,
    ...argv.map((each) => `'${each}'`),
  ].join(" ");
  const child = spawn(
    "script",
    ["-qc", `exec sh -c "${line.replaceAll("$", "\\$")}"`, "/dev/null"],
    {
      stdio: "ignore",
      detached: true,
    },
  );
  const pidOf = (): number => Number(readOr(pid));
  // Nobody takes note of its end while its terminal is stopped.
  const isAlive = (): boolean => /\) [^ZX] /.test(readOr(`/proc/${pidOf()}/stat`));
  return {
    signal: (name) => process.kill(pidOf(), name),
    stopReading() {
      child.kill("SIGSTOP");
      writeFileSync(go, "");
    },
    // Its terminal is stopped, and does not tell of its end.
    ended: until(() => pidOf() > 0, heldGoalMs).then(() =>
      until(() => !isAlive(), 10 * heldGoalMs),
    ),
    kill() {
      if (isAlive()) process.kill(pidOf(), "SIGKILL");
      child.kill("SIGKILL");
    },
  };
}

/** A preload that moves the wall clock at SIGUSR2; monotonic time goes on as it was. */
function clockStep(ahead: boolean): string {
  const stepMs = ahead ? yearMs : -yearMs;
  const script = `const now = Date.now; const Real = Date; let step = 0;
process.on("SIGUSR2", () => { step = ${stepMs}; });
globalThis.Date = class extends Real {
  constructor(...given) { super(...(given.length === 0 ? [now() + step] : given)); }
  static now() { return now() + step; }
};`;
  return `data:text/javascript,${encodeURIComponent(script)}`;
}

async function until(is: () => boolean, limitMs: number): Promise<void> {
  const untilMs = performance.now() + limitMs;
  while (!is() && performance.now() < untilMs) await sleep(20);
}

function longestGap(momentsMs: readonly number[]): number {
  return momentsMs.reduce(
    (longest, atMs, n) => Math.max(longest, atMs - (momentsMs[n - 1] ?? atMs)),
    0,
  );
}

function readOr(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
