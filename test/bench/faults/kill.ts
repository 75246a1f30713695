import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startSimulator, type Simulator } from "#simulator/server.ts";
import { writeProgram } from "./programs.ts";
import { apiKey, writeConfig } from "./scenario-settings.ts";
import { between, seeded } from "./seeded.ts";

const thresholds = [
  { name: "warning", below_usd: 10, prompt: "look" },
  { name: "emergency", below_usd: 5, prompt: "look" },
];
const belowAllUsd = 4;
const aboveAllUsd = 40;

/** A guard that has tripped has told and settled all in this time. */
const interestingMs = 100;
const givesUpMs = 20_000;

/**
 * How a run crosses. `at the start`: the balance fell while no guard ran, or was killed.
 * `while it runs`: between its first look and its second.
 */
export type Crossing = "at the start" | "while it runs";

export interface Kill {
  /** The executable, as an argv that its arguments are added to. */
  readonly argv: readonly [program: string, ...first: string[]];
  /** The least that it takes. */
  readonly pollSeconds: number;
  readonly seed: number;
  readonly crossing: Crossing;
}

export interface Killed {
  /** What the state file said after the kill. */
  readonly stage: "not tripped" | "owed" | "settled";
  /** More calls than one for each threshold, of the notify command and of the agent. */
  readonly duplicates: number;
  readonly wrongs: readonly string[];
}

/** The real executable, killed with -9 at a random moment around a crossing, and started again. */
export async function killAtAnyMoment(kill: Kill): Promise<Killed> {
  const { argv, pollSeconds, seed, crossing } = kill;
  const folder = mkdtempSync(join(tmpdir(), "runpodboss-kill-"));
  const simulator = await startSimulator({
    apiKey,
    balanceUsd: crossing === "at the start" ? belowAllUsd : aboveAllUsd,
    nowMs: () => 0,
    pods: [{ costPerHrUsd: 1 }],
  });
  try {
    const config = configIn(folder, simulator.url, pollSeconds);
    const guard = start(folder, argv, ["watch", "--config", config]);
    await untilTheMoment(simulator, seed, crossing);
    guard.child.kill("SIGKILL");
    await guard.ended;
    const left = stateIn(folder);

    const again = start(folder, argv, ["watch", "--once", "--config", config]);
    const code = await again.ended;
    return judge(folder, left, code, again.stderr());
  } finally {
    await simulator.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function configIn(folder: string, url: string, pollSeconds: number): string {
  const note = (name: string): string =>
    writeProgram(folder, name, `echo "$RUNPODBOSS_EVENT $RUNPODBOSS_THRESHOLD" >> "$0.calls"`);
  const stateFile = statePath(folder);
  mkdirSync(dirname(stateFile));
  // As an earlier run has left it: nothing has tripped.
  writeFileSync(stateFile, JSON.stringify({ fired: { warning: false, emergency: false } }));
  return writeConfig(folder, {
    runpod_url: url,
    poll_interval_seconds: pollSeconds,
    extra_notify_command: [note("notify")],
    claude_command: [note("agent")],
    thresholds,
  });
}

function statePath(folder: string): string {
  return join(folder, "state", "state.json");
}

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly stderr: () => string;
}

function start(folder: string, argv: Kill["argv"], args: readonly string[]): Started {
  const [program, ...first] = argv;
  const child = spawn(program, [...first, ...args], {
    stdio: ["ignore", "ignore", "pipe"],
    // What a killed guard leaves behind goes with the run.
    env: { ...process.env, TMPDIR: folder },
  });
  const chunks: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => chunks.push(text));
  // Its programs may outlive it and hold the pipe: its own end is what counts.
  const ended = once(child, "exit").then(([code]) => code as number | null);
  return { child, ended, stderr: () => chunks.join("") };
}

/** Most kills fall between the look that shows the crossing and the end of all that follows from it. */
async function untilTheMoment(
  simulator: Simulator,
  seed: number,
  crossing: Crossing,
): Promise<void> {
  const random = seeded(seed);
  if (crossing === "at the start" && random() < 0.2) {
    return sleep(between(random, 0, 2 * interestingMs));
  }
  await looks(simulator, 1);
  if (crossing === "while it runs") {
    simulator.account.setBalance(belowAllUsd);
    await looks(simulator, 2);
  }
  await sleep(between(random, 0, interestingMs));
}

async function looks(simulator: Simulator, atLeast: number): Promise<void> {
  const untilMs = performance.now() + givesUpMs;
  const count = () => simulator.queries.filter(({ query }) => query.includes("clientBalance"));
  while (count().length < atLeast && performance.now() < untilMs) await sleep(1);
}

interface StateLeft {
  readonly fired: Readonly<Record<string, boolean>>;
  readonly owed: readonly unknown[];
}

/** Undefined when it cannot be read, which it always must be. */
function stateIn(folder: string): StateLeft | undefined {
  try {
    const { fired, owed = [] } = JSON.parse(readFileSync(statePath(folder), "utf8")) as {
      readonly fired: StateLeft["fired"];
      readonly owed?: StateLeft["owed"];
    };
    return { fired: { ...fired }, owed: [...owed] };
  } catch {
    return undefined;
  }
}

function judge(
  folder: string,
  left: StateLeft | undefined,
  code: number | null,
  stderr: string,
): Killed {
  const calls = ["notify", "agent"].flatMap((program) =>
    thresholds.map(({ name }) => countOf(folder, program, `trip ${name}`)),
  );
  const after = stateIn(folder);
  const files = readdirSync(dirname(statePath(folder)));
  const wrongs = [
    [left === undefined, "the state could not be read after the kill"],
    [files.some((file) => file.includes("corrupt")), "the state was moved aside"],
    [code !== 0, `the restart ended with ${code}: ${stderr.slice(-500)}`],
    [calls.some((count) => count === 0), `a trip was lost (${calls.join(", ")} calls)`],
    [Object.values(after?.fired ?? {}).some((is) => !is), "a threshold is armed after all"],
    [after?.owed.length !== 0, "something is owed after all"],
  ] as const;
  const hasTripped = Object.values(left?.fired ?? {}).some(Boolean);
  return {
    stage: !hasTripped ? "not tripped" : left?.owed.length ? "owed" : "settled",
    duplicates: calls.reduce((sum, count) => sum + Math.max(0, count - 1), 0),
    wrongs: wrongs.flatMap(([is, words]) => (is ? [words] : [])),
  };
}

function countOf(folder: string, program: string, call: string): number {
  try {
    const text = readFileSync(join(folder, `${program}.calls`), "utf8");
    return text.split("\n").filter((line) => line === call).length;
  } catch {
    return 0;
  }
}
