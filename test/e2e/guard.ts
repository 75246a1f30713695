import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, type TestContext } from "vitest";
import { startSimulator, type Simulator, type SimulatorOptions } from "#simulator/server.ts";
import { killIfAlive } from "../process/programs.ts";

/** Looks like nothing else, so that it is found wherever it leaks. */
export const apiKey = "e2e-key-that-nobody-else-has";

export const cli = join(import.meta.dirname, "../../dist/cli.js");
const patienceMs = 60_000;

type Json = Readonly<Record<string, unknown>>;

export interface GuardOptions extends Partial<SimulatorOptions> {
  readonly config?: Json;
  /** JavaScript that the agent runs once it has written down how it was called. */
  readonly agent?: string;
  /** As for the agent; without it there is no notify command. */
  readonly notify?: string;
}

/** A simulated account and a home folder with a config, programs to call and what they left. */
export interface Guard {
  readonly folder: string;
  readonly stateFile: string;
  readonly logFile: string;
  readonly simulator: Simulator;
  /** Writes the config anew with these keys changed. */
  configure(changes: Json): void;
  /** Writes a program that is also found on PATH; see `GuardOptions.agent`. */
  program(name: string, body: string): readonly string[];
  /** Writes a file at this path in the folder, which is also the home. */
  write(path: string, text: string): void;
  /** Starts `runpodboss watch` with the config and these arguments. */
  watch(...args: readonly string[]): Running;
  /** Starts the executable with exactly these arguments. */
  start(args: readonly string[], env?: NodeJS.ProcessEnv): Running;
  /** Starts any program in the same surroundings. */
  run(program: string, args: readonly string[], env?: NodeJS.ProcessEnv): Running;
  /** The calls of a program until now, in the order in which they began. */
  calls(name: string): readonly Call[];
  /** Waits for the nth call of a program. */
  called(name: string, n?: number): Promise<Call>;
  /** Waits for the pid of a program's own child, told with `say({ child })`. */
  childOf(name: string): Promise<number>;
  /** The text of the state file; undefined when there is none. */
  state(): string | undefined;
  /** The text of the file of what can be learned again; undefined when there is none. */
  runs(): string | undefined;
  /** What both hold together. Throws when there is no state file. */
  saved(): Saved;
}

interface Call {
  readonly pid: number;
  readonly args: readonly string[];
  /** All that it could read from its standard input. */
  readonly input: string;
  readonly startedAtMs: number;
  /** Undefined while it runs, and when it was killed. */
  readonly endedAtMs: number | undefined;
  /** All that it has told of itself with `say`. */
  readonly told: Json;
}

interface Saved {
  readonly fired: Readonly<Record<string, boolean>>;
  readonly owed: readonly Json[];
  readonly unrecorded: readonly Json[];
}

export type Line = Json & { readonly level: string; readonly msg: string };

export interface Running {
  readonly pid: number;
  readonly lines: readonly Line[];
  stdout(): string;
  /** Waits for the first log line with this message and these facts, already said or to come. */
  said(message: string, facts?: Json): Promise<Line>;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

export interface Ended {
  /** The exit code, or the signal that ended it. */
  readonly by: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly lines: readonly Line[];
}

/** Made for one test, and gone with it: the account, the folder, and every process begun here. */
export async function guardWith(
  { onTestFinished }: TestContext,
  { config = {}, agent = "", notify, ...account }: GuardOptions = {},
): Promise<Guard> {
  const folder = fs.mkdtempSync(join(tmpdir(), "runpodboss-e2e-"));
  const paths = {
    bin: join(folder, "bin"),
    calls: join(folder, "calls"),
    config: join(folder, "config.json"),
    state: join(folder, "state.json"),
    runs: join(folder, "runs.json"),
    log: join(folder, "log", "guard.log"),
  };
  fs.mkdirSync(paths.bin);
  fs.mkdirSync(paths.calls);
  const simulator = await startSimulator({ apiKey, balanceUsd: 20, nowMs: () => 0, ...account });
  const processes: ChildProcess[] = [];
  const outputs: string[] = [];
  onTestFinished(async () => {
    for (const child of processes) child.kill("SIGKILL");
    for (const { pid, told } of callsIn(paths.calls)) [pid, childIn(told)].forEach(killIfAlive);
    await simulator.close();
    const written = [paths.state, paths.runs, paths.log].flatMap((path) => textOf(path) ?? []);
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    expect([...outputs, ...written].join("\n"), "what was said or written").not.toContain(apiKey);
  });

  function program(name: string, body: string): readonly string[] {
    const path = join(paths.bin, name);
    fs.writeFileSync(path, programText(paths.calls, name, body), { mode: 0o700 });
    return ["/bin/sh", path];
  }

  let settings: Json = {
    runpod_url: simulator.url,
    poll_interval_seconds: 5,
    state_file: paths.state,
    log_file: paths.log,
    claude_command: program("agent", agent),
    extra_notify_command: notify === undefined ? [] : program("notify", notify),
    thresholds: [
      { name: "warning", below_usd: 10, prompt: "{name}" },
      { name: "critical", below_usd: 2, prompt: "{name}" },
      { name: "emergency", below_usd: 0.5, prompt: "{name}" },
    ],
  };
  function configure(changes: Json): void {
    settings = { ...settings, ...changes };
    fs.writeFileSync(paths.config, JSON.stringify(settings), { mode: 0o600 });
  }
  configure(config);

  function run(name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
    const child = spawn(name, args, {
      cwd: folder,
      env: {
        HOME: folder,
        PATH: `${paths.bin}:${process.env["PATH"]}`,
        RUNPOD_API_KEY: apiKey,
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    processes.push(child);
    const running = follow(child);
    void running.ended.then(({ stdout, stderr }) => outputs.push(stdout, stderr));
    return running;
  }

  const start: Guard["start"] = (args, env) => run(process.execPath, [cli, ...args], env);

  const calls: Guard["calls"] = (name) => callsIn(paths.calls).filter(({ by }) => by === name);

  return {
    folder,
    stateFile: paths.state,
    logFile: paths.log,
    simulator,
    configure,
    program,
    write(path, text) {
      fs.mkdirSync(dirname(join(folder, path)), { recursive: true, mode: 0o700 });
      fs.writeFileSync(join(folder, path), text, { mode: 0o600 });
    },
    watch: (...args) => start(["watch", "--config", paths.config, ...args]),
    start,
    run,
    calls,
    called: (name, n = 1) => until(`call ${n} of ${name}`, () => calls(name)[n - 1]),
    childOf: (name) =>
      until(`a child of ${name}`, () => calls(name).flatMap(({ told }) => childIn(told) ?? [])[0]),
    state: () => textOf(paths.state),
    runs: () => textOf(paths.runs),
    saved: () => ({
      ...(JSON.parse(textOf(paths.runs) ?? "{}") as object),
      ...(JSON.parse(fs.readFileSync(paths.state, "utf8")) as Saved),
    }),
  };
}

/**
 * A program that writes down how it was called, and that it ended. In the shell, as most of them do
 * no more, and a runtime for each would be much of what the tests cost; only a body needs Node.
 */
function programText(folder: string, name: string, body: string): string {
  const script = join(folder, `${name}.cjs`);
  const call = join(folder, name);
  fs.writeFileSync(
    script,
    `const { appendFileSync, readFileSync } = require("node:fs");
const { spawn } = require("node:child_process");
const call = ${JSON.stringify(call)} + "." + process.pid;
const say = (fact) => appendFileSync(call + ".told", JSON.stringify(fact) + "\\n");
const stay = (ms = 60_000) => setTimeout(() => {}, ms);
process.on("exit", () => appendFileSync(call + ".end", ""));
${body}
`,
  );
  return `#!/bin/sh
call="${call}.$$"
: > "$call.args"
[ $# = 0 ] || printf '%s\\0' "$@" > "$call.args"
cat > "$call.input"
echo "${name} $$" >> "${folder}/order"
${body === "" ? `: > "$call.end"` : `exec "${process.execPath}" "${script}" "$@"`}
`;
}

/** What the programs have written down, in the order in which they began. */
function callsIn(folder: string): readonly (Call & { readonly by: string })[] {
  return linesIn(join(folder, "order")).map((line) => {
    const [by = "", pid] = line.split(" ");
    const call = join(folder, `${by}.${pid}`);
    const told = linesIn(`${call}.told`).map((fact) => JSON.parse(fact) as Json);
    return {
      by,
      pid: Number(pid),
      args: (textOf(`${call}.args`) ?? "").split("\0").slice(0, -1),
      input: textOf(`${call}.input`) ?? "",
      startedAtMs: fs.statSync(`${call}.args`).mtimeMs,
      endedAtMs: fs.statSync(`${call}.end`, { throwIfNoEntry: false })?.mtimeMs,
      told: Object.assign({}, ...told) as Json,
    };
  });
}

/** The whole lines of a file that may still be written to. */
function linesIn(path: string): readonly string[] {
  return (textOf(path) ?? "").split("\n").slice(0, -1);
}

function childIn({ child }: Json): number | undefined {
  return typeof child === "number" ? child : undefined;
}

function follow(child: ChildProcess): Running {
  const lines: Line[] = [];
  const waiting = new Set<() => void>();
  let stdout = "";
  let stderr = "";
  let partOfALine = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    const whole = (partOfALine + text).split("\n");
    partOfALine = whole.pop() ?? "";
    lines.push(...whole.flatMap(lineIn));
    for (const look of waiting) look();
  });
  let hasEnded = false;
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (code, signal) => {
      hasEnded = true;
      for (const look of waiting) look();
      resolve({ by: code ?? signal, stdout, stderr, lines });
    });
  });

  return {
    pid: child.pid ?? 0,
    lines,
    stdout: () => stdout,
    said: (message, facts = {}) =>
      new Promise((resolve, reject) => {
        const settle = (): void => {
          clearTimeout(limit);
          waiting.delete(look);
        };
        const giveUp = (why: string): void => {
          settle();
          reject(
            new Error(`"${message}" ${JSON.stringify(facts)} was not said ${why}:\n${stderr}`),
          );
        };
        const look = (): void => {
          const found = lines.find((line) => line.msg === message && hasFacts(line, facts));
          if (found !== undefined) {
            settle();
            resolve(found);
          } else if (hasEnded) giveUp("before the end");
        };
        const limit = setTimeout(() => giveUp("in time"), patienceMs);
        waiting.add(look);
        look();
      }),
    signal: (name) => void child.kill(name),
    ended,
  };
}

/** The executable's last words are for people; all else on a pipe is JSON. */
function lineIn(text: string): readonly Line[] {
  return text.startsWith("{") ? [JSON.parse(text) as Line] : [];
}

function hasFacts(line: Line, facts: Json): boolean {
  return Object.entries(facts).every(([name, value]) => line[name] === value);
}

/** The lines with this message. */
export function linesOf(lines: readonly Line[], message: string): readonly Line[] {
  return lines.filter(({ msg }) => msg === message);
}

/** A fact that is text; empty when the line has none. */
export function textIn(line: Json | undefined, fact: string): string {
  const value = line?.[fact];
  return typeof value === "string" ? value : "";
}

/** When a line was logged. */
export function timeOf(line: Line): number {
  return Date.parse(textIn(line, "time"));
}

export function textOf(path: string): string | undefined {
  return fs.existsSync(path) ? fs.readFileSync(path, "utf8") : undefined;
}

/** What people were told, in order: the name of a trip's threshold, or words. */
export function heardBy(guard: Guard): readonly string[] {
  return guard.calls("notify").map(({ args }) => args[0] ?? "");
}

/** What RunPod was asked by looks, and not by measurements or ends. */
export function looksOf({ simulator }: Guard): Simulator["queries"] {
  return simulator.queries.filter(({ query }) => /\bclientBalance\b/.test(query));
}

/** How much later than every 5 s from the start on the looks came, in ms; the first is left out. */
export function latenessOf(guard: Guard, { lines }: Running): readonly number[] {
  const startedAtMs = Date.parse(textIn(linesOf(lines, "daemon started")[0], "time"));
  return looksOf(guard)
    .map(({ atMs }, n) => atMs - startedAtMs - n * 5_000)
    .slice(1);
}

/** What a Claude Code that was asked for JSON prints at its end; JavaScript for `Guard.program`. */
export function printResult(changes: Json = {}): string {
  const result = {
    type: "result",
    subtype: "success",
    is_error: false,
    num_turns: 3,
    total_cost_usd: 0.0421,
    permission_denials: [],
    result: "did what I could",
    ...changes,
  };
  return `console.log(${JSON.stringify(JSON.stringify(result))});`;
}

/** Asks again and again, for a bounded time, until the answer is neither undefined nor false. */
export async function until<T>(what: string, ask: () => T | undefined | false): Promise<T> {
  const giveUpAtMs = performance.now() + patienceMs;
  for (;;) {
    const answer = ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > giveUpAtMs) throw new Error(`waited in vain for ${what}`);
    await pause(20);
  }
}
