import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "esbuild";
import { guardBundle, logWriter } from "../../build.ts";
import { buildOnce } from "../build-once.ts";
import { childrenCpuMs, cpuMs, residentMib, startAccount, startNode } from "./children.ts";
import type { Figure } from "./figure.ts";
import { benchHistory } from "./history.ts";
import { benchPage } from "./page/page.ts";

const runs = 31;
const warmUpPolls = 20;
const polls = 100;
const pollIntervalMs = 50;
/** A third of the time between two looks, by default; Node gives memory back after some 10 s. */
const restMs = 20_000;

const folder = mkdtempSync(join(tmpdir(), "runpodboss-bench-"));
const isPageOnly = process.argv.includes("page");
try {
  await buildOnce();
  report([...(isPageOnly ? [] : await benchGuard()), ...(await benchPage(folder))]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function benchGuard(): Promise<readonly Figure[]> {
  await build({
    ...guardBundle,
    entryPoints: ["test/bench/watch-fast.ts", logWriter],
    outdir: folder,
  });
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  const few = await benchWatch(3);
  const many = await benchWatch(10_000);
  const ratio = many.cpuMsPerPoll / many.parseMs;
  return [
    ...(await benchCommands()),
    ...memoryFigures(3, few, 1.5),
    ...memoryFigures(10_000, many, 2),
    {
      what: "watch, 10,000 pods, all guards, CPU a poll",
      value: `${many.cpuMsPerPoll.toFixed(1)} ms`,
      beside: `JSON.parse of the same answers ${many.parseMs.toFixed(1)} ms, ratio ${ratio.toFixed(2)}`,
      aim: "<= 4x",
      isMet: ratio <= 4,
    },
    ...(await benchHistory()),
  ];
}

/** A whole command from a cold start beside a Node that does nothing: CPU time, the kernel's included. */
async function benchCommands(): Promise<readonly Figure[]> {
  const account = await startAccount(3);
  const config = writeConfig(account.url);
  const commands = [
    { what: "check, cold, CPU", args: ["dist/cli.js", "check", "-c", config], aim: 2 },
    { what: "--help, cold, CPU", args: ["dist/cli.js", "--help"], aim: 1.3 },
  ];
  const totals = new Map<unknown, number>();
  let bareMs = 0;
  // One after the other and again: what else the machine does falls on all alike.
  for (let n = 0; n < runs; n += 1) {
    bareMs += runMs("-e", "0");
    for (const each of commands) totals.set(each, (totals.get(each) ?? 0) + runMs(...each.args));
  }
  account.end();
  return commands.map((each) => {
    const ratio = (totals.get(each) ?? NaN) / bareMs;
    return {
      what: each.what,
      value: `${((totals.get(each) ?? NaN) / runs).toFixed(1)} ms`,
      beside: `node -e 0 ${(bareMs / runs).toFixed(1)} ms, ratio ${ratio.toFixed(2)}`,
      aim: `<= ${each.aim}x`,
      isMet: ratio <= each.aim,
    };
  });
}

function runMs(...args: readonly string[]): number {
  const before = childrenCpuMs();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${args.join(" ")} failed: ${stderr}`);
  return childrenCpuMs() - before;
}

interface WatchFigures {
  readonly afterPolls: Memory;
  readonly atRest: Memory;
  readonly cpuMsPerPoll: number;
  /** What parsing a poll's answers alone takes, in a process that has done it often. */
  readonly parseMs: number;
}

/** Beside an idle Node of the same age. */
interface Memory {
  readonly watchMib: number;
  readonly bareMib: number;
}

/** The daemon's memory right after its polls and at rest, and what a warm poll costs. */
async function benchWatch(pods: number): Promise<WatchFigures> {
  const account = await startAccount(pods);
  const config = writeConfig(account.url);
  const bare = startNode("-e", "setInterval(() => {}, 1e6)");
  const watch = startNode(
    join(folder, "watch-fast.js"),
    config,
    String(pollIntervalMs),
    String(polls),
  );
  const memory = (): Memory => ({ watchMib: residentMib(watch), bareMib: residentMib(bare) });
  async function after(looks: number) {
    for (;;) {
      if (watch.exitCode !== null) throw new Error("the watch ended early");
      const asked = await account.asked();
      if (asked.looks >= looks) return { ...asked, cpuMs: cpuMs(watch) };
      await sleep(pollIntervalMs / 2);
    }
  }
  try {
    const from = await after(warmUpPolls);
    const to = await after(polls);
    const looks = to.looks - from.looks;
    const share = (to.measurements - from.measurements) / looks;
    const { look, measurement } = await account.answers();
    // The last answer is still on its way when it is counted.
    await sleep(500);
    const afterPolls = memory();
    await sleep(restMs);
    return {
      afterPolls,
      atRest: memory(),
      cpuMsPerPoll: (to.cpuMs - from.cpuMs) / looks,
      // A measurement that takes long leaves looks without one.
      parseMs: parseMsOf(look) + share * parseMsOf(measurement),
    };
  } finally {
    watch.kill("SIGKILL");
    bare.kill("SIGKILL");
    account.end();
  }
}

/** The CPU time of a process that does nothing but parse this, as often as there are polls. */
function parseMsOf(text: string): number {
  const path = join(folder, "answer.json");
  writeFileSync(path, text);
  const program = `
    const bytes = require("node:fs").readFileSync(process.argv[1]);
    const parse = () => JSON.parse(bytes.toString("utf8"));
    for (let n = 0; n < ${warmUpPolls}; n += 1) parse();
    const before = process.cpuUsage();
    for (let n = 0; n < ${polls}; n += 1) parse();
    const { user, system } = process.cpuUsage(before);
    console.log((user + system) / 1000 / ${polls});`;
  return Number(spawnSync(process.execPath, ["-e", program, path], { encoding: "utf8" }).stdout);
}

function memoryFigures(
  pods: number,
  { afterPolls, atRest }: WatchFigures,
  most: number,
): readonly Figure[] {
  const who = `watch, ${pods.toLocaleString("en")} pods, memory`;
  return [
    memoryFigure(`${who} after ${polls} polls`, afterPolls, most),
    memoryFigure(`${who} ${restMs / 1_000} s later`, atRest, most),
  ];
}

function memoryFigure(what: string, { watchMib, bareMib }: Memory, most: number): Figure {
  return {
    what,
    value: `${watchMib.toFixed(1)} MiB`,
    beside: `idle node ${bareMib.toFixed(1)} MiB, ratio ${(watchMib / bareMib).toFixed(2)}`,
    aim: `<= ${most}x`,
    isMet: watchMib <= most * bareMib,
  };
}

function writeConfig(url: string): string {
  const path = join(folder, "config.json");
  const config = {
    api_key: "bench",
    runpod_url: url,
    state_file: join(folder, "state.json"),
    log_file: join(folder, "runpodboss.log"),
    claude_command: [process.execPath, "-e", "0"],
    guards: {
      hard_timeout: { hours: 1_000, action: "stop" },
      lease: { default_hours: 900, max_hours: 1_000, action: "stop" },
      idle: { after_minutes: 600, action: "stop" },
    },
    thresholds: [
      { name: "warning", below_usd: 10, prompt: "look at {pods_json}" },
      { name: "critical", below_usd: 2, prompt: "look at {pods_json}" },
      { name: "emergency", below_usd: 0.5, prompt: "look at {pods_json}" },
    ],
  };
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}

function report(figures: readonly Figure[]): void {
  const rows = [
    ["", "measured", "beside", "aim", ""],
    ...figures.map(({ what, value, beside, aim, isMet }) => [
      what,
      value,
      beside,
      aim,
      isMet ? "met" : "MISSED",
    ]),
  ];
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  for (const row of rows) {
    console.log(row.map((cell, at) => cell.padEnd(widths?.[at] ?? 0)).join("  "));
  }
  const gib = (totalmem() / 2 ** 30).toFixed(0);
  const today = new Date().toISOString().slice(0, 10);
  console.log(`\n${cpus().length} cores, ${gib} GiB, node ${process.version}, ${today}`);
}
