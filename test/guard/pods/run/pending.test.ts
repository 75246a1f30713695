import { describe, expect, it } from "vitest";
import type { PodSample } from "#guard/model/account.ts";
import type { Launch } from "#guard/model/launch.ts";
import type { PodRun } from "#guard/model/run.ts";
import { isMeasuringOfUse } from "#guard/pods/follow/telemetry.ts";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import { startOf } from "#guard/pods/run/run-start.ts";
import { afterSaving } from "../../../store/saved-state.ts";
import { budget, day } from "../../budgets/budget-samples.ts";
import {
  at,
  book,
  endRecordsOf,
  guarding,
  hardTimeout,
  idleGuard,
  leaseGuard,
  type Lived,
  live,
  type Minute,
  minuteMs,
  owedBy,
  pod,
  run,
  sampleAt,
  unlived,
} from "../../samples.ts";

type Told = Partial<PodSample>;

const policy = guarding({ hardTimeout, lease: leaseGuard });
const none: Minute = { look: { pods: [], burnPerHrUsd: 0 } };
const nothing = { bootedAtMs: undefined, lastStartedAtMs: undefined };
const busy = { gpuPercents: [90] };

/** What a poll shows of a pod that has no container yet; RunPod may have a time for it all the same. */
const pending = (told: Told = {}): Minute => ({
  look: { pods: [pod({ status: "pending" })] },
  samples: [sampleAt(0, { ...nothing, takenAtMs: undefined, gpuPercents: undefined, ...told })],
});
/** What one shows of it once it runs. */
const runs =
  (told: Told) =>
  (n: number): Minute => ({ sample: { ...busy, takenAtMs: at(n), ...told } });

/** Made after minute 0, seen pending from minute 1 on, and running from the minute `fromMinute` on. */
function made(fromMinute: number, whilePending: Told = { lastStartedAtMs: at(0.5) }): Lived {
  const before = live(unlived, [-2, 0], policy, none);
  return live(before, [1, fromMinute - 1], policy, pending(whilePending));
}

const historyOf = ({ state }: Lived) => state.unrecorded.map(({ type }) => type);
const runOf = ({ state }: Lived): PodRun | undefined => state.runs["p1"];
const restarted = (lived: Lived): Lived => ({
  ...lived,
  state: afterRestart(afterSaving(lived.state)),
});

describe("a pod that was pending before it ran has one run, which began when it was seen", () => {
  it.each<[sentence: string, whilePending: Told, once: (ms: number) => Told]>([
    [
      "where RunPod has told when it was made",
      { lastStartedAtMs: at(0.5) },
      (ms) => ({ lastStartedAtMs: ms, bootedAtMs: ms }),
    ],
    ["where RunPod has told no time before", {}, (ms) => ({ lastStartedAtMs: ms, bootedAtMs: ms })],
    [
      "where RunPod tells no uptime",
      { lastStartedAtMs: at(0.5) },
      (ms) => ({ lastStartedAtMs: ms, bootedAtMs: undefined }),
    ],
    ["where RunPod tells an uptime alone", {}, (ms) => ({ ...nothing, bootedAtMs: ms })],
  ])("%s", (_sentence, whilePending, once) => {
    for (const minute of [2, 3, 10, 90]) {
      const lived = live(
        made(minute, whilePending),
        [minute, minute + 60],
        policy,
        runs(once(at(minute) - 20_000)),
      );

      expect(historyOf(lived)).toEqual(["start"]);
      expect(runOf(lived)?.startedAtMs).toBeGreaterThanOrEqual(at(0.5));
      expect(runOf(lived)?.startedAtMs).toBeLessThanOrEqual(at(1));
      expect(runOf(lived)).toMatchObject({
        firstSeenAtMs: at(1),
        runsSinceMs: at(minute),
        isStarting: undefined,
        disputedMs: undefined,
      });
    }
  });

  it.each<[string, Told]>([
    ["where RunPod tells a time of an hour ago until it runs", { lastStartedAtMs: at(-60) }],
    [
      "where an uptime is told that cannot be until it runs",
      { lastStartedAtMs: at(0.5), bootedAtMs: at(-600) },
    ],
  ])("%s", (_sentence, whilePending) => {
    const told = { lastStartedAtMs: at(10), bootedAtMs: at(10) };

    for (const start of [
      made(10, whilePending),
      live(unlived, [1, 9], policy, pending(whilePending)),
    ]) {
      const lived = live(start, [10, 60], policy, runs(told));

      expect(historyOf(lived)).toEqual(["start"]);
      expect(runOf(lived)?.startedAtMs).toBeGreaterThanOrEqual(at(0.5));
      expect(runOf(lived)?.startedAtMs).toBeLessThanOrEqual(at(1));
    }
  });

  it("where a sample shows it running before the list of pods does", () => {
    const told = { lastStartedAtMs: at(8), bootedAtMs: at(8) };
    const early = live(made(8), [8, 9], policy, { ...pending(told) });
    const lived = live(early, [10, 30], policy, runs(told));

    expect(historyOf(lived)).toEqual(["start"]);
    expect(runOf(lived)).toMatchObject({ firstSeenAtMs: at(1), runsSinceMs: at(8) });
  });

  it("where one list is older than the one before", () => {
    const told = { lastStartedAtMs: at(10), bootedAtMs: undefined };
    const first = live(made(10), [10, 10], policy, { sample: "missing" });
    const older = live(first, [11, 11], policy, pending({ lastStartedAtMs: at(0.5) }));
    const lived = live(older, [12, 40], policy, runs(told));

    expect(historyOf(lived)).toEqual(["start"]);
    expect(runOf(lived)?.runsSinceMs).toBe(at(10));
  });

  it.each<[string, minute: number, startedAtMs: number]>([
    ["it is seen pending again", 11, at(0.5)],
    ["it ran while nobody looked, and the shorter run holds", 200, at(200) - 1],
  ])("where the daemon is started anew before it runs: %s", (_sentence, minute, startedAtMs) => {
    const told = { lastStartedAtMs: at(minute) - 1, bootedAtMs: at(minute) - 1 };
    const before = restarted(made(10));
    const seen =
      minute > 100 ? before : live(before, [10, 10], policy, pending({ lastStartedAtMs: at(0.5) }));
    const lived = live(seen, [minute, minute + 30], policy, runs(told));

    expect(historyOf(lived)).toEqual(["start"]);
    expect(runOf(lived)?.firstSeenAtMs).toBe(at(1));
    expect(runOf(lived)?.startedAtMs).toBe(startedAtMs);
  });

  it("where the daemon is started anew once it runs", () => {
    const told = { lastStartedAtMs: at(10), bootedAtMs: at(10) };
    const lived = live(
      restarted(live(made(10), [10, 12], policy, runs(told))),
      [13, 40],
      policy,
      runs(told),
    );

    expect(historyOf(lived)).toEqual(["start"]);
    expect(runOf(lived)).toMatchObject({ firstSeenAtMs: at(1), disputedMs: undefined });
  });
});

describe("a pod that was pending, ran, and is stopped and started again between two polls", () => {
  const first = { lastStartedAtMs: at(10), bootedAtMs: at(10) };
  const again = { lastStartedAtMs: at(60), bootedAtMs: at(60) };
  const untold = { lastStartedAtMs: undefined };

  it.each<[sentence: string, whilePending: Told, ran: Told, then: Told]>([
    ["by RunPod's word and its uptime", { lastStartedAtMs: at(0.5) }, first, again],
    [
      "by RunPod's word alone",
      {},
      { ...first, bootedAtMs: undefined },
      { ...again, bootedAtMs: undefined },
    ],
    ["by RunPod's word, which is new", {}, { ...first, ...untold }, again],
    ["by its uptime alone", {}, { ...first, ...untold }, { ...again, ...untold }],
  ])("has another run: %s", (_sentence, whilePending, ran, then) => {
    const before = live(made(10, whilePending), [10, 60], policy, runs(ran));
    const lived = live(before, [61, 65], policy, runs(then));

    expect(historyOf(lived)).toEqual(["start", "stop", "start"]);
    expect(endRecordsOf(lived.state)).toEqual([["p1", "ended_elsewhere"]]);
    expect(runOf(lived)?.startedAtMs).toBe(at(60));
    expect(runOf(lived)?.runsSinceMs).toBeUndefined();
  });

  it("within a minute of its first start has another run, too", () => {
    const before = live(made(10), [10, 10], policy, runs(first));
    const lived = live(
      before,
      [11, 12],
      policy,
      runs({ lastStartedAtMs: at(10.5), bootedAtMs: at(10.5) }),
    );

    expect(historyOf(lived)).toEqual(["start", "stop", "start"]);
  });

  it("and is pending meanwhile, has another run", () => {
    const before = live(made(10), [10, 60], policy, runs(first));
    const between = live(before, [61, 61], policy, pending({ lastStartedAtMs: at(10) }));
    const lived = live(between, [62, 65], policy, runs(again));

    expect(historyOf(lived)).toEqual(["start", "stop", "start"]);
  });
});

describe("the start of a pod that was pending", () => {
  it.each<[sentence: string, before: Partial<PodRun>, told: Told, isStarting: true | undefined]>([
    ["is still to come while nothing is told", {}, nothing, true],
    ["is still to come while only that it was made is told", {}, { bootedAtMs: undefined }, true],
    ["is still to come by an uptime from before it", {}, { bootedAtMs: at(-60) }, true],
    ["has come with an uptime", {}, { bootedAtMs: at(5) }, undefined],
    [
      "is still to come where it has run for no longer than an image is pulled",
      { runsSinceMs: at(-9) },
      { bootedAtMs: undefined },
      true,
    ],
    [
      "has come where it has run for longer than an image is pulled",
      { runsSinceMs: at(-10) },
      { bootedAtMs: undefined },
      undefined,
    ],
  ])("%s", (_sentence, before, told, isStarting) => {
    const starting = run({ startFrom: "begun", isStarting: true, ...before });

    const { run: found, isAnew } = startOf(starting, sampleAt(6, told), at(6));

    expect([isAnew, found.isStarting]).toEqual([false, isStarting]);
  });

  it("is asked for until it is told, whatever guards there are", () => {
    const state = (isStarting: true | undefined) => ({
      ...unlived.state,
      runs: { p1: run({ isStarting }) },
    });

    expect(isMeasuringOfUse(state(true), guarding({}))).toBe(true);
    expect(isMeasuringOfUse(state(undefined), guarding({}))).toBe(false);
  });
});

describe("a pod that was pending for an hour", () => {
  const told = { lastStartedAtMs: at(61), bootedAtMs: at(61) };

  it("is ended by the hard timeout and the lease no later than if it had run all along", () => {
    const lived = live(made(61), [61, 500], guarding({ hardTimeout }), runs(told));
    const leased = live(made(61), [61, 300], guarding({ lease: leaseGuard }), runs(told));

    expect(owedBy(lived)).toEqual([[481, "hard_timeout"]]);
    expect(owedBy(leased)).toEqual([[241, "lease"]]);
  });

  it("is ended while it is pending, too", () => {
    expect(owedBy(made(300))).toEqual([[241, "lease"]]);
  });

  it("is on the lease of its launch, which goes by its name, all along", () => {
    const launch: Launch = {
      id: "abcdefg2",
      name: "trainer",
      atMs: at(0.4),
      endsAtMs: at(120),
      by: { kind: "person", host: "box" },
    };
    const launches = { ...book(), launches: { [launch.id]: launch } };
    const held = (minute: Minute): Minute => ({ ...minute, book: launches });
    const before = live(unlived, [-2, 0], policy, held(none));
    const waiting = live(before, [1, 60], policy, held(pending({ lastStartedAtMs: at(0.5) })));
    const lived = live(waiting, [61, 130], policy, (n) => held(runs(told)(n)));

    expect(runOf(waiting)?.lease).toMatchObject({ endsAtMs: at(120) });
    expect(runOf(lived)?.lease).toMatchObject({ endsAtMs: at(120) });
    expect(owedBy(lived)).toEqual([[120, "lease"]]);
  });

  it("is not idle until it has run for the boot grace and idled since", () => {
    const idle = guarding({ idle: { ...idleGuard, bootGraceMs: 15 * minuteMs } });
    const seen = { cpuPercent: 0, gpuPercents: [0] };
    const before = live(unlived, [-2, 0], idle, none);
    const waiting = live(before, [1, 60], idle, (n) => pending({ ...seen, takenAtMs: at(n) }));
    const lived = live(waiting, [61, 120], idle, { sample: told });

    expect(owedBy(waiting)).toEqual([]);
    expect(owedBy(lived)).toEqual([[106, "idle"]]);
  });

  it("costs what it costs from when it was first seen, each minute once", () => {
    const daily = budget({ limitUsd: 100, pods: ["*"] });
    const counting = guarding({ hardTimeout }, { budgets: [daily] });
    const moments = { atMs: at(0), periods: { daily: day(0) }, schedules: {} };
    const before = live(unlived, [0, 0], counting, { ...none, moments });
    const waiting = live(before, [1, 60], counting, {
      ...pending({ lastStartedAtMs: at(1) }),
      moments,
    });
    const lived = live(waiting, [61, 121], counting, (n) => ({ ...runs(told)(n), moments }));

    const [spent] = lived.state.budgets?.["daily"] ?? [];
    expect(spent?.spentUsd).toBeCloseTo(2 * 1.49, 6);
  });
});
