import { execFileSync, spawnSync } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HistoryRecord, RecordType } from "#guard/model/run.ts";
import { dayMs, hourMs, minuteMs } from "#guard/model/time.ts";
import { writeRecord } from "#store/history/history-text.ts";
import { childrenCpuMs, startAccount } from "./children.ts";
import { type Figure, median } from "./figure.ts";

const runs = 3;
/** All that there is lies within 2160 hours. */
const spanMs = 90 * dayMs - hourMs;

/** What a process took until its end. */
interface Cost {
  readonly cpuMs: number;
  readonly peakMib: number;
}

/** Writes down what its process took. */
const meter = `
process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  const peakMib = process.resourceUsage().maxRSS / 1024;
  require("node:fs").writeFileSync(process.env.BENCH_COST, JSON.stringify({ cpuMs: (user + system) / 1e3, peakMib }));
});`;

/** Parses each line of a file from a byte on, and holds none of them. */
const parser = `
const { openSync, readSync } = require("node:fs");
const file = openSync(process.argv[2]);
const chunk = Buffer.alloc(1 << 18);
let at = Number(process.argv[3]);
let rest = "";
for (let read; (read = readSync(file, chunk, 0, chunk.length, at)) > 0; at += read) {
  const lines = (rest + chunk.latin1Slice(0, read)).split("\\n");
  rest = lines.pop();
  for (const line of lines) JSON.parse(line);
}`;

/**
 * What `history` and `touch` take beside a long history, each beside the least that could do: `wc -l`
 * of the file and a `JSON.parse` of each line that was asked for; a `touch` with no history.
 */
export async function benchHistory(
  cli = "dist/cli.js",
  sizes: readonly number[] = [100_000, 1_000_000],
  hoursAsked: readonly number[] = [24, 2160],
): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "runpodboss-bench-history-"));
  const account = await startAccount(3);
  const node = meteredNode(folder);
  try {
    const touched = (config: string): Cost => node(cli, "touch", "pod00000000000", "-c", config);
    const alone = touched(configIn(join(folder, "0"), account.url));
    return sizes.flatMap((lines): readonly Figure[] => {
      const home = join(folder, String(lines));
      const config = configIn(home, account.url);
      const path = join(home, "history.jsonl");
      const dayStartsAt = writeHistory(path, lines);
      const wcMs = countingMs(path);
      const told = (hours: number, from: number, ...more: readonly string[]): Figure => {
        const cost = node(cli, "history", "--hours", String(hours), "-c", config, ...more);
        const least = node(join(folder, "parser.cjs"), path, String(from));
        const what = `history --hours ${[hours, ...more].join(" ")}`;
        return figure(what, lines, cost, { ...least, cpuMs: least.cpuMs + wcMs }, 5);
      };
      const figures = [
        ...hoursAsked.flatMap((hours) => {
          const from = hours === 24 ? dayStartsAt : 0;
          return [told(hours, from), told(hours, from, "--json")];
        }),
        figure("touch", lines, touched(config), alone, 1.5),
      ];
      rmSync(home, { recursive: true });
      return figures;
    });
  } finally {
    account.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

function figure(what: string, lines: number, cost: Cost, least: Cost, most: number): Figure {
  const ratio = cost.cpuMs / least.cpuMs;
  return {
    what: `${what}, ${lines.toLocaleString("en")} lines, CPU`,
    value: `${cost.cpuMs.toFixed(0)} ms, peak ${cost.peakMib.toFixed(0)} MiB`,
    beside: `least ${least.cpuMs.toFixed(0)} ms, peak ${least.peakMib.toFixed(0)} MiB, ratio ${ratio.toFixed(2)}`,
    aim: `< ${most}x`,
    isMet: ratio < most,
  };
}

/** Runs Node and gives the median of what it took. */
function meteredNode(folder: string): (...args: readonly string[]) => Cost {
  const [meterPath, parserPath, costPath] = ["meter.cjs", "parser.cjs", "cost.json"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  writeFileSync(meterPath, meter);
  writeFileSync(parserPath, parser);
  const env = { ...process.env, BENCH_COST: costPath };
  function once(args: readonly string[]): Cost {
    const { status, stderr } = spawnSync(process.execPath, ["--require", meterPath, ...args], {
      env,
      stdio: ["ignore", "ignore", "pipe"],
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`${args.join(" ")} failed: ${stderr}`);
    return JSON.parse(readFileSync(costPath, "utf8")) as Cost;
  }
  return (...args) => {
    const costs = Array.from({ length: runs }, () => once(args));
    return {
      cpuMs: median(costs.map(({ cpuMs }) => cpuMs)),
      peakMib: median(costs.map(({ peakMib }) => peakMib)),
    };
  };
}

function countingMs(path: string): number {
  const beforeMs = childrenCpuMs();
  execFileSync("wc", ["-l", path]);
  return childrenCpuMs() - beforeMs;
}

function configIn(home: string, url: string): string {
  mkdirSync(home);
  const path = join(home, "config.json");
  const config = {
    api_key: "bench",
    runpod_url: url,
    state_file: join(home, "state.json"),
    claude_command: [],
    thresholds: [{ name: "low", below_usd: 1, prompt: "look" }],
  };
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}

/** Sessions of many pods, one after the other; gives where the last day begins. */
function writeHistory(path: string, lines: number): number {
  const nowMs = Date.now();
  const file = openSync(path, "wx", 0o600);
  let dayStartsAt: number | undefined;
  let bytes = 0;
  for (let n = 0; n < lines;) {
    let text = "";
    for (const until = Math.min(lines, n + 1_000); n < until; n += 1) {
      const atMs = Math.round(nowMs - spanMs + (n * spanMs) / lines);
      if (atMs >= nowMs - dayMs) dayStartsAt ??= bytes + text.length;
      text += `${writeRecord(recordOf(n, atMs))}\n`;
    }
    writeSync(file, text);
    bytes += text.length;
  }
  closeSync(file);
  if (statSync(path).size !== bytes) throw new Error("the history is not what was meant");
  return dayStartsAt ?? bytes;
}

const story: readonly (readonly [RecordType, reason: string | null, because: string])[] = [
  ["start", null, "started"],
  ["notify", "trouble", "done, exit 0: log file: ENOSPC: no space left on device, write"],
  ["warn", "idle_30m", "idle for 15 min; it will be stopped in 15 min"],
  ["notify", "idle", "done, exit 0: idle for 15 min; it will be stopped in 15 min"],
  ["stop", "idle_30m", "idle for 30 min: GPU at 0 %, CPU at 2 % (limits 5 % and 10 %)"],
  ["notify", "idle", "done, exit 0: idle for 30 min: the pod is EXITED; the burn fell"],
  ["trip", "warning", "balance $9.1940 is below $10.00; burn $6.6500/hr"],
  ["agent", "warning", "done, exit 0: balance $9.1940 is below $10.00"],
];

function recordOf(n: number, atMs: number): HistoryRecord {
  const [type, reason, because] = story[n % story.length] ?? story[0] ?? ["daemon", null, ""];
  const pod = Math.floor(n / story.length) % 200;
  return {
    id: `${atMs}.${n}`,
    atMs,
    type,
    reason,
    because,
    run: {
      podId: `pod${String(pod).padStart(11, "0")}`,
      podName: `training-run-${pod}`,
      gpuType: "NVIDIA A100 80GB PCIe",
      region: "EU-RO-1",
      uptimeMs: (n % 600) * minuteMs,
      costUsd: (n % 600) / 40,
      costPerHrUsd: 1.49,
      capAtMs: atMs + 4 * hourMs,
    },
    balanceUsd: 9.194,
    belowUsd: 10,
  };
}
