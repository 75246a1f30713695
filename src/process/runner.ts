import { spawn, type ChildProcessByStdio } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import type { ProgramEndPaces } from "#paces.ts";
import type { Command, Ran, Runner } from "#ports.ts";
import { boundedRunner } from "./bounded-runner.ts";
import { startTimer } from "./long-timer.ts";
import { faultOf, hangingWords, whyNotStarted } from "./not-started.ts";
import { keepTail, keepWhole } from "./output-tail.ts";
import { createStartFiles, type ReadStart } from "./start-files.ts";
import { endTree } from "./tree.ts";

type Child = ChildProcessByStdio<Writable | null, Readable, Readable>;

type End =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signalled"; readonly by: string }
  | { readonly kind: "timed-out" | "interrupted" };

/** Every run gives its own value to this variable: by it the strays of its tree are found. */
const markName = "RUNPODBOSS_RUN";
/** How long output is awaited after the end: something left alive may hold the pipes for ever. */
const drainMs = 500;

/** How long the disks of a program may take to answer before its start. */
const startLimitMs = 5_000;

/** Tests hand in a disk of their own, and less patience with it. */
export function createRunner(
  graces: ProgramEndPaces,
  read?: ReadStart,
  limitMs: number = startLimitMs,
): Runner {
  const whatHangs = createStartFiles(limitMs, read);
  return boundedRunner(
    {
      async run(command, signal) {
        if (signal.aborted) return { kind: "interrupted", tail: "", tookMs: 0 };
        const fault = faultOf(command);
        if (fault !== undefined) return { kind: "not-started", because: fault };
        const hanging = await whatHangs(command);
        if (hanging !== undefined) return { kind: "not-started", because: hangingWords(hanging) };
        if (signal.aborted) return { kind: "interrupted", tail: "", tookMs: 0 };
        return run(command, signal, graces);
      },
    },
    graces,
  );
}

async function run(command: Command, signal: AbortSignal, graces: ProgramEndPaces): Promise<Ran> {
  const startedAtMs = performance.now();
  const mark = randomUUID();
  let child: Child;
  try {
    child = start(command, mark);
    // Some failures are thrown by `spawn`, the others come as an event.
    if (child.pid === undefined) throw (await once(child, "error"))[0];
  } catch (error) {
    return { kind: "not-started", because: await whyNotStarted(error, command) };
  }

  const tail = keepTail([child.stdout, child.stderr]);
  const { keepStdoutBytes } = command;
  const stdout =
    keepStdoutBytes === undefined ? undefined : keepWhole(child.stdout, keepStdoutBytes);
  let wroteErrors = false;
  child.stderr.once("data", () => {
    wroteErrors = true;
  });
  feed(child.stdin, command.stdin);
  const closed = new Promise((resolve) => child.once("close", resolve));
  const end = await endOf(child, `${markName}=${mark}`, command.timeLimitMs, signal, graces);
  await within(drainMs, closed);
  letGo(child);
  const tookMs = performance.now() - startedAtMs;
  const ran = { tail: tail(), tookMs };
  switch (end.kind) {
    case "exited":
      return { ...end, ...ran, stdout: stdout?.(), wroteErrors };
    case "timed-out":
      return { ...end, ...ran, stdout: stdout?.() };
    case "signalled":
    case "interrupted":
      return { ...end, ...ran };
  }
}

function start(command: Command, mark: string): Child {
  const [program = "", ...args] = command.argv;
  const { cwd, env, unsetEnv = [], stdin } = command;
  const unset = Object.fromEntries(unsetEnv.map((name) => [name, undefined]));
  return spawn(program, args, {
    cwd,
    env: { ...process.env, ...unset, ...env, [markName]: mark },
    stdio: [stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    // A group of its own: it can be signalled whole, and Ctrl-C reaches us only.
    detached: true,
    // Both outputs are pipes, which the types see only where the input is fixed.
  }) as Child;
}

/** Writes all of the input and closes it: a program may wait for ever for an input left open. */
function feed(stdin: Writable | null, input: string | undefined): void {
  // Nobody has to read what we wrote: how a program ended is told by its exit, not by EPIPE.
  stdin?.on("error", () => {});
  stdin?.end(input);
}

/** Waits for the end, or brings it about; what ended it first is what is told. */
async function endOf(
  child: Child,
  mark: string,
  timeLimitMs: number,
  signal: AbortSignal,
  { termGraceMs, abortGraceMs }: ProgramEndPaces,
): Promise<End> {
  const over = new AbortController();
  let killAtMs = Infinity;

  const end = await new Promise<End>((resolve) => {
    child.once("exit", (code, by) => {
      resolve(code === null ? { kind: "signalled", by: String(by) } : { kind: "exited", code });
    });
    const cutShort = (kind: "timed-out" | "interrupted", graceMs: number): void => {
      // An abort during the grace of the time limit brings SIGKILL nearer.
      killAtMs = Math.min(killAtMs, performance.now() + graceMs);
      resolve({ kind });
    };
    const stopTimer = startTimer(timeLimitMs, () => cutShort("timed-out", termGraceMs));
    over.signal.addEventListener("abort", stopTimer);
    signal.addEventListener("abort", () => cutShort("interrupted", abortGraceMs), {
      signal: over.signal,
    });
  });

  if (end.kind === "timed-out" || end.kind === "interrupted") {
    const rootIsOurs = (): boolean => child.exitCode === null && child.signalCode === null;
    await endTree({ rootPid: child.pid ?? 0, mark, rootIsOurs }, () => killAtMs);
  }
  over.abort();
  return end;
}

async function within(limitMs: number, done: Promise<unknown>): Promise<void> {
  await new Promise<void>((resolve) => {
    const stopTimer = startTimer(limitMs, resolve);
    void done.then(() => {
      stopTimer();
      resolve();
    });
  });
}

/** Nothing of the child keeps this process running from here on, even if it could not be ended. */
function letGo(child: Child): void {
  child.stdin?.destroy();
  child.stdout.destroy();
  child.stderr.destroy();
  child.unref();
}
