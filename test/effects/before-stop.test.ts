import { describe, expect, it } from "vitest";
import { type BeforeStopDeps, prepare } from "#effects/before-stop.ts";
import type { EndRun } from "#guard/model/effect.ts";
import type { HardTimeoutGuard } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import type { Ran } from "#ports.ts";
import { createHastyClock } from "../fake-clock.ts";
import { pod } from "../guard/samples.ts";
import { keptLog } from "./samples.ts";

const hourMs = 3_600_000;
const minuteMs = 60_000;
const effect: EndRun = {
  kind: "end-run",
  id: "e",
  guard: "idle",
  reason: "idle_30m",
  podId: "p1",
  podName: "trainer",
  action: "stop",
  because: "idle for 30 min",
  tries: 0,
  notBeforeMs: 0,
};
const run: PodRun = {
  podId: "p1",
  name: "trainer",
  firstSeenAtMs: 0,
  startedAtMs: 0,
  startFrom: "uptime",
  idleMs: 0,
  warnedAtMs: {},
  actedAtMs: {},
};
const hardTimeout: HardTimeoutGuard = { afterMs: 8 * hourMs, action: "stop", pods: ["*"] };
const exit3: Ran = { kind: "exited", code: 3, tail: "disk full", tookMs: 1_000 };
const fine: Ran = { kind: "exited", code: 0, tail: "saved", tookMs: 1_000 };

interface Given {
  readonly ran?: Ran;
  readonly guard?: EndRun["guard"];
  readonly atMs?: number;
  readonly mustSucceed?: boolean;
  readonly hardTimeout?: HardTimeoutGuard | undefined;
  readonly run?: PodRun | undefined;
}

async function prepared(given: Given) {
  const { ran = exit3, guard = "idle", atMs = 2 * hourMs, mustSucceed = true } = given;
  const clock = createHastyClock();
  const signal = new AbortController().signal;
  await clock.sleepUntil(atMs, signal);
  const { log, entries } = keptLog();
  const deps: BeforeStopDeps = {
    clock,
    log,
    runner: { run: () => Promise.resolve(ran) },
    present: { run: () => ("run" in given ? given.run : run) },
    hardTimeout: "hardTimeout" in given ? given.hardTimeout : hardTimeout,
    beforeStopCommand: ["save"],
    beforeStopTimeoutMs: 5 * minuteMs,
    beforeStopMustSucceed: mustSucceed,
  };
  const outcome = await prepare({ ...effect, guard }, pod(), deps, signal);
  return { outcome, entries };
}

describe("a save that must have worked", () => {
  it.each<[string, Ran, string]>([
    ["fails", exit3, "exit 3 after 1.0 s: disk full"],
    [
      "takes too long",
      { kind: "timed-out", tail: "", tookMs: 0 },
      "timed out after 300.0 s; killed with everything it started",
    ],
    [
      "cannot start",
      { kind: "not-started", because: '"save" does not exist' },
      '"save" does not exist',
    ],
  ])("and %s puts the end off for 10 min, and says until when", async (_sentence, ran, because) => {
    const { outcome, entries } = await prepared({ ran });

    expect(outcome).toMatchObject({
      kind: "put-off",
      outcome: {
        kind: "failed",
        because: `before_stop_command failed (${because}), so it runs on until that works, at most until its hard timeout (in 6 h 0 min)`,
        waitMs: 10 * minuteMs,
      },
    });
    expect(entries).toMatchObject([
      ["before_stop_command failed; the pod is not stopped", { podId: "p1", because }],
    ]);
  });

  it("and works lets the end go on", async () => {
    expect((await prepared({ ran: fine })).outcome).toEqual({ kind: "prepared", trouble: "" });
  });

  it("and is interrupted has neither worked nor failed", async () => {
    const cutOff: Ran = { kind: "interrupted", tail: "", tookMs: 0 };

    expect((await prepared({ ran: cutOff })).outcome).toBe("interrupted");
  });

  const unlimited =
    "before_stop_command failed (exit 3 after 1.0 s: disk full), so it runs on until that works";
  it.each<[string, Given, number, string]>([
    [
      "shortly before the hard timeout, until then",
      { atMs: 8 * hourMs - 2 * minuteMs },
      2 * minuteMs,
      `${unlimited}, at most until its hard timeout (in 2 min)`,
    ],
    [
      "without a hard timeout, as often as it takes",
      { hardTimeout: undefined },
      600_000,
      unlimited,
    ],
    [
      "with a hard timeout for other pods, as often as it takes",
      { hardTimeout: { ...hardTimeout, pods: ["other"] } },
      600_000,
      unlimited,
    ],
    ["when the run is not known, as often as it takes", { run: undefined }, 600_000, unlimited],
    [
      "before a hard timeout that only notifies, as often as it takes",
      { hardTimeout: { ...hardTimeout, action: "notify" } },
      600_000,
      unlimited,
    ],
    [
      "after a hard timeout that only notifies",
      { atMs: 9 * hourMs, hardTimeout: { ...hardTimeout, action: "notify" } },
      600_000,
      unlimited,
    ],
    [
      "after a hard timeout that calls an agent",
      { atMs: 9 * hourMs, hardTimeout: { ...hardTimeout, action: "agent" } },
      600_000,
      unlimited,
    ],
    [
      "for a schedule and a budget as for idle pods",
      { guard: "schedule" },
      600_000,
      `${unlimited}, at most until its hard timeout (in 6 h 0 min)`,
    ],
  ])("is tried again %s", async (_sentence, given, waitMs, because) => {
    expect((await prepared(given)).outcome).toMatchObject({ outcome: { waitMs, because } });
  });

  it.each<[string, Given]>([
    ["at the hard timeout", { atMs: 8 * hourMs }],
    ["after it", { atMs: 9 * hourMs }],
    [
      "after one that terminates",
      { atMs: 9 * hourMs, hardTimeout: { ...hardTimeout, action: "terminate" } },
    ],
    ["for the hard timeout's own end", { guard: "hard_timeout", atMs: 0 }],
    ["where it need not have worked", { mustSucceed: false }],
  ])("holds up nothing %s, and that it failed is said", async (_sentence, given) => {
    const { outcome, entries } = await prepared(given);

    expect(outcome).toEqual({
      kind: "prepared",
      trouble: "before_stop_command failed: exit 3 after 1.0 s: disk full",
    });
    expect(entries).toMatchObject([["before_stop_command failed; stopping the pod anyway", {}]]);
  });
});
