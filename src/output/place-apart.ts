import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Socket } from "node:net";
import { wordsOf } from "#errors.ts";
import { createBacklog, type BacklogLimits } from "./backlog.ts";
import { silentLimitMs, type Place, type PlaceHooks } from "./place.ts";
import { createStall } from "./stall.ts";
import type { Report } from "./read-lines.ts";

/** Where lines go that a process apart writes: a path, or an output of this process. */
export type Target = { readonly path: string } | { readonly fd: number };

export interface ApartOptions extends BacklogLimits {
  /** Starts the writer; the target is added to it. */
  readonly argv: readonly string[];
  readonly limitMs?: number;
  readonly restartMs?: number;
}

interface Writer {
  readonly child: ChildProcess;
  readonly input: Socket;
}

/** What is on its way to the writer; the rest waits here, so that the oldest can be dropped. */
const onTheWayLetters = 65_536;
const longestRestartMs = 60_000;

/**
 * Lines that another process writes. A disk may hold whoever writes to it for ever, so that not even
 * SIGKILL ends it: that must not be this process, nor a thread of it. What the writer was given it
 * writes also after this process was killed.
 */
export function createPlaceApart(
  target: Target,
  hooks: PlaceHooks,
  { argv, limitMs = silentLimitMs, restartMs = 1_000, ...limits }: ApartOptions,
): Place {
  const backlog = createBacklog(hooks.lostLine, limits);
  const onTheWay: string[] = [];
  let letters = 0;
  let writer: Writer | undefined;
  let nextRestartMs = restartMs;
  let restart: NodeJS.Timeout | undefined;
  let whenDone: (() => void) | undefined;
  let isFinishing = false;

  const stall = createStall(limitMs, hooks.onFault);

  function pump(): void {
    if (writer === undefined) return restart === undefined ? begin() : undefined;
    while (letters < onTheWayLetters) {
      const line = backlog.next();
      if (line === undefined) break;
      onTheWay.push(line);
      letters += line.length;
      writer.input.write(line);
    }
    if (onTheWay.length > 0) stall.waits();
  }

  function begin(): void {
    let child: ChildProcess;
    try {
      child = start(argv, target);
    } catch (error) {
      return over(wordsOf(error));
    }
    let because: string | undefined;
    child.once("error", (error) => over((because = error.message)));
    child.once("close", (code, signal) => {
      if (because === undefined) over(`the process that writes it ended (${signal ?? code})`);
    });
    if (child.pid === undefined || child.stdin === null || child.stdout === null) return;
    const input = child.stdin as Socket;
    // How it ended is told by its end.
    input.on("error", () => undefined);
    createInterface({ input: child.stdout }).on("line", heard);
    // None of it keeps this process running.
    child.unref();
    input.unref();
    (child.stdout as Socket).unref();
    writer = { child, input };
    pump();
  }

  function over(because: string): void {
    writer = undefined;
    backlog.putBack(onTheWay.splice(0));
    letters = 0;
    if (isFinishing && backlog.isEmpty()) return whenDone?.();
    hooks.onFault(because);
    restart = setTimeout(() => {
      restart = undefined;
      if (!backlog.isEmpty()) begin();
    }, nextRestartMs).unref();
    nextRestartMs = Math.min(nextRestartMs * 2, longestRestartMs);
  }

  function heard(line: string): void {
    const { lines, fault, setAside } = JSON.parse(line) as Report;
    if (setAside !== undefined) return hooks.onSetAside?.(setAside);
    for (const written of onTheWay.splice(0, lines)) letters -= written.length;
    nextRestartMs = restartMs;
    stall.moved(onTheWay.length > 0);
    if (fault === undefined) hooks.onSound();
    else hooks.onFault(fault);
    pump();
    if (isFinishing) endWhenDone();
  }

  /** At its end of input the writer ends, which is how we know that all is written. */
  function endWhenDone(): void {
    if (onTheWay.length === 0 && backlog.isEmpty()) writer?.input.end();
  }

  return {
    write(line) {
      backlog.add(line);
      pump();
    },
    finish: (atMostMs) =>
      new Promise((resolve) => {
        isFinishing = true;
        if (writer === undefined && backlog.isEmpty()) return resolve();
        const limit = setTimeout(resolve, atMostMs);
        whenDone = () => {
          clearTimeout(limit);
          resolve();
        };
        endWhenDone();
      }),
  };
}

function start([program = "", ...args]: readonly string[], target: Target): ChildProcess {
  const isPath = "path" in target;
  return spawn(program, isPath ? [...args, target.path] : args, {
    stdio: ["pipe", "pipe", "ignore", ...(isPath ? [] : [target.fd])],
    // Out of reach of Ctrl-C: it ends when we do, and after the last line.
    detached: true,
    // It needs no secret, and keeps no folder busy.
    env: {},
    cwd: "/",
  });
}
