import { minuteMs } from "#guard/model/time.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Settings } from "#config/settings.ts";
import { createSystemdNotify } from "#daemon/systemd-notify.ts";
import { watch } from "#daemon/watch.ts";
import { createRunner } from "#process/runner.ts";
import { exitCodes } from "#errors.ts";
import type { Log } from "#log.ts";
import type { Runner } from "#ports.ts";
import type { NewPod } from "#simulator/pod.ts";
import type { SimulatedAccount } from "#simulator/account.ts";
import { startSimulator } from "#simulator/server.ts";
import { liveOf } from "#wiring/live.ts";
import { watchDepsOf } from "#wiring/daemon.ts";
import type { Context } from "#terminal/context.ts";
import { type FastTime, fastClock } from "./fast-clock.ts";
import { storyLog } from "./story-log.ts";

export const sceneKey = "demo";

export type DemoApi = "graphql" | "rest";

export interface Stage {
  readonly account: SimulatedAccount;
  /** Whether the guard waits for a program that it has started. */
  readonly isAtWork: () => boolean;
  /** How often the guard has seen the account. */
  readonly looks: () => number;
  readonly stateFile: string;
}

/** A simulated account, what the guard is to do with it, and what happens to it. */
export interface Scene {
  /** Over which of the account's two interfaces the guard watches it. */
  readonly api: DemoApi;
  readonly time: FastTime;
  readonly balanceUsd: number;
  readonly pods: readonly NewPod[];
  /** Changes to settings that notify, call and stop nothing. */
  readonly settings: (plain: Settings) => Settings;
  /** Prints what the guard does. */
  readonly tell: (line: string) => void;
  /** While the guard watches. Must return soon when aborted. */
  readonly during: (stage: Stage, ending: AbortSignal) => Promise<void>;
  /** After the guard has stopped watching, unless interrupted. */
  readonly after: (stage: Stage) => Promise<void> | void;
}

/** Lets the real watch loop watch a simulated account on loopback, and leaves nothing behind. */
export async function playScene(
  scene: Scene,
  { env, program, paces, interrupted }: Context,
): Promise<number> {
  const { time, tell } = scene;
  const folder = await mkdtemp(join(tmpdir(), "runpodboss-demo-"));
  const { balanceUsd, pods } = scene;
  const simulator = await startSimulator({
    apiKey: sceneKey,
    nowMs: time.nowMs,
    balanceUsd,
    pods,
  });
  const ending = new AbortController();
  const end = (): void => {
    // A disk does not run faster because the time does: the end has the time that it has.
    time.run(1);
    ending.abort();
  };
  interrupted.addEventListener("abort", end);
  if (interrupted.aborted) end();
  try {
    const clock = fastClock(time);
    const { runner, isAtWork } = noting(createRunner(paces.programEnd));
    const { log, looks } = counting(storyLog(tell));
    const settings = scene.settings({
      ...plainSettings(folder),
      api: scene.api,
      runpodUrl: simulator.url,
      restUrl: scene.api === "rest" ? simulator.restUrl : undefined,
    });
    const deps = await watchDepsOf({
      live: liveOf(settings, clock, paces),
      log,
      once: false,
      clock,
      runner,
      env,
      program,
      interrupted,
      paces,
      systemd: createSystemdNotify({ env: {}, runner, onTrouble: tell }),
    });
    const watching = watch(deps, ending.signal);
    watching.catch(end);
    const { account } = simulator;
    const stage = { account, isAtWork, looks, stateFile: settings.stateFile };
    await scene.during(stage, ending.signal);
    end();
    await watching;
    if (interrupted.aborted) return exitCodes.interrupted;
    await scene.after(stage);
    return exitCodes.done;
  } finally {
    interrupted.removeEventListener("abort", end);
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function noting(runner: Runner): { readonly runner: Runner; readonly isAtWork: () => boolean } {
  let running = 0;
  return {
    isAtWork: () => running > 0,
    runner: {
      async run(command, signal) {
        running += 1;
        try {
          return await runner.run(command, signal);
        } finally {
          running -= 1;
        }
      },
    },
  };
}

function counting(log: Log): { readonly log: Log; readonly looks: () => number } {
  let looks = 0;
  return {
    looks: () => looks,
    log: {
      ...log,
      info(fields, message) {
        if (message === "polled") looks += 1;
        log.info(fields, message);
      },
    },
  };
}

function plainSettings(folder: string): Omit<Settings, "api" | "runpodUrl" | "restUrl"> {
  return {
    configPath: "",
    apiKey: sceneKey,
    apiKeyFrom: "the demo",
    apiKeyNames: [],
    secrets: [],
    pollIntervalMs: minuteMs,
    maxRuntimeMs: Infinity,
    stateFile: join(folder, "state.json"),
    logFile: join(folder, "log"),
    claudeCommand: [],
    claudeTimeoutMs: 20_000,
    claudeAttempts: 1,
    agentPermissions: "inherit",
    agentMaxTurns: 1,
    agentMaxBudgetUsd: 1,
    notifyCommand: [],
    notifyTimeoutMs: 5_000,
    channels: [],
    blindAfterMs: 300_000,
    protect: [],
    thresholds: [],
    guards: { warnMs: 0, maxEndsPerHour: 20, beforeStopCommand: [], beforeStopTimeoutMs: 5_000 },
    budgets: [],
    schedules: [],
    poll: "fixed",
    historyDays: 90,
    dryRun: false,
    warnings: [],
  };
}
