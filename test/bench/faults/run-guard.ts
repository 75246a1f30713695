import type { Settings } from "#config/settings.ts";
import type { SystemdNotify } from "#daemon/systemd-notify.ts";
import { watch } from "#daemon/watch.ts";
import { type Paces, realPaces } from "#paces.ts";
import { createRunner } from "#process/runner.ts";
import type { Log } from "#log.ts";
import type { Clock } from "#ports.ts";
import { ownProgram } from "#process/own-program.ts";
import { liveOf } from "#wiring/live.ts";
import { watchDepsOf } from "#wiring/daemon.ts";
import type { FastTime } from "./fast-clock.ts";

/** A line of the guard's log, with the simulated time. */
export interface Logged {
  readonly atMs: number;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface GuardJob {
  readonly settings: Settings;
  readonly time: FastTime;
}

/** What a guard in a process of its own is to do. */
export interface ApartJob extends GuardJob {
  /** Kills itself with -9 when it has decided to trip and has not saved it. */
  readonly diesAtTrip: boolean;
}

/** The real watch in its real wiring, on simulated time: what is limited in real time is scaled. */
export async function runGuard(
  { settings, time }: GuardJob,
  clock: Clock,
  onLog: (line: Logged) => void,
  signal: AbortSignal,
): Promise<void> {
  const { speed } = time;
  const scaled = {
    ...settings,
    claudeTimeoutMs: settings.claudeTimeoutMs / speed,
    notifyTimeoutMs: settings.notifyTimeoutMs / speed,
  };
  const { request, programEnd } = realPaces;
  const paces: Paces = {
    ...realPaces,
    request: { ...request, timeLimitMs: request.timeLimitMs / speed },
    programEnd: {
      termGraceMs: programEnd.termGraceMs / speed,
      abortGraceMs: programEnd.abortGraceMs / speed,
    },
  };
  const write = (fields: Logged["fields"], message: string): void =>
    onLog({ atMs: clock.nowMs(), message, fields });
  const log: Log = { debug: write, info: write, warn: write, error: write };
  const deps = await watchDepsOf({
    live: liveOf(scaled, clock, paces),
    log,
    once: false,
    clock,
    runner: createRunner(paces.programEnd),
    env: process.env,
    program: ownProgram(process),
    systemd: silent,
    paces,
  });
  await watch(deps, signal);
}

/** Nobody supervises. */
export const silent: SystemdNotify = {
  watchdogMs: undefined,
  ready: () => undefined,
  alive: () => undefined,
  reloading: () => undefined,
  reloaded: () => undefined,
  stopping: () => undefined,
  idle: () => Promise.resolve(),
};
