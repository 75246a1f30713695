import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { HistoryRecord } from "#guard/model/run.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";
import { startSimulator } from "#simulator/server.ts";
import { writeRecord } from "#store/history/history-text.ts";
import type { Outputs } from "./generated.ts";

const cli = join(import.meta.dirname, "../../dist/cli.js");
const apiKey = "a-key-for-the-documents";
const patienceMs = 60_000;

/** Stands in for `claude`: what a sound call prints at its end. */
const claude = JSON.stringify({
  type: "result",
  subtype: "success",
  is_error: false,
  num_turns: 3,
  total_cost_usd: 0.0312,
  permission_denials: [],
  result: "Tried to stop drill-idle; runpodctl knows no such pod.",
});

/** What `README.md` tells the reader to change in the config that `init` wrote. */
const edits: readonly (readonly [before: string, after: string])[] = [
  [`"api_key_env": "RUNPOD_API_KEY"`, `"api_key_file": "~/.runpodboss/key"`],
  [
    `"extra_notify_command": []`,
    `"extra_notify_command": ["curl", "-fsS", "--data-raw", "{message}", "https://ntfy.sh/YOUR-TOPIC"]`,
  ],
  [`"action": "notify"`, `"action": "stop"`],
];

/**
 * What the built executable prints in a home of its own, against a simulated account: the outputs
 * that the documents show. Nothing leaves this machine; `curl` and `claude` are stand-ins.
 */
export async function realOutputs(): Promise<Outputs> {
  const home = mkdtempSync(join(tmpdir(), "runpodboss-docs-"));
  const nowMs = Date.now();
  const simulator = await startSimulator({
    apiKey,
    balanceUsd: 31.4,
    pods: [
      {
        id: "k3x9a7q2m1",
        name: "qlora-70b",
        costPerHrUsd: 1.49,
        gpuTypeId: "A100 SXM",
        startedAtMs: nowMs - 5 * hourMs - 2 * minuteMs - 20_000,
        telemetry: { cpuPercent: 1, memoryPercent: 4, gpuPercents: [0] },
      },
      {
        id: "p8d4w6z0c5",
        name: "sdxl-notebook",
        costPerHrUsd: 0.69,
        startedAtMs: nowMs - 2 * hourMs - 11 * minuteMs - 20_000,
        networkVolumeId: "vol1",
      },
    ],
  });
  const env = {
    HOME: home,
    PATH: [join(home, "bin"), dirname(process.execPath), "/usr/bin", "/bin"].join(":"),
    TZ: "UTC",
    LANG: "C.UTF-8",
  };
  const run = async (...args: readonly string[]): Promise<string> => {
    const child = execFile(process.execPath, [cli, ...args], { env, cwd: home });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (part) => (text += part));
    await once(child, "close");
    return text.replaceAll(home, "~").trimEnd();
  };
  try {
    writeProgram(home, "curl", "");
    writeProgram(
      home,
      "claude",
      `case "$1" in --version) echo "2.1.330 (Claude Code)" ;; auth) echo '{"loggedIn": true}' ;; *) echo '${claude}' ;; esac`,
    );
    writeProgram(home, "runpodctl", 'case "$1" in version) echo "runpodctl 2.15.0" ;; esac');

    const init = await run("init");
    const configPath = join(home, ".runpodboss/config.json");
    writeFileSync(join(home, ".runpodboss/key"), `${apiKey}\n`, { mode: 0o600 });
    let config = readFileSync(configPath, "utf8");
    for (const [before, after] of edits) config = replaced(config, before, after);
    const wired = replaced(config, "{", `{ "runpod_url": "${simulator.url}",`);

    writeFileSync(configPath, wired);
    const check = await run("check");
    const drill = await run("drill");
    const drillWarning = await run("drill", "warning");
    const badConfig = await badConfigWith(wired, configPath, run);

    const launch = `"launch": { "max_price_per_hr": 2, "max_hours": 24, "max_running": 4, "max_starts_per_hour": 6 },`;
    writeFileSync(configPath, replaced(wired, `"guards": {`, `${launch} "guards": {`));
    const gpus = await run("gpus");

    const lease = `"lease": { "default_hours": 8, "max_hours": 12, "action": "stop" },`;
    writeFileSync(configPath, replaced(wired, `"guards": {`, `"guards": { ${lease}`));
    const history = join(home, ".runpodboss/history.jsonl");
    rmSync(history, { force: true });
    for (const record of yesterday(nowMs)) appendFileSync(history, `${writeRecord(record)}\n`);
    writeFileSync(join(home, ".runpodboss/samples.jsonl"), samplesOfADay(nowMs));
    const watch = spawn(process.execPath, [cli, "watch"], { env, cwd: home, stdio: "ignore" });
    const ended = once(watch, "exit");
    try {
      await seen(history, "sdxl-notebook");
      return {
        init,
        check,
        "check-tonight": check.slice(check.indexOf("what happens tonight")),
        drill,
        "drill-warning": drillWarning,
        "bad-config": badConfig,
        gpus,
        status: await run("status"),
        "status-plot": await run("status", "--plot"),
        lease: await run("lease", "qlora-70b", "5"),
        extend: await run("extend", "sdxl-notebook", "3"),
        touch: await run("touch", "qlora-70b"),
        history: await run("history"),
        stop: await run("stop", "qlora-70b", "--yes"),
      };
    } finally {
      watch.kill();
      await ended;
    }
  } finally {
    await simulator.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function badConfigWith(
  config: string,
  path: string,
  run: (...args: readonly string[]) => Promise<string>,
): Promise<string> {
  const interval = replaced(config, `"poll_interval_seconds": 60`, `"poll_interval_seconds": 2`);
  const unknown = replaced(interval, `"max_runtime_seconds"`, `"max_runtime_secs"`);
  writeFileSync(path, replaced(unknown, `"below_usd": 2.0`, `"below_usd": -1`));
  return run("check");
}

/** What the guard has done while its owner slept. */
function yesterday(nowMs: number): readonly HistoryRecord[] {
  const run = {
    podId: "k3x9a7q2m1",
    podName: "qlora-70b",
    gpuType: "A100 SXM",
    costPerHrUsd: 1.49,
    uptimeMs: 4 * hourMs + 59 * minuteMs,
    costUsd: 7.43,
  };
  const atMs = nowMs - 11 * hourMs;
  return [
    {
      id: "1",
      atMs,
      type: "warn",
      reason: "idle_30m",
      run,
      because: "idle for 15 min, to be stopped in 15 min",
    },
    {
      id: "2",
      atMs: atMs + 15 * minuteMs,
      type: "stop",
      reason: "idle_30m",
      run: { ...run, uptimeMs: run.uptimeMs + 15 * minuteMs, costUsd: 7.8 },
      because: "the pod is EXITED; the burn fell from $1.49/h to $0.00/h",
    },
  ];
}

/** The balance of a day: a night that cost little, a payment, two hours without the daemon. */
function samplesOfADay(nowMs: number): string {
  const minutes = Array.from({ length: 24 * 60 }, (_, n) => 24 * 60 - n);
  const lines = minutes
    .filter((ago) => ago < 400 || ago > 520)
    .map((ago) => {
      const usd = ago > 700 ? 8.4 + (ago - 700) * 0.025 : 31.4 + (ago * 2.18) / 60;
      return `{"timestamp":"${new Date(nowMs - ago * minuteMs).toISOString()}","balance_usd":${usd.toFixed(4)},"burn_per_hr_usd":2.18}\n`;
    });
  return lines.join("");
}

function replaced(text: string, before: string, after: string): string {
  if (!text.includes(before)) throw new Error(`the example config does not hold ${before}`);
  return text.replace(before, () => after);
}

function writeProgram(home: string, name: string, body: string): void {
  mkdirSync(join(home, "bin"), { recursive: true });
  writeFileSync(join(home, "bin", name), `#!/bin/sh\n${body}\n`, { mode: 0o700 });
}

/** Waits until a file holds a text. */
async function seen(path: string, text: string): Promise<void> {
  const giveUpAtMs = performance.now() + patienceMs;
  while (!(existsSync(path) && readFileSync(path, "utf8").includes(text))) {
    if (performance.now() > giveUpAtMs) throw new Error(`${path} never held ${text}`);
    await pause(50);
  }
}
