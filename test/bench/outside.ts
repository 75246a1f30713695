import { readdirSync, readFileSync } from "node:fs";
import { type Cost, roles, startFleet } from "../workerd/fleet.ts";
import { startWorkerd } from "../workerd/workerd.ts";
import { deadMachineSection } from "./faults/dead-machine-section.ts";
import { table } from "./faults/table.ts";
import { machine, shortfallWords, writeReport } from "./results.ts";

/** A thousand accounts in one Worker for an hour of simulated minutes. Prints what it finds and writes it to RESULTS.md. */
const [accounts = 1_000, minutes = 60] = process.argv.slice(2).map(Number);

/** Of Cloudflare's free plan: a day, but for the first, which is for each request. */
const free = { cpuMs: 10, requests: 100_000, rowsWritten: 100_000, rowsRead: 5_000_000 };
const perDay = (24 * 60) / minutes;

const startedAtMs = performance.now();
const { url, dispose } = await startWorkerd();
const pid = workerdPid();
const primaries = Math.ceil(accounts / 50);
const standbys = Math.floor((accounts - primaries) / 2);
const counts = {
  standby: standbys,
  "standing in": accounts - primaries - standbys,
  primary: primaries,
};
const fleet = await startFleet(url, counts);
const cpu = { beats: 0, alarms: 0 };
const askedBefore = fleet.simulator.requests;
for (let n = 0; n < minutes; n += 1) {
  await fleet.minute(async (part, work) => {
    const beforeMs = cpuMs(pid);
    await work();
    cpu[part] += cpuMs(pid) - beforeMs;
  });
}
const costs = new Map<string, Cost>();
for (const role of roles) costs.set(role, await fleet.costOf(role));
const lookers = counts["standing in"] + counts.primary;
const perLook = cpu.alarms / (lookers * minutes);
const perBeat = cpu.beats / (standbys * minutes);
const asked = (fleet.simulator.requests - askedBefore) / (lookers * minutes);
const residentMib = resident(pid);
await fleet.simulator.close();
await dispose();

const rows = roles.map((role) => {
  const { beats = 0, alarms = 0, rowsWritten = 0, rowsRead = 0 } = costs.get(role) ?? {};
  const day = {
    requests: (beats + alarms) * perDay,
    written: rowsWritten * perDay,
    read: rowsRead * perDay,
  };
  const fits = Math.min(
    free.requests / day.requests,
    free.rowsWritten / day.written,
    free.rowsRead / day.read,
  );
  return [
    role,
    String(counts[role]),
    number(beats * perDay),
    number(alarms * perDay),
    number(day.written),
    number(day.read),
    number(Math.floor(fits)),
  ];
});
const died = await deadMachineSection(20_260_101);
const shortfalls = [
  ...(perLook > free.cpuMs ? [`a look takes ${perLook.toFixed(1)} ms of CPU`] : []),
  ...(perBeat > free.cpuMs ? [`a beat takes ${perBeat.toFixed(1)} ms of CPU`] : []),
  ...((costs.get("standing in")?.leastAlarms ?? 0) < minutes - 1
    ? ["an account was not woken when it asked to be"]
    : []),
  ...died.shortfalls,
];
const measured = machine(performance.now() - startedAtMs);
const text = [
  `\`npm run bench:outside\`: ${measured}.`,
  `${number(accounts)} accounts in one Worker in workerd, for ${minutes} simulated minutes, alarms moved by hand: each minute a beat of each machine that runs, and a look of the guard outside where none does. Three pods, with a lease and an idle guard, so that each look learns and measures. The objects stay in memory, unlike Cloudflare's, which read their rows anew each minute: docs/figures.md has those. Requests, alarms and rows are those of the account that took the most; an alarm that is set counts as a row.`,
  table(
    [
      "Role",
      "accounts",
      "beats a day",
      "alarms a day",
      "rows written a day",
      "rows read a day",
      "accounts in the free plan",
    ],
    rows,
  ),
  `CPU of workerd, all that it does included: ${perLook.toFixed(1)} ms a look, ${perBeat.toFixed(1)} ms a beat; the free plan allows ${free.cpuMs} ms a request. ${asked.toFixed(1)} requests to RunPod a look. Resident memory at the end ${residentMib.toFixed(0)} MiB.`,
  `## ${died.title}`,
  died.text,
  ...shortfallWords(shortfalls),
];
console.log(text.join("\n\n"));
await writeReport("The guard outside", text);
if (shortfalls.length > 0) process.exitCode = 1;

function number(value: number): string {
  return Math.round(value).toLocaleString("en");
}

/** The one child of this process that is called so. Linux only. */
function workerdPid(): number {
  const found = readdirSync("/proc").find((each) => {
    if (!/^\d+$/.test(each)) return false;
    const [name, rest] = stat(each);
    return name?.endsWith("(workerd") === true && rest?.split(" ")[1] === String(process.pid);
  });
  if (found === undefined) throw new Error("workerd does not run");
  return Number(found);
}

function stat(pid: number | string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  } catch {
    return [];
  }
}

function cpuMs(pid: number): number {
  const [userTicks = NaN, systemTicks = NaN] = (stat(pid)[1] ?? "")
    .split(" ")
    .slice(11, 13)
    .map(Number);
  return (userTicks + systemTicks) * 10;
}

function resident(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kib) / 1024;
}
