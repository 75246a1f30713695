import { minuteMs } from "#guard/model/time.ts";
import { setTimeout as sleep } from "node:timers/promises";
import type { Settings } from "#config/settings.ts";
import { spanWords, usd } from "#guard/text.ts";
import type { SimulatedAccount } from "#simulator/account.ts";
import { startSimulator } from "#simulator/server.ts";
import { readHistory } from "#store/history-reading.ts";
import { historyFileOf } from "#store/paths.ts";
import type { Context } from "#terminal/context.ts";
import { createFastTime, type FastTime } from "./fast-clock.ts";
import { billLines, type NightBill } from "./night-bill.ts";
import { playScene, sceneKey, type Stage } from "./scene.ts";
import { tellerOf } from "./teller.ts";

/** Simulated milliseconds to a real one: an hour a second, and six minutes once the pod idles. */
const trainingSpeed = 3_600;
const idleSpeed = 360;
/** After its end is proven and told, nothing more happens to a pod that is off. */
const offMs = 5 * minuteMs;
const stepMs = 20;
/** A machine too busy to look in time makes the night longer, and not the guard blind. */
const longestStrideMs = 2 * minuteMs;
const balanceUsd = 40;

const busy = { cpuPercent: 60, memoryPercent: 70, gpuPercents: [97] };
const idle = { cpuPercent: 1, memoryPercent: 70, gpuPercents: [0] };
const trainer = { id: "t1", name: "qlora-70b", costPerHrUsd: 1.49, telemetry: busy } as const;
const named = `${trainer.id} (${trainer.name})`;

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

/** The night that this program was written after, twice: without and with the guard, and both bills. */
export async function night(context: Context): Promise<number> {
  const { print } = context;
  introduce(print);
  const without = await nobodyLooks(print);
  const time = createFastTime(nights[0].beginsAtMs, 0);
  const tell = tellerFor(time, print);
  let withGuard: readonly NightBill[] = [];
  print(`
With the guard: guards.idle stops what idles for 30 minutes, and says so 15 minutes before.
One second here is an hour there, and six minutes while the pod idles.`);
  return playScene(
    {
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
  print(`A pod at ${usd(trainer.costPerHrUsd, 2)}/hr trains from 08:50 to 13:32 (UTC; its owner is asleep). A script is to stop it
then, but dies an hour before, without a word. Two such nights on a simulated account, without
the guard and with it: the real watch loop. Nothing leaves this machine.`);
}

/** The account as it is, with nobody looking at it but its owner in the morning. */
async function nobodyLooks(print: Context["print"]): Promise<readonly NightBill[]> {
  print(`
Without the guard: nobody looks.`);
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

/** For one who watches: quickly while it trains, so that one can follow while it idles, not at all once it is off. */
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

/** What happens, with and without a guard, and what the account says that it cost. */
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
  happen(`the training begins on ${named}; its owner goes to bed`);

  await go(at.scriptDiesAtMs);
  happen("the script that is to stop the pod dies");

  await go(at.trainedAtMs);
  account.setTelemetry(trainer.id, idle);
  const trainedUsd = account.spentUsd();
  happen(`the training ends, for ${usd(trainedUsd - beganUsd, 2)}; the pod idles`);

  await go(at.wakesAtMs);
  const isOn = account.pod(trainer.id)?.status === "RUNNING";
  if (isOn) account.stopPod(trainer.id);
  const endedUsd = account.spentUsd();
  const idleMs = (account.ended().at(-1)?.atMs ?? at.wakesAtMs) - at.trainedAtMs;
  const idleUsd = endedUsd - trainedUsd;
  const how = isOn ? ", finds it running and stops it" : " and finds it off";
  happen(`its owner wakes up${how}: idle for ${spanWords(idleMs)}, for ${usd(idleUsd, 2)}`);
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
      ? [
          `${at}  ${type}  ${podId}  ${reason ?? ""}  after ${spanWords(uptimeMs)}  ${usd(costUsd, 2)}`,
        ]
      : [];
  });
  print(`
What the history has of it:
${ends.join("\n")}

${billLines(without, withGuard).join("\n")}

The config that init writes only tells people of an idle pod: for this, set the action to "stop".
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
        bootGraceMs: 15 * minuteMs,
        hasProbes: false,
        action: "stop",
        pods: ["*"],
        prompt: "",
        activityCommand: [],
        activityMetrics: [],
      },
      warnMs: 15 * minuteMs,
      beforeStopCommand: ["echo", "the adapter is off {pod_id} and safe"],
    },
  };
}
