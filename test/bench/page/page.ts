import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cpuMs, residentMib } from "../children.ts";
import { type Figure, median } from "../figure.ts";
import type { Met } from "./load.ts";
import { paintFigures } from "./paint.ts";
import { pollIntervalMs, type Served, startServed } from "./served.ts";

const perSecond = 200;
const streams = 100;
const seconds = 30;
/** What is loaded and compiled at the first requests is no growth. */
const warmUpSeconds = 10;
const restMs = 15_000;
const mostLateMs = 100;
const mostGrowth = 1.1;

/** How quickly the page is there, and what many who look at it do to the polls and the memory. */
export async function benchPage(parent: string): Promise<readonly Figure[]> {
  const folder = join(parent, "page");
  mkdirSync(folder);
  const served = await startServed(folder);
  try {
    return [...(await paintFigures(served)), ...(await loadFigures(served))];
  } finally {
    served.end();
  }
}

async function loadFigures(served: Served): Promise<readonly Figure[]> {
  const { daemon } = served;
  await load(served, warmUpSeconds);
  await sleep(restMs);
  const quiet = lateness(await served.account.times(), Date.now() - restMs);
  const before = residentMib(daemon);
  const fromMs = Date.now();
  const fromCpuMs = cpuMs(daemon);
  const met = await load(served, seconds);
  const after = residentMib(daemon);
  const cores = (cpuMs(daemon) - fromCpuMs) / (Date.now() - fromMs);
  const late = lateness(await served.account.times(), fromMs);
  await sleep(restMs);
  const rested = residentMib(daemon);
  const wrong = Object.entries(met.others).map(([what, count]) => `${what}: ${count}`);
  return [
    {
      what: `page, ${perSecond} requests a second and ${streams} streams, polls late`,
      value: `median ${late.median.toFixed(1)} ms, worst ${late.worst.toFixed(1)} ms`,
      beside: `${late.count} polls, ${cores.toFixed(2)} of a core; without load ${quiet.median.toFixed(1)} ms, ${quiet.worst.toFixed(1)} ms`,
      aim: `<= ${mostLateMs} ms`,
      isMet: late.worst <= mostLateMs,
    },
    {
      what: "page, under the same load, answers",
      value: `${met.answered} of ${perSecond * seconds}, ${met.streamsOpen} streams open`,
      beside: `median ${met.medianMs.toFixed(1)} ms, worst ${met.worstMs.toFixed(0)} ms; ${wrong.join(", ") || "no other answer"}`,
      aim: "all",
      isMet: met.answered === perSecond * seconds && met.streamsOpen === streams,
    },
    {
      what: "page, memory after the load",
      value: `${rested.toFixed(1)} MiB`,
      beside: `before ${before.toFixed(1)} MiB, at its end ${after.toFixed(1)} MiB`,
      aim: `<= ${mostGrowth}x`,
      isMet: rested <= mostGrowth * before,
    },
  ];
}

/** By how much more than the interval the polls that came from then on are apart. */
function lateness(times: readonly number[], fromMs: number) {
  const since = times.filter((atMs) => atMs >= fromMs);
  const late = since
    .slice(1)
    .map((atMs, n) => Math.abs(atMs - (since[n] ?? atMs) - pollIntervalMs));
  return { count: late.length, median: median(late), worst: Math.max(...late) };
}

async function load({ url, token }: Served, forSeconds: number): Promise<Met> {
  const child = fork(join(import.meta.dirname, "load.ts"), [
    url,
    token,
    String(forSeconds),
    String(perSecond),
    String(streams),
  ]);
  try {
    const [met] = (await once(child, "message")) as [Met];
    return met;
  } finally {
    child.kill("SIGKILL");
  }
}
