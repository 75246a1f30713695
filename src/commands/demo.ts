import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Settings } from "../config/settings.ts";
import { createSupervisor } from "../daemon/supervisor.ts";
import { watch } from "../daemon/watch.ts";
import { createRunner } from "../effects/process.ts";
import { exitCodes } from "../errors.ts";
import { usd } from "../guard/money.ts";
import type { Clock } from "../ports.ts";
import { startSimulator, type Simulator } from "../simulator/server.ts";
import { liveOf, watchDepsOf } from "../wiring.ts";
import type { Context } from "./context.ts";
import { storyLog } from "./story.ts";

/** Simulated milliseconds to a real one: six minutes a second. */
const speed = 360;
/** Once it gets tight, so that the agent is in time on a busy machine too. */
const slowSpeed = 60;
const slowBelowUsd = 1;
const apiKey = "demo";
const startBalanceUsd = 12;
const topUpUsd = 25;

const idle = { cpuPercent: 1, memoryPercent: 4, gpuPercents: [0] };
const pods = [
  { id: "a1", name: "llama-70b-qlora", costPerHrUsd: 5.96 },
  { id: "b2", name: "sdxl-notebook", costPerHrUsd: 0.69, networkVolumeId: "vol1" },
  { id: "c3", name: "eval-sweep-of-yesterday", costPerHrUsd: 1.49, telemetry: idle },
] as const;

/** The main job in half a minute: the real watch loop against a simulated account on loopback. */
export async function demo({ env, print, interrupted }: Context): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "runpodboss-demo-"));
  const time = createFastTime();
  const { nowMs } = time;
  const simulator = await startSimulator({ apiKey, nowMs, balanceUsd: startBalanceUsd, pods });
  const ending = new AbortController();
  const end = (): void => ending.abort();
  interrupted.addEventListener("abort", end);
  try {
    const tell = tellerOf(simulator, print);
    introduce(print);
    const clock = fastClock(time);
    const runner = createRunner();
    const deps = await watchDepsOf({
      live: liveOf(settingsFor(simulator, folder), clock),
      log: storyLog(tell),
      once: false,
      clock,
      runner,
      env,
      supervisor: createSupervisor({ env: {}, runner, onTrouble: tell }),
    });
    const watching = watch(deps, ending.signal);
    await playOut(simulator, time, tell, ending.signal);
    end();
    await watching;
    if (interrupted.aborted) return exitCodes.interrupted;
    summarize(simulator, print);
    return exitCodes.done;
  } finally {
    interrupted.removeEventListener("abort", end);
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function introduce(print: Context["print"]): void {
  print(`A simulated RunPod account with ${usd(startBalanceUsd, 2)} and three pods, and the real watch loop.
One second here is six minutes there, and one minute below ${usd(slowBelowUsd, 2)}. Nothing leaves this machine.
`);
}

/** The account's own time, so that a poll, a backstop and a bill mean there what they mean here. */
function fastClock({ nowMs }: FastTime): Clock {
  return {
    nowMs,
    async sleepUntil(untilMs, signal) {
      // In short waits: the speed may change. What ends the demo ends the wait.
      while (nowMs() < untilMs && !signal.aborted) await sleep(20);
    },
  };
}

interface FastTime {
  readonly nowMs: () => number;
  run(speed: number): void;
}

/** Time that begins now and runs at a speed that can be changed. */
function createFastTime(): FastTime {
  let since = { realMs: performance.now(), ms: Date.now(), speed };
  const nowMs = () => since.ms + (performance.now() - since.realMs) * since.speed;
  return {
    nowMs,
    run(nextSpeed) {
      since = { realMs: performance.now(), ms: nowMs(), speed: nextSpeed };
    },
  };
}

/** Waits until the guard has had every pod stopped, tops the account up, and lets it re-arm. */
async function playOut(
  { account }: Simulator,
  time: FastTime,
  tell: (line: string) => void,
  ending: AbortSignal,
): Promise<void> {
  const isOver = () => account.burnPerHrUsd() === 0;
  for (let n = 0; n < 600 && !isOver() && !ending.aborted; n += 1) {
    if (account.balanceUsd() < slowBelowUsd) time.run(slowSpeed);
    await sleep(100);
  }
  time.run(speed);
  await sleep(1_500);
  if (ending.aborted) return;
  account.topUp(topUpUsd);
  tell(`  ++ the owner wakes up, reads the notices, and pays in ${usd(topUpUsd, 2)}`);
  await sleep(2_000);
}

/** Every line with the time on the simulated account's clock, as hours and minutes. */
function tellerOf({ account }: Simulator, print: Context["print"]): (line: string) => void {
  const startedAtMs = account.nowMs();
  let lastLook = "";
  return (line) => {
    const isLook = line.startsWith("balance");
    const minutes = Math.floor((account.nowMs() - startedAtMs) / 60_000);
    const clock = `${pad(minutes / 60)}:${pad(minutes % 60)}`;
    // Looks come faster than anyone reads: one in ten minutes is told.
    if (isLook && lastLook.slice(0, 4) === clock.slice(0, 4)) return;
    if (isLook) lastLook = clock;
    print(`${clock}  ${line}`);
  };
}

function pad(number: number): string {
  return String(Math.floor(number)).padStart(2, "0");
}

function summarize({ account }: Simulator, print: Context["print"]): void {
  const burn = pods.reduce((sum, { costPerHrUsd }) => sum + costPerHrUsd, 0);
  const spent = account.spentUsd();
  const left = startBalanceUsd - spent;
  const lost = account.ended().filter(({ dataLost }) => dataLost).length;
  print(`
Spent ${usd(spent, 2)} of ${usd(startBalanceUsd, 2)}; ${usd(left, 2)} was left when the last pod stopped; ${lost} pods lost their data.
Nobody looking: ${usd(burn, 2)}/hr until ${usd(0, 2)} after ${(startBalanceUsd / burn).toFixed(1)} hours, and then the two pods
without a network volume are destroyed with all that is on them.
Next: runpodboss init`);
}

function settingsFor(simulator: Simulator, folder: string): Settings {
  const agent = fileURLToPath(new URL("stand-in-agent.js", import.meta.url));
  const notifyCommand = ["echo", "{message}"];
  const backstop = { action: "stop", afterMs: 120_000 } as const;
  return {
    configPath: "",
    apiKey,
    runpodUrl: simulator.url,
    pollIntervalMs: 90_000,
    maxRuntimeMs: Infinity,
    stateFile: join(folder, "state.json"),
    logFile: join(folder, "log"),
    claudeCommand: [process.execPath, agent, simulator.url, apiKey],
    claudeTimeoutMs: 20_000,
    claudeAttempts: 1,
    agentPermissions: "inherit",
    agentMaxTurns: 1,
    agentMaxBudgetUsd: 1,
    notifyCommand,
    notifyTimeoutMs: 5_000,
    blindAfterMs: 300_000,
    protect: [],
    thresholds: [
      { name: "warning", belowUsd: 10, prompt: "stop what idles", backstop: undefined },
      { name: "critical", belowUsd: 2, prompt: "keep the most important", backstop: undefined },
      { name: "emergency", belowUsd: 1, prompt: "say that all is well", backstop },
    ].map((threshold) => ({ ...threshold, notifyCommand })),
    dryRun: false,
    warnings: [],
  };
}
