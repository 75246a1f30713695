import { setMaxListeners } from "node:events";
import { type Command, CommanderError } from "commander";
import type { Context } from "#terminal/context.ts";
import { asksForJson, errorLine, type SaidError } from "#terminal/json.ts";
import { columnsOf, errorColumns, wrappedText } from "#terminal/wrap.ts";
import { escapeHidden } from "./control-characters.ts";
import { exitCodes, UserError } from "./errors.ts";
import { isJournal, journalErrors } from "#output/journal.ts";
import { outputsOf } from "#output/outputs.ts";
import { leave } from "./leave.ts";
import type { Paces } from "./paces.ts";
import type { OwnProgram } from "./ports.ts";
import { createProgram, hintFor } from "./program.ts";
import { goWhereTheDaemonIs, ownProgram } from "#process/own-program.ts";
import { createRedactor } from "./redact.ts";

/** What a command is run in; the rest of its context is made here. */
export interface Surroundings extends Omit<
  Context,
  "print" | "printData" | "sayWhy" | "hide" | "redact" | "isJson"
> {
  /** From now on SIGHUP ends it, as it ends any command: nothing here could be reloaded. */
  readonly endOnHangup: () => void;
  /** From now on it goes on to its end though what it prints reaches nobody; the exit code says so. */
  readonly goOnUnread: () => void;
  /** From now on it ends though what it has printed waits for a reader. */
  readonly endUnread: () => void;
}

/** What sends to people must not end in the midst of it, and look as if all had gone well. */
const goOnUnread: readonly string[] = ["runpodboss notify test", "runpodboss drill"];

/** Whoever it answers may have gone without reading the last answer. */
const endUnread: readonly string[] = ["runpodboss mcp"];

/** The executable: runs the command that this process was called with, and exits. */
export async function main(
  paces: Paces,
  exit: (exitCode: number) => never,
  program: OwnProgram = ownProgram(process),
): Promise<void> {
  const args = process.argv.slice(2);
  const inForm = (error: SaidError): string =>
    asksForJson(args) ? errorLine(error) : `${error.message}\n`;
  const interrupted = new AbortController();
  // As many may wait for it as there are channels, pods and programs; none stays.
  setMaxListeners(0, interrupted.signal);
  const end = (exitCode: number): Promise<never> =>
    leave(exitCode, {
      exit,
      pending: () => process.getActiveResourcesInfo(),
      die() {
        process.removeAllListeners("SIGINT");
        process.kill(process.pid, "SIGINT");
      },
      pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      interrupted.abort(signal);
      setTimeout(() => void end(exitCodes.interrupted), paces.shutdownLimitMs);
    });
  }
  let onStray = (error: unknown): void => {
    process.stderr.write(inForm({ message: bugWords(error), exitCode: exitCodes.bug }));
    void end(exitCodes.bug);
  };
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => onStray(error));
  }
  const outputs = outputsOf(process);
  const { stdout, stderr } = outputs;
  let unprinted: SaidError | undefined;
  let isToGoOn = false;
  let isToEnd = false;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    unprinted ??= unprintedError(error);
    if (isToGoOn) return;
    // A reader may leave early: `runpodboss check | head -1`.
    if (error.code === "EPIPE") {
      void end(exitCodes.done);
      return;
    }
    stderr.write(inForm(unprinted));
    void end(exitCodes.refused);
  });
  // Nobody is left to tell.
  stderr.on("error", () => undefined);
  const lost = goWhereTheDaemonIs(process);
  if (lost !== undefined) {
    stderr.write(inForm({ message: lost, exitCode: exitCodes.refused }));
    await end(exitCodes.refused);
  }
  const exitCode = await run(args, {
    env: process.env,
    program,
    paces,
    // Opened when first used: most commands never read.
    get stdin() {
      return process.stdin;
    },
    ...outputs,
    isJournal: isJournal(process.stderr.fd, process.env),
    screen: () => {
      const { isTTY, columns, rows } = process.stdout;
      return isTTY ? { columns, rows } : undefined;
    },
    interrupted: interrupted.signal,
    onStray: (listener) => (onStray = listener),
    onHangup: (listener) => process.on("SIGHUP", listener),
    endOnHangup: () => process.removeAllListeners("SIGHUP"),
    goOnUnread: () => (isToGoOn = true),
    endUnread: () => (isToEnd = true),
  });
  const patience = AbortSignal.timeout(paces.lastWordsMs);
  const ending = [interrupted.signal, ...(isToEnd ? [patience] : [])];
  await untilTold(stdout, AbortSignal.any(ending));
  const because = isToGoOn ? unprinted : undefined;
  if (because !== undefined) stderr.write(inForm(because));
  const lastWords = AbortSignal.timeout(paces.lastWordsMs);
  await untilTold(stderr, AbortSignal.any([interrupted.signal, lastWords]));
  await end(because !== undefined && exitCode === exitCodes.done ? exitCodes.refused : exitCode);
}

/** A command and all below it, by what is typed for each: `runpodboss notify test`. */
function namedBelow(command: Command, before: string): readonly (readonly [string, Command])[] {
  const name = `${before}${command.name()}`;
  return [[name, command], ...command.commands.flatMap((each) => namedBelow(each, `${name} `))];
}

function unprintedError({ message }: Error): SaidError {
  return { message: `Not all could be printed: ${message}`, exitCode: exitCodes.refused };
}

function bugWords(error: unknown): string {
  return `This is a bug in runpodboss: ${error instanceof Error ? error.stack : String(error)}`;
}

/** A pipe takes what was printed when its reader does: an exit before that would cut it off. */
async function untilTold(output: NodeJS.WriteStream, ending: AbortSignal): Promise<void> {
  if (output.writableLength === 0 || ending.aborted) return;
  await new Promise<void>((resolve) => {
    ending.addEventListener("abort", () => resolve());
    output.write("", () => resolve());
  });
}

/** Runs one command to its end and says what went wrong. Resolves to the exit code; never throws. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stdout, stderr, interrupted } = surroundings;
  let secrets: readonly string[] = [];
  let redact = createRedactor(secrets);
  let exitCode: number = exitCodes.done;
  const said = new Set<unknown>();
  const isJson = asksForJson(args);
  let misused = "runpodboss";
  const {
    env,
    program: itself,
    paces,
    screen,
    onStray,
    onHangup,
    openLogFile,
    openStderr,
    isJournal: toJournal,
  } = surroundings;
  const context: Context = {
    env,
    program: itself,
    paces,
    print: (text) => stdout.write(`${wrappedText(redact(text), columnsOf({ screen }))}\n`),
    printData: (text) => stdout.write(`${redact(text)}\n`),
    get stdin() {
      return surroundings.stdin;
    },
    stdout,
    stderr,
    openLogFile,
    openStderr,
    isJournal: toJournal,
    isJson,
    screen,
    interrupted,
    onStray,
    onHangup,
    sayWhy,
    hide: (more) => {
      secrets = [...new Set([...secrets, ...more])];
      redact = createRedactor(secrets);
    },
    redact: (text) => redact(text),
  };
  const program = createProgram(context, (code) => {
    exitCode = code;
  });
  program.hook("preAction", (_program, command) => {
    if (command.name() !== "watch") surroundings.endOnHangup();
  });
  for (const [name, each] of namedBelow(program, "")) {
    if (goOnUnread.includes(name)) each.hook("preAction", () => surroundings.goOnUnread());
    if (endUnread.includes(name)) each.hook("preAction", () => surroundings.endUnread());
    each
      .exitOverride()
      .showHelpAfterError(`Then try: ${name} --help`)
      .configureOutput({
        writeOut: (text) => void stdout.write(wrappedText(text, columnsOf({ screen }))),
        writeErr: (text) => {
          misused = name;
          if (!isJson) stderr.write(wrappedText(text, errorColumns(stderr)));
        },
      });
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    return report(error);
  }

  function report(error: unknown): number {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return exitCodes.done;
      if (isJson) stderr.write(errorLine(misuse(error, misused)));
      return exitCodes.refused;
    }
    if (interrupted.aborted) return exitCodes.interrupted;
    sayWhy(error);
    return error instanceof UserError ? error.exitCode : exitCodes.bug;
  }

  /** Prints it once and in words; a stack only for a bug of ours. */
  function sayWhy(error: unknown): void {
    if (interrupted.aborted || said.has(error)) return;
    said.add(error);
    const isTold = error instanceof UserError;
    const message = isTold ? error.message : bugWords(error);
    const hint = isTold && error.hint !== undefined ? hintFor(program, error.hint) : undefined;
    if (isJson) {
      const clean = { message: redact(message), hint: hint && redact(hint) };
      stderr.write(errorLine({ ...clean, exitCode: isTold ? error.exitCode : exitCodes.bug }));
      return;
    }
    for (const text of [message, ...(hint === undefined ? [] : [hint])]) {
      const clean = wrappedText(escapeHidden(redact(text)), errorColumns(stderr));
      stderr.write(`${toJournal ? journalErrors(clean) : clean}\n`);
    }
  }
}

/** What commander says of the words that were typed, for programs. */
function misuse({ message }: CommanderError, name: string): SaidError {
  return {
    message: message.replace(/^error: /, ""),
    hint: `Then try: ${name} --help`,
    exitCode: exitCodes.refused,
  };
}
