import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "esbuild";
import { guardBundle } from "../../build.ts";
import { setup as buildOnce } from "../build-once.ts";
import { cpuMs, residentMib, startAccount, startNode } from "./children.ts";
import { type Figure, median } from "./figure.ts";
import { benchHistory } from "./history.ts";

const runs = 31;
const warmUpPolls = 20;
const polls = 100;
const pollIntervalMs = 50;
/** A third of the time between two looks, by default; Node gives memory back after some 10 s. */
const restMs = 20_000;

const folder = mkdtempSync(join(tmpdir(), "runpodboss-bench-"));
try {
  await buildOnce();
  await build({ ...guardBundle, entryPoints: ["test/bench/watch-fast.ts"], outdir: folder });
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  const few = await benchWatch(3);
  const many = await benchWatch(10_000);
  report([
    await benchCheck(),
    ...memoryFigures(3, few),
    ...memoryFigures(10_000, many),
    {
      what: "watch, 10,000 pods, CPU per poll",
      value: `${many.cpuMsPerPoll.toFixed(1)} ms`,
      beside: `3 pods ${few.cpuMsPerPoll.toFixed(1)} ms`,
      aim: "< 50 ms",
      isMet: many.cpuMsPerPoll < 50,
    },
    ...(await benchHistory()),
  ]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A whole `check` from a cold start, its look over a socket included, beside a Node that does nothing. */
async function benchCheck(): Promise<Figure> {
  const account = await startAccount(3);
  const config = writeConfig(account.url);
  const checkMs: number[] = [];
  const bareMs: number[] = [];
  for (let n = 0; n < runs; n += 1) {
    checkMs.push(wallMs("dist/cli.js", "check", "-c", config));
    bareMs.push(wallMs("-e", "0"));
  }
  account.end();
  const [check, bare] = [median(checkMs), median(bareMs)];
  return {
    what: "check, cold, wall time",
    value: `${check.toFixed(1)} ms`,
    beside: `node -e 0 ${bare.toFixed(1)} ms, ratio ${(check / bare).toFixed(2)}`,
    aim: "< 2x",
    isMet: check < 2 * bare,
  };
}

function wallMs(...args: readonly string[]): number {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  const tookMs = performance.now() - startedAt;
  if (status !== 0) throw new Error(`${args.join(" ")} failed: ${stderr}`);
  return tookMs;
}

interface WatchFigures {
  readonly afterPolls: Memory;
  readonly atRest: Memory;
  readonly cpuMsPerPoll: number;
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
  async function looks(atLeast: number): Promise<number> {
    for (;;) {
      if (watch.exitCode !== null) throw new Error("the watch ended early");
      const seen = await account.looks();
      if (seen >= atLeast) return seen;
      await sleep(pollIntervalMs / 2);
    }
  }
  try {
    const from = { n: await looks(warmUpPolls), cpuMs: cpuMs(watch) };
    const to = { n: await looks(polls), cpuMs: cpuMs(watch) };
    // The last answer is still on its way when it is counted.
    await sleep(500);
    const afterPolls = memory();
    await sleep(restMs);
    return {
      afterPolls,
      atRest: memory(),
      cpuMsPerPoll: (to.cpuMs - from.cpuMs) / (to.n - from.n),
    };
  } finally {
    watch.kill("SIGKILL");
    bare.kill("SIGKILL");
    account.end();
  }
}

function memoryFigures(pods: number, { afterPolls, atRest }: WatchFigures): readonly Figure[] {
  const who = `watch, ${pods.toLocaleString("en")} pods, memory`;
  return [
    memoryFigure(`${who} after ${polls} polls`, afterPolls),
    memoryFigure(`${who} ${restMs / 1_000} s later`, atRest),
  ];
}

function memoryFigure(what: string, { watchMib, bareMib }: Memory): Figure {
  return {
    what,
    value: `${watchMib.toFixed(1)} MiB`,
    beside: `idle node ${bareMib.toFixed(1)} MiB, ratio ${(watchMib / bareMib).toFixed(2)}`,
    aim: "< 1.5x",
    isMet: watchMib < 1.5 * bareMib,
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
