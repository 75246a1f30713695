import { setMaxListeners } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { run } from "#main.ts";
import { createStreamPlace } from "#output/stream-place.ts";
import type { Context } from "#terminal/context.ts";
import { logFileHere } from "../output/log-file-here.ts";
import { createHeard, type Ended, type Running } from "./running.ts";

// What is asked for in `~` and has no place in a test's folder must touch nobody's files.
process.env["HOME"] = join(tmpdir(), "runpodboss-nobodys-home");

/** Runs what the executable runs, with all that it says, in this process: nobody sits at a terminal. */
export function inProcess(
  args: readonly string[],
  { env, paces, program }: Pick<Context, "env" | "paces" | "program">,
): Running {
  const { lines, stdout, said, onStdout, onStderr, end } = createHeard();
  const interrupting = new AbortController();
  setMaxListeners(0, interrupting.signal);
  const hangups: (() => void)[] = [];
  const stderr = stream(onStderr);
  const ended: Promise<Ended> = run(args, {
    env,
    paces,
    program,
    stdin: nobody(),
    stdout: stream(onStdout),
    stderr,
    openStderr: () => Promise.resolve((hooks) => createStreamPlace(stderr, hooks)),
    openLogFile: (path) => Promise.resolve(logFileHere(path).open),
    isJournal: false,
    screen: () => undefined,
    interrupted: interrupting.signal,
    onStray: () => undefined,
    onHangup: (listener) => hangups.push(listener),
    endOnHangup: () => undefined,
    goOnUnread: () => undefined,
    endUnread: () => undefined,
  }).then(end);
  return {
    pid: process.pid,
    lines,
    stdout,
    said,
    ended,
    signal(name) {
      if (name === "SIGINT" || name === "SIGTERM") interrupting.abort(name);
      else if (name === "SIGHUP") for (const listener of hangups) listener();
      else throw new Error(`${name} is for a process of its own`);
    },
  };
}

function stream(onText: (text: string) => void): NodeJS.WriteStream {
  const written = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      onText(text);
      done();
    },
  });
  return Object.assign(written, { isTTY: false }) as unknown as NodeJS.WriteStream;
}

function nobody(): NodeJS.ReadStream {
  const nothing = new PassThrough();
  nothing.end();
  return Object.assign(nothing, { isTTY: false }) as unknown as NodeJS.ReadStream;
}
