import { oneLine } from "#control-characters.ts";
import type { Ran, Runner } from "#ports.ts";

/** Talks to systemd. Nothing here throws, and nothing waits for it. */
export interface SystemdNotify {
  /** How often to call `alive`: half of systemd's limit. Undefined without a watchdog. */
  readonly watchdogMs: number | undefined;
  /** Started. */
  ready(status: string): void;
  alive(status: string): void;
  /** To be followed by `reloaded`, also when the new config is refused. Neither is said before `ready`. */
  reloading(): void;
  /** Why the new config is refused stands in every status from then on, until one is taken. */
  reloaded(refused: string | undefined): void;
  stopping(): void;
  /** Resolves when every message was sent or has failed, within some seconds. */
  idle(): Promise<void>;
}

export interface SupervisorOptions {
  /** The protocol's variables are taken out of it: what we call must not speak in our name. */
  readonly env: NodeJS.ProcessEnv;
  readonly runner: Runner;
  /** Called once, and again only after a message got through. */
  readonly onTrouble: (because: string) => void;
}

const program = "systemd-notify";
const timeLimitMs = 5_000;
/** A lost READY or WATCHDOG would get a sound guard killed. */
const triesAtMost = 2;
/** The service manager reads at most 4,096 bytes. */
const longestStatus = 500;
const usPerMs = 1_000;

/**
 * systemd's notify protocol, spoken through its own program, as Node has no datagram sockets. The
 * message comes from a child then, so that the unit needs `NotifyAccess=all`. Silent without a socket.
 */
export function createSystemdNotify({ env, runner, onTrouble }: SupervisorOptions): SystemdNotify {
  const socket = env["NOTIFY_SOCKET"];
  const watchdogMs = socket ? watchdogOf(env) : undefined;
  delete env["NOTIFY_SOCKET"];
  delete env["WATCHDOG_USEC"];
  delete env["WATCHDOG_PID"];

  const never = new AbortController().signal;
  /** Of a kind only the latest waits: more calls than can be sent do not pile up. */
  const waiting = new Map<string, readonly string[]>();
  let sending: Promise<void> | undefined;
  let isTold = false;

  function say(kind: string, ...message: readonly string[]): void {
    if (!socket) return;
    waiting.delete(kind);
    waiting.set(kind, message);
    sending ??= sendAll(socket);
  }

  async function sendAll(to: string): Promise<void> {
    for (let next = first(waiting); next !== undefined; next = first(waiting)) {
      waiting.delete(next[0]);
      await send(to, next[1]);
    }
    sending = undefined;
  }

  async function send(to: string, message: readonly string[]): Promise<void> {
    let because: string | undefined;
    for (let tries = 0; tries < triesAtMost; tries++) {
      // It waits until the message was read: that of a child that has ended already is dropped.
      const command = { argv: [program, ...message], env: { NOTIFY_SOCKET: to }, timeLimitMs };
      because = whyFailed(await runner.run(command, never));
      if (because === undefined) {
        isTold = false;
        return;
      }
    }
    if (because === undefined || isTold) return;
    isTold = true;
    onTrouble(because);
  }

  let isReady = false;
  let lastStatus = "starting";
  let refused: string | undefined;

  function ready(): void {
    isReady = true;
    // A launcher (a shell, a version manager) may be the main process: signals are meant for us.
    say("ready", `--pid=${process.pid}`, "READY=1", statusLine(lastStatus, refused));
  }

  return {
    watchdogMs,
    ready(status) {
      lastStatus = status;
      ready();
    },
    alive(status) {
      lastStatus = status;
      if (watchdogMs === undefined) say("alive", statusLine(status, refused));
      else say("alive", "WATCHDOG=1", statusLine(status, refused));
    },
    // Type=notify-reload does without a reload that gives no time of its own.
    reloading() {
      if (isReady) say("reloading", "RELOADING=1", `MONOTONIC_USEC=${monotonicUs()}`);
    },
    reloaded(because) {
      refused = because;
      if (isReady) ready();
    },
    stopping: () => say("stopping", "STOPPING=1"),
    idle: () => sending ?? Promise.resolve(),
  };
}

function watchdogOf(env: NodeJS.ProcessEnv): number | undefined {
  const pid = env["WATCHDOG_PID"];
  if (pid && pid !== String(process.pid)) return undefined;
  const halfMs = Math.floor(Number(env["WATCHDOG_USEC"]) / usPerMs / 2);
  return halfMs > 0 && Number.isFinite(halfMs) ? halfMs : undefined;
}

/** On one line: every line of a message is an assignment of its own. */
function statusLine(status: string, refused: string | undefined): string {
  const words = refused === undefined ? status : `${status}; ${refused}`;
  return `STATUS=${oneLine(words).slice(0, longestStatus)}`;
}

/** By CLOCK_MONOTONIC, as the protocol has it. */
function monotonicUs(): bigint {
  return process.hrtime.bigint() / 1_000n;
}

function first<K, V>(map: ReadonlyMap<K, V>): readonly [K, V] | undefined {
  return map.entries().next().value;
}

function whyFailed(ran: Ran): string | undefined {
  switch (ran.kind) {
    case "exited":
      return ran.code === 0 ? undefined : withTail(`${program} exited with ${ran.code}`, ran.tail);
    case "signalled":
      return withTail(`${program} was ended by ${ran.by}`, ran.tail);
    case "timed-out":
      return withTail(`${program} took over ${timeLimitMs / 1_000} s`, ran.tail);
    case "interrupted":
      return `${program} was interrupted`;
    case "not-started":
      return ran.because;
  }
}

function withTail(what: string, tail: string): string {
  const words = tail.trim();
  return words === "" ? what : `${what}: ${words}`;
}
