import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "#ports.ts";
import { startSimulator, type Simulator } from "#simulator/server.ts";
import { fastClock, fastTimeFromNow, steadyClock } from "./fast-clock.ts";
import { createRun, createRunApart, restartAfterMs, type Run } from "./guard-run.ts";
import type { OverspendFault } from "./overspend-faults.ts";
import {
  backstopMs,
  goalMs,
  lineUsd,
  plentyUsd,
  podsOf,
  pollMs,
  type Scenario,
  settingsOf,
} from "./overspend-scenario.ts";
import { judge, type Overspend, provenAtMs } from "./overspend-verdict.ts";
import type { GuardJob } from "./run-guard.ts";
import { apiKey } from "./scenario-settings.ts";

const msPerHour = 3_600_000;
const toldWithinMs = 10_000;
const giveUpAfterMs = 2 * goalMs;

/** One account, one guard, one fault: the real wiring against a simulator over a real socket. */
export async function overspend(scenario: Scenario): Promise<Overspend> {
  const folder = mkdtempSync(join(tmpdir(), "runpodboss-overspend-"));
  const apart = isKilled(scenario.fault)
    ? await createRunApart(folder, scenario.fault.guard === "killed at the trip")
    : undefined;
  const time = fastTimeFromNow(scenario.speed);
  // Two processes can only share a clock that both can read.
  const steady = apart === undefined ? steadyClock(time) : undefined;
  const clock = steady ?? fastClock(time);
  const run = apart ?? createRun(clock);
  const simulator = await startSimulator({
    apiKey,
    balanceUsd: plentyUsd(scenario),
    pods: podsOf(scenario),
    nowMs: () => clock.nowMs(),
  });
  try {
    const job = { settings: await settingsOf(scenario, folder, simulator), time };
    run.start(job);
    const crossingAtMs = await playOut(scenario, { run, simulator, folder, clock, job });
    await run.end();
    return judge(scenario, { simulator, crossingAtMs, lines: run.lines, told: toldIn(folder) });
  } finally {
    await run.end();
    steady?.stop();
    await simulator.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

export function isKilled({ guard }: OverspendFault): boolean {
  return guard === "killed at the trip" || guard === "killed after the trip";
}

interface Stage {
  readonly run: Run;
  readonly simulator: Simulator;
  readonly folder: string;
  readonly clock: Clock;
  readonly job: GuardJob;
}

/** Gives the moment of the crossing. */
async function playOut(scenario: Scenario, stage: Stage): Promise<number> {
  const { fault, course, burnPerHrUsd, leadMs } = scenario;
  const { run, simulator, folder, clock, job } = stage;
  const never = new AbortController().signal;
  const waitMs = (ms: number): Promise<void> => clock.sleepUntil(clock.nowMs() + ms, never);

  // Between the first look and the second lies the crossing: what breaks then meets the second.
  // A process of its own is slow at its first look, which would shift the phase.
  await logged(run, "polled", isKilled(fault) ? 2 : 1, clock);
  const crossingAtMs = clock.nowMs() + leadMs;
  if (course !== "stays above") {
    simulator.account.setBalance(lineUsd(burnPerHrUsd) + (burnPerHrUsd * leadMs) / msPerHour);
  }
  if (fault.api && !fault.api.atBackstop) {
    simulator.failNext(fault.api.fault, fault.api.times, fault.api.only);
  }
  if (fault.graphqlRetires === "while the balance falls") simulator.retire("graphql");
  if (fault.guard === "cannot save") putFileInPlaceOf(join(folder, "state"));
  if (course === "stays above") {
    await waitMs(goalMs + pollMs);
    return crossingAtMs;
  }

  if (fault.guard === "killed after the trip") await savedTrip(job.settings.stateFile);
  if (isKilled(fault)) {
    await run.kill();
    await waitMs(restartAfterMs());
    run.start(job);
  }
  await logged(run, "threshold tripped", 1, clock);
  if (course === "is topped up") {
    await waitMs(backstopMs / 2);
    simulator.account.topUp(1_000);
    await waitMs(backstopMs + pollMs);
    return crossingAtMs;
  }
  if (fault.api?.atBackstop || fault.graphqlRetires === "shortly before the backstop") {
    // After the last look before it.
    await waitMs(backstopMs - pollMs / 4);
    if (fault.api) simulator.failNext(fault.api.fault, fault.api.times, fault.api.only);
    else simulator.retire("graphql");
  }
  const giveUpAtMs = crossingAtMs + giveUpAfterMs;
  while (provenAtMs(run.lines) === undefined && clock.nowMs() < giveUpAtMs) await sleep(10);
  await waitMs(toldWithinMs);
  return crossingAtMs;
}

/** Waits until a line is logged so often, for as long as a scenario may take. */
async function logged({ lines }: Run, message: string, times: number, clock: Clock): Promise<void> {
  const untilMs = clock.nowMs() + giveUpAfterMs;
  const isThere = (): boolean => lines.filter((line) => line.message === message).length >= times;
  while (!isThere() && clock.nowMs() < untilMs) await sleep(1);
}

async function savedTrip(stateFile: string): Promise<void> {
  const isSaved = (): boolean => readFileSync(stateFile, "utf8").includes('"call-agent');
  for (let n = 0; n < 10_000 && !isSaved(); n += 1) await sleep(1);
}

/** No state can be saved from here on. */
function putFileInPlaceOf(stateFolder: string): void {
  // At once: whoever writes into the folder meanwhile must not hold up its going.
  renameSync(stateFolder, `${stateFolder}-of-before`);
  writeFileSync(stateFolder, "");
}

function toldIn(folder: string): readonly string[] {
  try {
    return readFileSync(join(folder, "told"), "utf8").trim().split("\n");
  } catch {
    return [];
  }
}
