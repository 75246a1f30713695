import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Settings } from "#config/settings.ts";
import { minuteMs } from "#guard/model/time.ts";
import { perHour, usd } from "#guard/text.ts";
import type { Context } from "#terminal/context.ts";
import { createFastTime, type FastTime } from "./fast-clock.ts";
import { type DemoApi, playScene, type Stage } from "./scene.ts";
import { tellerOf } from "./teller.ts";

/** Simulated milliseconds to a real one: six minutes a second. */
const speed = 360;
/** Near the end, so that the agent is in time on a busy machine too. */
const slowSpeed = 60;
const slowBelowUsd = 1;
/** While a program is at work: starting one takes real time, and on a busy machine much of it. */
const workSpeed = 10;
const stepMs = 20;
/** A machine too busy to look in time makes the story longer, and not the guard blind. */
const longestStrideMs = 2 * minuteMs;
const startBalanceUsd = 12;
const topUpUsd = 25;

const idle = { cpuPercent: 1, memoryPercent: 4, gpuPercents: [0] };
const pods = [
  { id: "a1", name: "llama-70b-qlora", costPerHrUsd: 5.96 },
  { id: "b2", name: "sdxl-notebook", costPerHrUsd: 0.69, networkVolumeId: "vol1" },
  { id: "c3", name: "eval-sweep-of-yesterday", costPerHrUsd: 1.49, telemetry: idle },
] as const;

/** The main job in half a minute: the real watch loop against a simulated account on loopback. */
export function demo(api: DemoApi, context: Context): Promise<number> {
  const { print } = context;
  introduce(print);
  const startMs = Date.now();
  const time = createFastTime(startMs, speed);
  const { nowMs } = time;
  const tell = tellerOf({ nowMs, zeroMs: startMs, lookEveryMinutes: 10, print });
  return playScene(
    {
      api,
      time,
      balanceUsd: startBalanceUsd,
      pods,
      settings: settingsFrom,
      tell,
      during: (stage, ending) => playOut(stage, time, tell, ending),
      after: (stage) => summarize(stage, print),
    },
    context,
  );
}

function introduce(print: Context["print"]): void {
  print(`A simulated RunPod account with ${usd(startBalanceUsd)} and three pods, and the real watch loop.
One second here is six minutes there, or one minute once below ${usd(slowBelowUsd)}. Nothing leaves this machine.
`);
}

/** Waits until the guard has had every pod stopped, tops the account up, and lets it re-arm. */
async function playOut(
  stage: Stage,
  time: FastTime,
  tell: (line: string) => void,
  ending: AbortSignal,
): Promise<void> {
  const { account } = stage;
  await pass(stage, time, ending, () => account.burnPerHrUsd() === 0);
  await passLooks(stage, time, ending, 1_500);
  if (ending.aborted) return;
  account.topUp(topUpUsd);
  tell(`  ++ the owner wakes up, reads the notifications and adds ${usd(topUpUsd)}`);
  await passLooks(stage, time, ending, 2_000);
}

/** Lets time pass until then, as quickly as one can follow. */
async function pass(
  { account, isAtWork }: Stage,
  time: FastTime,
  ending: AbortSignal,
  isOver: () => boolean,
): Promise<void> {
  while (!isOver() && !ending.aborted) {
    const isTight = account.burnPerHrUsd() > 0 && account.balanceUsd() < slowBelowUsd;
    const speedNow = isAtWork() ? workSpeed : isTight ? slowSpeed : speed;
    time.run(speedNow, time.nowMs() + longestStrideMs);
    await sleep(stepMs);
  }
}

/** For as long as it takes to read, and until the guard has seen what there is and told of it. */
async function passLooks(
  stage: Stage,
  time: FastTime,
  ending: AbortSignal,
  readingMs: number,
): Promise<void> {
  const untilMs = performance.now() + readingMs;
  const looks = stage.looks() + 2;
  const isSeen = () => stage.looks() >= looks && !stage.isAtWork();
  await pass(stage, time, ending, () => performance.now() >= untilMs && isSeen());
}

function summarize({ account }: Stage, print: Context["print"]): void {
  const burn = pods.reduce((sum, { costPerHrUsd }) => sum + costPerHrUsd, 0);
  const spent = account.spentUsd();
  const left = startBalanceUsd - spent;
  const lost = account.ended().filter(({ dataLost }) => dataLost).length;
  print(`
Spent ${usd(spent)} of ${usd(startBalanceUsd)}; ${usd(left)} was left when the last pod stopped; ${lost} pods lost their data.
Without a guard: ${perHour(burn)} until ${usd(0)} after ${(startBalanceUsd / burn).toFixed(1)} hours. Then RunPod deletes the two pods
without a network volume, with all their data.
Next: runpodboss init`);
}

function settingsFrom(plain: Settings): Settings {
  const agent = fileURLToPath(new URL("stand-in-agent.mjs", import.meta.url));
  const notifyCommand = ["echo", "{message}"];
  const backstop = { action: "stop", afterMs: 120_000 } as const;
  return {
    ...plain,
    pollIntervalMs: 90_000,
    claudeCommand: [process.execPath, agent, plain.restUrl ?? plain.runpodUrl, plain.apiKey],
    notifyCommand,
    thresholds: [
      { name: "warning", belowUsd: 10, prompt: "stop what idles", backstop: undefined },
      { name: "critical", belowUsd: 2, prompt: "keep the most important", backstop: undefined },
      { name: "emergency", belowUsd: 1, prompt: "say that all is well", backstop },
    ].map((threshold) => ({ ...threshold, notifyCommand })),
  };
}
