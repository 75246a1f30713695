import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, inject, type TestContext } from "vitest";
import type { Paces } from "#paces.ts";
import type { Exchange } from "#simulator/exchange.ts";
import { startSimulator, type Simulator, type SimulatorOptions } from "#simulator/server.ts";
import { killIfAlive } from "../process/programs.ts";
import { shortPaces } from "../short-paces.ts";
import { inProcess } from "./in-process.ts";
import { type Ended, follow, type Json, type Line, patienceMs, type Running } from "./running.ts";

export type { Ended, Json, Line, Running };

/** Looks like nothing else, so that it is found wherever it leaks. */
export const apiKey = "e2e-key-that-nobody-else-has";

/** The shipped executable. */
const cli = join(import.meta.dirname, "../../dist/cli.js");

/** The executable with short paces, as an argv that its arguments are added to. */
export function fastCli(paces: Partial<Paces> = {}): readonly [program: string, ...string[]] {
  return [process.execPath, inject("fastCli"), JSON.stringify(paces)];
}

/** From one poll to the next. */
export const pollMs = 200;

export interface GuardOptions extends Partial<SimulatorOptions> {
  readonly config?: Json;
  /** JavaScript that the agent runs once it has written down how it was called, or a script of the shell. */
  readonly agent?: string;
  /** As for the agent; without it there is no notify command. */
  readonly notify?: string;
  /** These may stand in nothing that is said, and in no file but the config. */
  readonly secrets?: readonly string[];
  /** What is to be slower or quicker than the short paces of tests. */
  readonly paces?: Partial<Paces>;
}

/** A simulated account and a home folder with a config, programs to call and what they left. */
export interface Guard {
  readonly folder: string;
  readonly stateFile: string;
  readonly logFile: string;
  readonly config: string;
  readonly simulator: Simulator;
  /** Writes the config anew with these keys changed. */
  configure(changes: Json): void;
  /** Writes a program that is also found on PATH; see `GuardOptions.agent`. */
  program(name: string, body: string): readonly string[];
  /** Lets the programs go on that wait for this with `untilOpen`. */
  open(gate: string): void;
  /** Writes a file at this path in the folder, which is also the home. */
  write(path: string, text: string): void;
  /** `runpodboss watch` with the config and these arguments, in this process. */
  watch(...args: readonly string[]): Running;
  /** Runs a command with the config, in this process, to its end. */
  command(...args: readonly string[]): Promise<Ended>;
  /** Runs the executable with exactly these arguments, in this process. */
  call(args: readonly string[], env?: NodeJS.ProcessEnv): Running;
  /** As `watch`, in a process of its own. */
  watchApart(...args: readonly string[]): Running;
  /** Starts the executable with short paces and exactly these arguments, in a process of its own. */
  start(args: readonly string[], env?: NodeJS.ProcessEnv): Running;
  /** Starts the executable that is shipped. */
  ship(args: readonly string[], env?: NodeJS.ProcessEnv): Running;
  /** What `start` starts with these arguments and the config, for another program to start. */
  argv(...args: readonly string[]): readonly [program: string, ...string[]];
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

/** Made for one test, and gone with it: the account, the folder, and every process begun here. */
export async function guardWith(
  { onTestFinished }: TestContext,
  { config = {}, agent = "", notify, paces, secrets = [], ...account }: GuardOptions = {},
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
  const exchanges: Exchange[] = [];
  const simulator = await startSimulator({
    apiKey,
    balanceUsd: 20,
    nowMs: () => 0,
    onExchange: (exchange) => inject("api") === "rest" && exchanges.push(exchange),
    ...account,
  });
  const processes: ChildProcess[] = [];
  const here: Running[] = [];
  const outputs: string[] = [];
  onTestFinished(async () => {
    for (const child of processes) child.kill("SIGKILL");
    await Promise.all(processes.map(whenGone));
    for (const running of here) running.signal("SIGTERM");
    await Promise.all(here.map(({ ended }) => ended));
    for (const { pid, told } of callsIn(paths.calls)) [pid, childIn(told)].forEach(killIfAlive);
    await simulator.close();
    const written = [paths.state, paths.runs, paths.log].flatMap((path) => textOf(path) ?? []);
    const kept = secrets.length === 0 ? [] : textsIn(folder, paths.config);
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    expect([...outputs, ...written].join("\n"), "what was said or written").not.toContain(apiKey);
    const leaked = secrets.filter((secret) => [...outputs, ...kept].join("\n").includes(secret));
    expect(leaked, "secrets that were said or written").toEqual([]);
    if (exchanges.length > 0) await expectKnownToRunPod(exchanges);
  });

  function program(name: string, body: string): readonly string[] {
    const path = join(paths.bin, name);
    fs.writeFileSync(path, programText(paths.calls, name, body), { mode: 0o700 });
    return ["/bin/sh", path];
  }

  let settings: Json = {
    ...addressOf(simulator),
    poll_interval_seconds: pollMs / 1000,
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

  const envWith = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
    HOME: folder,
    PATH: `${paths.bin}:${process.env["PATH"]}`,
    RUNPOD_API_KEY: apiKey,
    ...env,
  });

  function kept(running: Running): Running {
    void running.ended.then(({ stdout, stderr }) => outputs.push(stdout, stderr));
    return running;
  }

  function run(name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
    const stdio = ["ignore", "pipe", "pipe"] as const;
    const child = spawn(name, args, { cwd: folder, env: envWith(env), stdio: [...stdio] });
    processes.push(child);
    return kept(follow(child));
  }

  const start: Guard["start"] = (args, env) => {
    const [program, ...first] = fastCli(paces);
    return run(program, [...first, ...args], env);
  };

  function call(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
    const running = inProcess(args, {
      env: envWith(env),
      paces: { ...shortPaces, ...paces },
      // What is started in its name has short paces too.
      program: { argv: [process.execPath, inject("fastCli"), "-"], folder },
    });
    here.push(running);
    return kept(running);
  }

  const calls: Guard["calls"] = (name) => callsIn(paths.calls).filter(({ by }) => by === name);

  return {
    folder,
    stateFile: paths.state,
    logFile: paths.log,
    config: paths.config,
    simulator,
    configure,
    program,
    write(path, text) {
      fs.mkdirSync(dirname(join(folder, path)), { recursive: true, mode: 0o700 });
      fs.writeFileSync(join(folder, path), text, { mode: 0o600 });
    },
    open: (gate) => fs.writeFileSync(join(folder, gate), ""),
    watch: (...args) => call(["watch", "--config", paths.config, ...args]),
    command: (...args) => call([...args, "--config", paths.config]).ended,
    call,
    watchApart: (...args) => start(["watch", "--config", paths.config, ...args]),
    start,
    argv: (...args) => [...fastCli(paces), ...args, "--config", paths.config],
    ship: (args, env) => run(process.execPath, [cli, ...args], env),
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
  const run =
    body.startsWith(shell) || body === ""
      ? `trap ': > "$call.end"' EXIT\n${body.slice(shell.length)}`
      : `exec "${process.execPath}" "${script}" "$@"`;
  fs.writeFileSync(
    script,
    `const { appendFileSync, existsSync, readFileSync, writeFileSync } = require("node:fs");
const { spawn } = require("node:child_process");
const call = ${JSON.stringify(call)} + "." + process.pid;
const say = (fact) => appendFileSync(call + ".told", JSON.stringify(fact) + "\\n");
const stay = (ms = 600_000) => setTimeout(() => {}, ms);
const home = ${JSON.stringify(dirname(folder))};
const untilOpen = (gate) => setTimeout(() => existsSync(home + "/" + gate) || untilOpen(gate), 20);
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
${run}
`;
}

const shell = "#!/bin/sh\n";

/** Programs of the shell: a runtime for each would be much of what the tests cost. */
export const staying = `${shell}exec sleep 600`;
export const failing = (exitCode: number): string => `${shell}exit ${exitCode}`;

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

/** What stands in the files of a folder, in its folders too, but for one of them. */
function textsIn(folder: string, but: string): readonly string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => path !== but)
    .flatMap((path) => textOf(path) ?? []);
}

/** The whole lines of a file that may still be written to. */
function linesIn(path: string): readonly string[] {
  return (textOf(path) ?? "").split("\n").slice(0, -1);
}

function childIn({ child }: Json): number | undefined {
  return typeof child === "number" ? child : undefined;
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

/** What people were told, in order: the name of a trip's threshold, or words without the account behind them. */
export function heardBy(guard: Guard): readonly string[] {
  return guard.calls("notify").map(({ args }) => inTwo(args[0]).words);
}

/** What happened, and the account that stands behind it in brackets. */
export function inTwo(message = ""): { readonly words: string; readonly facts: string } {
  const [, words = message, facts = ""] =
    /^([^]*) \[((?:Balance|Last seen|most:).*)\]$/.exec(message) ?? [];
  return { words, facts };
}

/** Waits until a poll is on the disk, where other commands read of it: that it was made is said before. */
export function hasPolled(guard: Guard): Promise<unknown> {
  return until("a poll on the disk", () => guard.runs()?.includes('"lookedAtMs"'));
}

/** Waits until people were told so often, or something like that: a notice takes a program to send. */
export function told(guard: Guard, what: number | RegExp): Promise<unknown> {
  return until(`notices: ${String(what)}`, () =>
    typeof what === "number"
      ? heardBy(guard).length >= what
      : heardBy(guard).some((each) => what.test(each)),
  );
}

/** What RunPod was asked by looks, and not by measurements or ends. */
export function looksOf({ simulator }: Guard): Simulator["asked"] {
  return simulator.asked.filter(({ does }) => does === "look");
}

/** The ids of the pods that RunPod was asked to end, in the order of asking. */
export function endsAskedOf({ simulator }: Guard): readonly string[] {
  return simulator.asked.flatMap(({ does, podId }) =>
    does === "stop" || does === "terminate" ? [podId ?? ""] : [],
  );
}

/** Where RunPod is: the interface that this run of the suite is for. */
export function addressOf({ url, restUrl }: Pick<Simulator, "url" | "restUrl">): Json {
  return at(inject("api") === "rest" ? restUrl : url);
}

/** The same of any address. */
export function at(url: string): Json {
  return inject("api") === "rest" ? { api: "rest", rest_url: url } : { runpod_url: url };
}

/** What is expected of the interface that this run of the suite is for, where the two differ. */
export function byApi<Expected>(
  expected: Readonly<Record<"graphql" | "rest", Expected>>,
): Expected {
  return expected[inject("api")];
}

/** What RunPod tells of a pod's price once it is stopped: on REST nothing. */
export function priceOfStopped(costPerHrUsd: number): number | null {
  return byApi<number | null>({ graphql: costPerHrUsd, rest: null });
}

/** What RunPod answers to a key that may only read. */
export function readOnlyWords(): string {
  return byApi({
    graphql: "Unauthorized",
    rest: "HTTP 403: the API key may only read (the API key needs a scope to stop pods)",
  });
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

type Told<T> = T | undefined | false;

/** Asks again and again, for a bounded time, until the answer is neither undefined nor false. */
export async function until<T>(what: string, ask: () => Told<T> | Promise<Told<T>>): Promise<T> {
  const giveUpAtMs = performance.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > giveUpAtMs) throw new Error(`waited in vain for ${what}`);
    await pause(20);
  }
}

/** Loaded only where there is something to check: the reader of schemas is slow to load. */
async function expectKnownToRunPod(exchanges: readonly Exchange[]): Promise<void> {
  const { exchangeFaults } = await import("../simulator/exchange-faults.ts");
  expect(exchanges.flatMap(exchangeFaults), "what RunPod's schemas do not know").toEqual([]);
}

/** Until then it may still write into its folder. */
async function whenGone(child: ChildProcess): Promise<void> {
  const isGone = child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  if (!isGone) await once(child, "exit");
}
