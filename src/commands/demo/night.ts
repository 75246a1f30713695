import { minuteMs } from "#guard/model/time.ts";
import { setTimeout as sleep } from "node:timers/promises";
import type { Settings } from "#config/settings.ts";
import { perHour, podWords, spanWords, usd } from "#guard/text.ts";
import type { SimulatedAccount } from "#simulator/account.ts";
import { startSimulator } from "#simulator/server.ts";
import { readHistory } from "#store/history/history-reading.ts";
import { historyFileOf } from "#store/paths.ts";
import type { Context } from "#terminal/context.ts";
import { createFastTime, type FastTime } from "./fast-clock.ts";
import { billLines, type NightBill } from "./night-bill.ts";
import { type DemoApi, playScene, sceneKey, type Stage } from "./scene.ts";
import { tellerOf } from "./teller.ts";

/** Simulated milliseconds to a real one: an hour a second, and six minutes once the pod idles. */
const trainingSpeed = 3_600;
const idleSpeed = 360;
/** Once its end is proven and notified, nothing more happens to a pod that is off. */
const offMs = 5 * minuteMs;
const stepMs = 20;
/** A machine too busy to poll in time makes the night longer, and must not make the guard blind. */
const longestStrideMs = 2 * minuteMs;
const balanceUsd = 40;

const busy = { cpuPercent: 60, memoryPercent: 70, gpuPercents: [97] };
const idle = { cpuPercent: 1, memoryPercent: 70, gpuPercents: [0] };
const trainer = { id: "t1", name: "qlora-70b", costPerHrUsd: 1.49, telemetry: busy } as const;
const named = podWords(trainer);

const nights = [nightOn(16), nightOn(17)] as const;

function nightOn(day: number) {
  const at = (hour: number, minute: number) => Date.UTC(2026, 4, day, hour, minute);
  return {
    beginsAtMs: at(8, 50),
    scriptDiesAtMs: at(12, 30),
    trainedAtMs: at(13, 32),
    wakesAtMs: at(20, 56),
  };
}

/** Lets time pass until then. */
type Go = (untilMs: number) => Promise<void>;
type Tell = (line: string) => void;

/** The night that led to this program, twice: without and with the guard, and both bills. */
export async function night(api: DemoApi, context: Context): Promise<number> {
  const { print } = context;
  introduce(print);
  const without = await nobodyLooks(print);
  const time = createFastTime(nights[0].beginsAtMs, 0);
  const tell = tellerFor(time, print);
  let withGuard: readonly NightBill[] = [];
  print(`
With the guard: guards.idle stops a pod that is idle for 30 minutes, and warns 15 minutes before.
One second here is an hour there, or six minutes while the pod is idle.`);
  return playScene(
    {
      api,
      time,
      balanceUsd,
      pods: [trainer],
      settings: settingsFrom,
      tell,
      async during({ account }, ending) {
        const go: Go = (untilMs) => pass(time, account, untilMs, ending);
        withGuard = await playNights(account, go, tell, print, ending);
      },
      after: (stage) => summarize(stage, without, withGuard, print),
    },
    context,
  );
}

function introduce(print: Context["print"]): void {
  print(`A pod at ${perHour(trainer.costPerHrUsd)} trains from 08:50 to 13:32 (UTC; its owner is asleep). A script should stop
it then, but crashes an hour before, and nobody notices. Two such nights on a simulated account,
without and with the guard: the real watch loop. Nothing leaves this machine.`);
}

/** The account without a guard: only its owner looks, in the morning. */
async function nobodyLooks(print: Context["print"]): Promise<readonly NightBill[]> {
  print(`
Without the guard:`);
  const time = createFastTime(nights[0].beginsAtMs, 0);
  const { nowMs, jumpTo } = time;
  const simulator = await startSimulator({ apiKey: sceneKey, nowMs, balanceUsd, pods: [trainer] });
  try {
    const go: Go = (untilMs) => Promise.resolve(jumpTo(untilMs));
    const never = new AbortController().signal;
    return await playNights(simulator.account, go, tellerFor(time, print), print, never);
  } finally {
    await simulator.close();
  }
}

/** Fast while the pod trains, slower while it is idle so that it can be followed, and past the rest once it is off. */
async function pass(
  time: FastTime,
  account: SimulatedAccount,
  untilMs: number,
  ending: AbortSignal,
): Promise<void> {
  while (time.nowMs() < untilMs && !ending.aborted) {
    const pod = account.pod(trainer.id);
    const isOff = pod?.status !== "RUNNING";
    if (isOff && time.nowMs() - (pod?.statusChangedAtMs ?? 0) > offMs) time.jumpTo(untilMs);
    else {
      const speed = isOff || pod.telemetry === idle ? idleSpeed : trainingSpeed;
      time.run(speed, Math.min(untilMs, time.nowMs() + longestStrideMs));
    }
    await sleep(stepMs);
  }
}

async function playNights(
  account: SimulatedAccount,
  go: Go,
  tell: Tell,
  print: Context["print"],
  ending: AbortSignal,
): Promise<readonly NightBill[]> {
  const bills: NightBill[] = [];
  for (const [n, at] of nights.entries()) {
    if (ending.aborted) break;
    print(`night ${n + 1}`);
    await go(at.beginsAtMs);
    bills.push(await playNight(account, at, go, tell, ending));
  }
  return bills;
}

/** What happens in a night, with or without a guard, and what it cost by the account. */
async function playNight(
  account: SimulatedAccount,
  at: (typeof nights)[number],
  go: Go,
  tell: Tell,
  ending: AbortSignal,
): Promise<NightBill> {
  const happen: Tell = (line) => {
    if (!ending.aborted) tell(`  -- ${line}`);
  };
  account.resumePod(trainer.id);
  account.setTelemetry(trainer.id, busy);
  const beganUsd = account.spentUsd();
  happen(`training starts on pod ${named}; its owner goes to bed`);

  await go(at.scriptDiesAtMs);
  happen("the script that should stop the pod crashes");

  await go(at.trainedAtMs);
  account.setTelemetry(trainer.id, idle);
  const trainedUsd = account.spentUsd();
  happen(`training is done and cost ${usd(trainedUsd - beganUsd)}; the pod is idle`);

  await go(at.wakesAtMs);
  const isOn = account.pod(trainer.id)?.status === "RUNNING";
  if (isOn) account.stopPod(trainer.id);
  const endedUsd = account.spentUsd();
  const idleMs = (account.ended().at(-1)?.atMs ?? at.wakesAtMs) - at.trainedAtMs;
  const idleUsd = endedUsd - trainedUsd;
  const how = isOn ? ", finds the pod running and stops it" : " and finds the pod stopped";
  happen(`its owner wakes up${how}: idle for ${spanWords(idleMs)}, which cost ${usd(idleUsd)}`);
  return { idleMs, idleUsd, totalUsd: endedUsd - beganUsd };
}

function tellerFor({ nowMs }: FastTime, print: Context["print"]): Tell {
  return tellerOf({ nowMs, zeroMs: 0, lookEveryMinutes: 60, print });
}

async function summarize(
  { stateFile }: Stage,
  without: readonly NightBill[],
  withGuard: readonly NightBill[],
  print: Context["print"],
): Promise<void> {
  const { records } = await readHistory(historyFileOf(stateFile), 0);
  const ends = records.flatMap(({ atMs, type, reason, run }) => {
    const at = new Date(atMs).toISOString().slice(0, 16).replace("T", " ");
    const { podId = "", uptimeMs = 0, costUsd = 0 } = run ?? {};
    return type === "stop" || type === "termination"
      ? [`${at}  ${type}  ${podId}  ${reason ?? ""}  after ${spanWords(uptimeMs)}  ${usd(costUsd)}`]
      : [];
  });
  print(`
From the history:
${ends.join("\n")}

${billLines(without, withGuard).join("\n")}

The config that init writes only notifies you of an idle pod. To stop it, set the action to "stop".
Next: runpodboss init`);
}

function settingsFrom(plain: Settings): Settings {
  return {
    ...plain,
    pollIntervalMs: 90_000,
    notifyCommand: ["echo", "{message}"],
    guards: {
      ...plain.guards,
      idle: {
        afterMs: 30 * minuteMs,
        gpuPercent: 5,
        cpuPercent: 10,
        gpuMemoryPercent: 10,
        bootGraceMs: 15 * minuteMs,
        hasProbes: false,
        action: "stop",
        pods: ["*"],
        prompt: "",
        activityCommand: [],
        activityMetrics: [],
      },
      warnMs: 15 * minuteMs,
      beforeStopCommand: ["echo", "adapter copied from pod {pod_id}"],
    },
  };
}
