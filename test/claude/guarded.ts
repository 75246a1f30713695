import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type TestContext } from "vitest";
import { type Guard, hasPolled, until } from "../e2e/guard.ts";
import { guardAt, type GuardInTime } from "../e2e/set-time.ts";
import { installRunpodboss } from "./claude.ts";
import { installRunpodctl } from "./stand-in-runpodctl.ts";

const config = {
  claude_command: [],
  launch: { max_price_per_hr: 5, max_hours: 24, max_running: 4, max_starts_per_hour: 6 },
  guards: { warn_minutes: 0, lease: { default_hours: 4, max_hours: 24, action: "stop" } },
};

/** An account with money and no pod, a daemon at work, and RunPod's own tool at hand. */
export async function guarded(test: TestContext, notify = ""): Promise<GuardInTime> {
  const guard = await guardAt(test, Date.now(), () => ({ balanceUsd: 50, notify, config }));
  installRunpodboss(guard);
  installRunpodctl(guard);
  guard.watch();
  await hasPolled(guard);
  return guard;
}

export function launchesOf({ folder }: Guard): readonly unknown[] {
  const text = readFileSync(join(folder, "leases.json"), "utf8");
  return Object.values((JSON.parse(text) as { readonly launches: object }).launches);
}

/** It is stopped by its lease once so much time is over, which RunPod shows. */
export async function expectEndByLease(guard: GuardInTime, podId: string, afterMs: number) {
  guard.sleepUntil(guard.nowMs() + afterMs);

  await until("the end of the lease", () => statusOf(guard, podId) === "EXITED");
  const stop = await until("the proof", () => historyOf(guard).find(isStop));
  expect(stop).toMatchObject({ pod_id: podId, reason: expect.stringMatching(/^lease/) });
}

function statusOf({ simulator }: Guard, podId: string): string | undefined {
  return simulator.account.pod(podId)?.status;
}

interface Recorded {
  readonly event_type: string;
}

const isStop = ({ event_type: type }: Recorded): boolean => type === "stop";

function historyOf({ folder }: Guard): readonly Recorded[] {
  const text = readFileSync(join(folder, "history.jsonl"), "utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Recorded);
}
