#!/usr/bin/env node
import { CommanderError } from "commander";
import { exitCodes, UserError } from "./errors.ts";
import { createProgram } from "./program.ts";
import { createRedactor } from "./redact.ts";
import { escapeHidden } from "./control-characters.ts";

/** A shutdown that takes longer is cut off, so that Ctrl-C always works. */
const shutdownLimitMs = 4_800;

const interrupted = new AbortController();
let secrets: readonly string[] = [];
let redact = createRedactor(secrets);
let exitCode: number = exitCodes.done;

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    interrupted.abort(signal);
    setTimeout(() => process.exit(exitCodes.interrupted), shutdownLimitMs).unref();
  });
}
// A reader may leave early: `runpodboss check | head -1`.
process.stdout.on("error", () => process.exit(exitCode));

const program = createProgram(
  {
    env: process.env,
    print: (line) => process.stdout.write(`${redact(line)}\n`),
    // Opened when first used: most commands never read.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    screen: () => {
      const { isTTY, columns, rows } = process.stdout;
      return isTTY ? { columns, rows } : undefined;
    },
    interrupted: interrupted.signal,
    onHangup: (listener) => process.on("SIGHUP", listener),
    hide: (more) => {
      secrets = [...new Set([...secrets, ...more])];
      redact = createRedactor(secrets);
    },
    redact: (text) => redact(text),
  },
  (code) => {
    exitCode = code;
  },
);
for (const each of [program, ...program.commands]) {
  each.exitOverride().showHelpAfterError("Then try: runpodboss --help");
}

try {
  await program.parseAsync();
} catch (error) {
  exitCode = report(error);
}
await untilTold();
process.exit(exitCode);

/** A pipe takes what was printed when its reader does: an exit before that would cut it off. */
async function untilTold(): Promise<void> {
  const { signal } = interrupted;
  if (process.stdout.writableLength === 0 || signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve());
    process.stdout.write("", () => resolve());
  });
}

/** Prints what went wrong, once and in words; a stack only for a bug of ours. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.refused;
  const say = (text: string) => process.stderr.write(`${escapeHidden(redact(text))}\n`);
  if (interrupted.signal.aborted) return exitCodes.interrupted;
  if (error instanceof UserError) {
    say(error.message);
    if (error.hint !== undefined) say(error.hint);
    return error.exitCode;
  }
  say(`This is a bug in runpodboss: ${error instanceof Error ? error.stack : String(error)}`);
  return exitCodes.bug;
}
