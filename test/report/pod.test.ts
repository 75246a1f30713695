import { describe, expect, it } from "vitest";
import type { Pod, PodSample } from "#guard/model/account.ts";
import type { EndPod, EndRun } from "#guard/model/effect.ts";
import type { PodGuards, Policy } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { podReport, type PodSources, unseenPodReport } from "#report/pod.ts";
import { pod, policyWith } from "../guard/samples.ts";

const hourMs = 3_600_000;
const minuteMs = 60_000;
const nowMs = 1_000 * hourMs;

const lease = { defaultMs: 4 * hourMs, maxMs: 8 * hourMs, action: "stop", pods: ["*"] } as const;
const hardTimeout = { afterMs: 8 * hourMs, action: "stop", pods: ["*"] } as const;
const idle = {
  afterMs: 30 * minuteMs,
  gpuPercent: 5,
  cpuPercent: 10,
  gpuMemoryPercent: 10,
  bootGraceMs: 0,
  hasProbes: false,
  action: "stop",
  pods: ["*"],
} as const;

const ending: EndRun = {
  kind: "end-run",
  id: "1",
  guard: "lease",
  reason: "lease_expired",
  podId: "p1",
  podName: "trainer",
  action: "stop",
  because: "the end of its lease",
  tries: 0,
  notBeforeMs: nowMs,
};
const byBackstop: EndPod = {
  kind: "end-pod",
  id: "2",
  threshold: "emergency",
  belowUsd: 0.5,
  podId: "p1",
  action: "stop",
  because: "balance is still $0.40",
  tries: 0,
  notBeforeMs: nowMs,
};

function runWith(changes: Partial<PodRun> = {}): PodRun {
  return {
    podId: "p1",
    name: "trainer",
    costPerHrUsd: 1.5,
    firstSeenAtMs: nowMs - 2 * hourMs,
    startedAtMs: nowMs - 2 * hourMs,
    startFrom: "uptime",
    idleMs: 0,
    loadKnownAtMs: nowMs,
    warnedAtMs: {},
    actedAtMs: {},
    ...changes,
  };
}

interface Case {
  readonly run?: Partial<PodRun>;
  readonly pod?: Partial<Pod>;
  readonly guards?: Partial<PodGuards>;
  readonly protect?: readonly string[];
  readonly wasWatched?: boolean;
  readonly isBookUnknown?: boolean;
  readonly sample?: Partial<PodSample>;
  /** What the guard itself had written down. */
  readonly saved?: Partial<GuardState>;
  readonly policy?: Policy;
}

function sourcesFor(given: Case): PodSources {
  const policy = { ...(given.policy ?? policyWith()), protect: given.protect ?? [] };
  const runs = { p1: runWith(given.run) };
  const sample: PodSample = {
    podId: "p1",
    bootedAtMs: undefined,
    lastStartedAtMs: undefined,
    takenAtMs: undefined,
    cpuPercent: undefined,
    gpuPercents: undefined,
    gpuType: undefined,
    region: undefined,
    ...given.sample,
  };
  return {
    policy: { ...policy, podGuards: { ...policy.podGuards, ...given.guards } },
    runs,
    book: given.isBookUnknown === true ? "unknown" : { leases: {}, touchedAtMs: {} },
    moments: undefined,
    saved: { ...emptyState, runs: given.wasWatched === false ? {} : runs, ...given.saved },
    samples: [sample],
    atMs: nowMs,
  };
}

function reportFor(given: Case) {
  return podReport(pod({ costPerHrUsd: 1.5, ...given.pod }), sourcesFor(given));
}

describe("who started it", () => {
  const sources = sourcesFor({});
  const elsewhere = { kind: "ours-elsewhere" };
  const stamped = { stamp: "abcdefg2@box" };

  it.each<[string, PodSources, Partial<Pod>, object]>([
    ["is known by the book", sources, {}, { kind: "elsewhere" }],
    ["is known by the stamp", sources, { name: "trainer", ...stamped }, elsewhere],
    ["is unknown without the book", { ...sources, book: "unknown" }, {}, { kind: "unknown" }],
  ])("%s", (_sentence, given, changes, startedBy) => {
    expect(podReport(pod(changes), given).startedBy).toEqual(startedBy);
    expect(unseenPodReport(runWith(), given, pod(changes)).startedBy).toEqual(startedBy);
  });

  it("is known by its name, where only the guard has seen it", () => {
    const run = runWith({ name: "qlora-rbabcdefg2" });

    expect(unseenPodReport(run, sources).startedBy).toEqual(elsewhere);
  });
});

describe("the uptime and the cost", () => {
  it.each<[string, Case, object]>([
    ["are the run's", {}, { uptimeMs: 2 * hourMs, costUsd: 3, isAtLeast: false }],
    [
      "are at least those since it was first seen",
      { run: { startFrom: "first-seen" } },
      { uptimeMs: 2 * hourMs, costUsd: 3, isAtLeast: true },
    ],
    [
      "are unknown where nobody but we have seen it, and it does not tell",
      { run: { startFrom: "first-seen", startedAtMs: nowMs }, wasWatched: false },
      { uptimeMs: "unknown", costUsd: "unknown" },
    ],
    [
      "are unknown when it may have been stopped and started since",
      { run: { unsureSinceMs: nowMs - hourMs } },
      { uptimeMs: "unknown", costUsd: "unknown" },
    ],
    [
      "are known without a guard, if it tells",
      { wasWatched: false },
      { uptimeMs: 2 * hourMs, costUsd: 3 },
    ],
    [
      "are unknown in dollars without a rate",
      { run: { costPerHrUsd: undefined }, guards: { lease } },
      { uptimeMs: 2 * hourMs, costUsd: "unknown", totalUsd: "unknown" },
    ],
    [
      "do not exist for a pod that does not run",
      { pod: { status: "stopped" }, guards: { lease, idle } },
      {
        uptimeMs: "none",
        costUsd: "none",
        idleMs: "none",
        end: "none",
        totalUsd: "none",
        costPerHrUsd: undefined,
      },
    ],
    [
      "are unknown for a pod whose status means nothing known",
      { pod: { status: "unknown", word: "STOPPING" }, guards: { lease, idle } },
      { uptimeMs: "unknown", costUsd: "unknown", end: "unknown", heldBy: "unknown" },
    ],
    [
      "are unknown for a pod that runs and of which there is no run",
      { pod: { id: "p2" }, guards: { lease, idle } },
      { uptimeMs: "unknown", costUsd: "unknown", idleMs: "unknown", end: "unknown" },
    ],
  ])("%s", (_sentence, given, found) => {
    expect(reportFor(given)).toMatchObject(found);
  });
});

describe("the end", () => {
  const startedAtMs = nowMs - 2 * hourMs;

  it.each<[string, Case, object]>([
    ["is none without guards", {}, { end: "none", totalUsd: "none" }],
    [
      "is that of the lease",
      { guards: { lease, hardTimeout } },
      {
        end: { guard: "lease", atMs: startedAtMs + 4 * hourMs, leftMs: 2 * hourMs },
        totalUsd: 6,
      },
    ],
    [
      "is the hard timeout where that comes first",
      { guards: { lease: { ...lease, defaultMs: undefined }, hardTimeout } },
      { end: { guard: "hard_timeout", leftMs: 6 * hourMs }, totalUsd: 12 },
    ],
    [
      "is none where a guard only notifies or calls an agent: that ends nothing",
      {
        guards: {
          lease: { ...lease, action: "notify" },
          hardTimeout: { ...hardTimeout, action: "agent" },
        },
      },
      { end: "none", totalUsd: "none" },
    ],
    [
      "is that of idleness, as it was announced, and not the hard timeout behind it",
      {
        guards: { idle, hardTimeout: { ...hardTimeout, afterMs: 3 * hourMs } },
        run: {
          idleMs: 29 * minuteMs,
          idleAtMs: nowMs,
          warnedAtMs: { idle: nowMs - 14 * minuteMs },
        },
      },
      { end: { guard: "idle", leftMs: minuteMs }, totalUsd: (1.5 * 121) / 60 },
    ],
    [
      "is that of idleness no sooner after its warning than people were told",
      {
        guards: { idle },
        run: { idleMs: hourMs, idleAtMs: nowMs, warnedAtMs: { idle: nowMs - minuteMs } },
      },
      { end: { guard: "idle", leftMs: 14 * minuteMs } },
    ],
    [
      "is a whole warning away where nothing was announced yet",
      { guards: { hardTimeout: { ...hardTimeout, afterMs: hourMs } } },
      { end: { guard: "hard_timeout", leftMs: 15 * minuteMs } },
    ],
    [
      "is no matter of idleness that has only just begun",
      { guards: { idle, hardTimeout }, run: { idleMs: 5 * minuteMs, idleAtMs: nowMs } },
      { end: { guard: "hard_timeout" } },
    ],
    [
      "is no matter of idleness while the load is unknown",
      { guards: { idle }, run: { idleMs: 29 * minuteMs } },
      { end: "none" },
    ],
    [
      "is that of a backstop that is under way to come",
      {
        guards: { hardTimeout },
        policy: policyWith({ backstop: { action: "stop", afterMs: 5 * minuteMs } }),
        saved: { fired: { emergency: true }, trippedAtMs: { emergency: nowMs - minuteMs } },
      },
      { end: { guard: "backstop", leftMs: 4 * minuteMs } },
    ],
    [
      "is now for a pod that is being ended",
      { guards: { hardTimeout }, saved: { owed: [ending] } },
      { end: { guard: "lease", leftMs: 0 } },
    ],
    [
      "is now for a pod that a backstop is ending",
      { saved: { owed: [{ ...byBackstop, podId: "p2" }, byBackstop] } },
      { end: { guard: "backstop", leftMs: 0 } },
    ],
    [
      "is none of a locked pod",
      { guards: { lease, hardTimeout }, pod: { isLocked: true } },
      { end: "none", totalUsd: "none", heldBy: "locked" },
    ],
    [
      "is none of a pod of which the name is unknown",
      { guards: { lease, hardTimeout }, pod: { rawName: undefined } },
      { end: "none", totalUsd: "none", heldBy: "unknown" },
    ],
    [
      "is none for a pod that was given no lease",
      { guards: { lease: { ...lease, defaultMs: undefined } } },
      { end: "none" },
    ],
    [
      "is none for a pod that the guard is not for",
      { guards: { lease: { ...lease, pods: ["x"] } } },
      { end: "none" },
    ],
    [
      "is the lease that someone gave",
      {
        guards: { lease },
        run: { lease: { endsAtMs: nowMs + 5 * minuteMs, givenAtMs: nowMs - minuteMs } },
      },
      { end: { guard: "lease", leftMs: 15 * minuteMs } },
    ],
    [
      "is past, and the total what it has come to",
      {
        guards: { lease },
        run: { startedAtMs: nowMs - 6 * hourMs, warnedAtMs: { lease: nowMs - 3 * hourMs } },
      },
      { end: { guard: "lease", leftMs: -2 * hourMs }, totalUsd: 9 },
    ],
    [
      "is none of a protected pod",
      { guards: { lease }, protect: ["trainer"] },
      { end: "none", isProtected: true, heldBy: "protected" },
    ],
    [
      "is none of one that was started elsewhere, where that is ignored",
      { guards: { lease, hardTimeout, idle, foreign: "ignore" } },
      { end: "none", totalUsd: "none", heldBy: undefined, guardedAs: "ignore", idleMs: "none" },
    ],
    [
      "is none of one that was started elsewhere, where people are only told",
      { guards: { lease, hardTimeout, foreign: "notify" } },
      { end: "none", guardedAs: "notify" },
    ],
    [
      "is unknown while nobody knows who started it",
      { guards: { hardTimeout, foreign: "ignore" }, isBookUnknown: true },
      { end: "unknown", guardedAs: "unknown" },
    ],
    [
      "is that of one that was given a lease",
      {
        guards: { lease, foreign: "ignore" },
        run: { lease: { endsAtMs: nowMs + hourMs, givenAtMs: nowMs } },
      },
      { end: { guard: "lease", leftMs: hourMs }, guardedAs: "guard" },
    ],
    [
      "is unknown where the start is",
      { guards: { lease }, run: { unsureSinceMs: 1 } },
      { end: "unknown", totalUsd: "unknown" },
    ],
    [
      "is unknown while the leases cannot be read",
      { guards: { lease, hardTimeout }, isBookUnknown: true },
      { end: "unknown", totalUsd: "unknown" },
    ],
    [
      "is unknown while the leases cannot be read, also where there is no default",
      { guards: { lease: { ...lease, defaultMs: undefined } }, isBookUnknown: true },
      { end: "unknown" },
    ],
    [
      "is past the hard timeout whatever the leases say",
      {
        guards: { lease, hardTimeout },
        isBookUnknown: true,
        run: { startedAtMs: nowMs - 9 * hourMs, warnedAtMs: { hard_timeout: nowMs - 2 * hourMs } },
      },
      { end: { guard: "hard_timeout", leftMs: -hourMs } },
    ],
    [
      "is known without the leases where no lease holds",
      { guards: { hardTimeout }, isBookUnknown: true },
      { end: { guard: "hard_timeout", leftMs: 6 * hourMs } },
    ],
  ])("%s", (_sentence, given, found) => {
    expect(reportFor(given)).toMatchObject(found);
  });
});

describe("idle", () => {
  const run = { idleMs: 12 * minuteMs, idleAtMs: nowMs };

  it.each<[string, Case, number | string]>([
    ["is how long it was seen so", { guards: { idle }, run }, 12 * minuteMs],
    ["is 0 for a pod that is seen at work", { guards: { idle } }, 0],
    ["is none without the guard", { run }, "none"],
    [
      "is none for a pod that it is not for",
      { guards: { idle: { ...idle, pods: ["x"] } }, run },
      "none",
    ],
    ["is none for a protected pod", { guards: { idle }, run, protect: ["p1"] }, "none"],
    ["is unknown where nobody watched", { guards: { idle }, run, wasWatched: false }, "unknown"],
    [
      "is unknown where no load is told",
      { guards: { idle }, run: { loadKnownAtMs: undefined } },
      "unknown",
    ],
    [
      "is unknown where the load was told too long ago",
      { guards: { idle }, run: { ...run, loadKnownAtMs: nowMs - 4 * minuteMs } },
      "unknown",
    ],
  ])("%s", (_sentence, given, idleMs) => {
    expect(reportFor(given).idleMs).toBe(idleMs);
  });
});

describe("the GPU", () => {
  it.each<[string, Case, object | string]>([
    [
      "is what the sample tells",
      { sample: { gpuType: "A100", gpuPercents: [1, 2] } },
      { type: "A100", count: 2 },
    ],
    [
      "is what was known of the run",
      { run: { gpuType: "A100" } },
      { type: "A100", count: undefined },
    ],
    ["is none in a pod without", { sample: { gpuType: "CPU", gpuPercents: [] } }, "none"],
    ["is unknown where nothing is told", {}, "unknown"],
  ])("%s", (_sentence, given, gpu) => {
    expect(reportFor(given).gpu).toEqual(gpu);
  });
});

it("a pod that only the guard has seen has no status that is known", () => {
  const given: Case = { guards: { lease } };

  const report = unseenPodReport(runWith(), sourcesFor(given));

  expect(report).toMatchObject({
    id: "p1",
    name: "trainer",
    status: undefined,
    uptimeMs: 2 * hourMs,
    end: { guard: "lease" },
  });
});
