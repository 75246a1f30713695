import { onTestFinished, type TestContext } from "vitest";
import type { HistoryRecord } from "#guard/model/run.ts";
import type { NewPod } from "#simulator/pod.ts";
import { writeRecord } from "#store/history/history-text.ts";
import { hourMs, minuteMs, type Served, servedWith } from "../http/served.ts";

/** When it is on the pictures. Later than any browser's own time, which a cookie has to outlive. */
const nightMs = Date.UTC(2030, 0, 17, 21, 40, 20);
const balanceUsd = 23.4;

/** From here to the end of the test it is that night in this process; the time goes on from there. */
function beginNight(): void {
  const RealDate = Date;
  const aheadMs = nightMs - RealDate.now();
  const now = (): number => RealDate.now() + aheadMs;
  globalThis.Date = new Proxy(RealDate, {
    construct: (real, args, target) =>
      Reflect.construct(real, args.length === 0 ? [now()] : args, target) as Date,
    get: (real, key) => (key === "now" ? now : (Reflect.get(real, key) as unknown)),
  });
  onTestFinished(() => {
    globalThis.Date = RealDate;
  });
}

const pods: readonly NewPod[] = [
  {
    id: "k7x2m9qd",
    name: "train-llama-70b",
    costPerHrUsd: 5.38,
    gpuTypeId: "NVIDIA H100 80GB HBM3",
    gpuCount: 2,
    startedAtMs: nightMs - 5.4 * hourMs,
  },
  {
    id: "p4w8c1ze",
    name: "eval-sweep",
    costPerHrUsd: 0.69,
    startedAtMs: nightMs - 7.8 * hourMs,
  },
  {
    id: "t0n6r3va",
    name: "notebook-anna",
    costPerHrUsd: 0.27,
    gpuTypeId: "NVIDIA RTX A5000",
    startedAtMs: nightMs - 31 * hourMs,
  },
  {
    id: "b5j1y8hs",
    name: "sd-render",
    costPerHrUsd: 0.44,
    gpuTypeId: "NVIDIA L40S",
    status: "EXITED",
    startedAtMs: nightMs - 60 * hourMs,
  },
];

const ends: readonly (readonly [hoursAgo: number, name: string, usd: number, capHours: number])[] =
  [
    [6.2, "sd-render", 0.44, 7],
    [29, "lora-test", 1.99, 9],
    [77, "whisper-batch", 0.69, 6],
  ];

/** An account in the evening of a long month, and a guard that has watched it. */
export async function night(test: TestContext): Promise<Served> {
  beginNight();
  const served = await servedWith(test, {
    balanceUsd,
    pods,
    notify: "",
    config: {
      protect: ["notebook-*"],
      guards: {
        lease: { default_hours: 8, max_hours: 12, action: "stop" },
        idle: { after_minutes: 30 },
      },
    },
  });
  served.guard.write("samples.jsonl", month());
  const written = ends.toReversed().map((end) => `${writeRecord(endRecord(end))}\n`);
  served.guard.write("history.jsonl", written.join(""));
  return served;
}

/** Drawn from the end: what a time has cost was there before it; a top-up is a step. As it is kept. */
function month(): string {
  const lines: string[] = [];
  let usd = balanceUsd;
  for (let backMs = 0; backMs < 30 * 24 * hourMs;) {
    // Of what is older one is kept in a quarter of an hour.
    const stepMs = backMs < 8 * 24 * hourMs ? minuteMs : 15 * minuteMs;
    backMs += stepMs;
    const at = new Date(nightMs - backMs);
    const isWorkday = at.getUTCHours() > 8 && at.getUTCHours() < 20;
    const burnPerHrUsd = backMs < 5.4 * hourMs ? 6.34 : isWorkday ? 1.9 : 0.35;
    usd += (burnPerHrUsd * stepMs) / hourMs;
    if (usd > 96) usd = 14.2;
    lines.push(
      JSON.stringify({
        timestamp: at.toISOString(),
        balance_usd: Math.round(usd * 100) / 100,
        burn_per_hr_usd: burnPerHrUsd,
      }),
    );
  }
  return `${lines.toReversed().join("\n")}\n`;
}

function endRecord([hoursAgo, name, costPerHrUsd, hours]: (typeof ends)[number]): HistoryRecord {
  const atMs = nightMs - hoursAgo * hourMs;
  return {
    id: `night-${name}`,
    atMs,
    type: "stop",
    reason: "idle",
    because: "it was idle for 30 min",
    run: {
      podId: `of-${name}`,
      podName: name,
      uptimeMs: 3 * hourMs,
      costUsd: 3 * costPerHrUsd,
      costPerHrUsd,
      capAtMs: atMs + hours * hourMs,
    },
  };
}
