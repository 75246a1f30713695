import { describe, expect, it } from "vitest";
import type { PodSample } from "#guard/model/account.ts";
import type { PodRun } from "#guard/model/run.ts";
import { startOf } from "#guard/pods/run/run-start.ts";
import {
  at,
  guarding,
  hardTimeout,
  hourMs,
  idleGuard,
  leaseGuard,
  live,
  minuteMs,
  mootOf,
  owedBy,
  run,
  sampleAt,
  unlived,
} from "../../samples.ts";

const secondMs = 1_000;
const nothing = { bootedAtMs: undefined, lastStartedAtMs: undefined };
const stale = {
  idleMs: hourMs,
  lease: { endsAtMs: at(300), givenAtMs: at(10) },
  touchedAtMs: at(20),
  warnedAtMs: { idle: at(50) },
  actedAtMs: { lease: at(60) },
  counters: { n8n: 7 },
  isRecorded: true,
};

describe("the start of a run", () => {
  it.each<[sentence: string, before: Partial<PodRun>, told: Partial<PodSample>, minute: number]>([
    [
      "is the pod's own uptime before all else",
      { startFrom: "first-seen", startedAtMs: at(60) },
      { bootedAtMs: at(2), lastStartedAtMs: at(0) },
      2,
    ],
    [
      "is when RunPod last started it where no uptime is told",
      { startFrom: "first-seen", startedAtMs: at(60), firstSeenAtMs: at(60) },
      { bootedAtMs: undefined },
      0,
    ],
    [
      "is when it was first seen where nothing is told",
      { startFrom: "first-seen", startedAtMs: at(60) },
      nothing,
      60,
    ],
    ["stays as known where nothing is told", {}, nothing, 0],
    [
      "is better known once the uptime is, be it later",
      { startFrom: "last-started", lastStartedAtMs: at(0) },
      { bootedAtMs: at(9) },
      9,
    ],
    [
      "is better known once RunPod tells it of a pod that was seen to begin",
      { startFrom: "begun", startedAtMs: at(1), firstSeenAtMs: at(1) },
      { bootedAtMs: undefined },
      0,
    ],
    ["does not move by an uptime some seconds later", {}, { bootedAtMs: at(0) + 100_000 }, 0],
    ["does not move by an uptime some seconds earlier", {}, { bootedAtMs: at(0) - 100_000 }, 0],
    ["stays, the shorter run, where the uptime is much longer", {}, { bootedAtMs: at(-30) }, 0],
    [
      "of an earlier process gives way to a shorter uptime",
      { isSaved: true, lastStartedAtMs: at(0) },
      { bootedAtMs: at(50) },
      50,
    ],
    [
      "of an earlier process holds against a longer uptime",
      { isSaved: true, startedAtMs: at(50), lastStartedAtMs: at(0) },
      { bootedAtMs: at(0) },
      50,
    ],
    [
      "of an earlier process gives way to what RunPod says alone",
      { isSaved: true, startFrom: "last-started", lastStartedAtMs: at(50) },
      { bootedAtMs: undefined, lastStartedAtMs: at(50) },
      50,
    ],
    [
      "of an earlier process that lies ahead of our clock is not believed",
      { isSaved: true, startedAtMs: at(9_999), lastStartedAtMs: at(0) },
      {},
      0,
    ],
    [
      "is not what RunPod says when that lies ahead of our clock",
      { startFrom: "first-seen", startedAtMs: at(60), firstSeenAtMs: at(60) },
      { bootedAtMs: at(50), lastStartedAtMs: at(9_999) },
      50,
    ],
    [
      "by a clock some seconds behind is now",
      { startFrom: "first-seen", startedAtMs: at(60), firstSeenAtMs: at(208) },
      { bootedAtMs: undefined, lastStartedAtMs: at(211) },
      210,
    ],
    [
      "is not taken from RunPod once the uptime was known",
      {},
      { bootedAtMs: undefined, lastStartedAtMs: at(-60) },
      0,
    ],
    [
      "stays when the container restarts within one start of the pod",
      { lastStartedAtMs: at(0) },
      { bootedAtMs: at(200) },
      0,
    ],
    [
      "stays when it restarts while nobody looked: RunPod says that the pod was not started since",
      { unsureSinceMs: at(150), lastStartedAtMs: at(0) },
      { bootedAtMs: at(200) },
      0,
    ],
    [
      "gives way to a shorter uptime after nobody looked, where RunPod does not say so",
      { unsureSinceMs: at(150), lastStartedAtMs: at(0) },
      { bootedAtMs: at(200), lastStartedAtMs: undefined },
      200,
    ],
    [
      "of a pod found running is its container's, though that booted long after it was found",
      { startFrom: "first-seen" },
      { bootedAtMs: at(30), lastStartedAtMs: undefined },
      30,
    ],
  ])("%s", (_sentence, before, told, minute) => {
    const known = run({ ...stale, ...before });

    const { run: found, isAnew } = startOf(known, sampleAt(60, told), at(210));

    expect(isAnew).toBe(false);
    expect(found.startedAtMs).toBe(at(minute));
    expect(found).toMatchObject(stale);
  });

  it("keeps when RunPod last started it, while that is no longer told", () => {
    const told = startOf(run(), sampleAt(60), at(60)).run;
    const untold = startOf(told, sampleAt(61, { lastStartedAtMs: undefined }), at(61)).run;

    expect(told.lastStartedAtMs).toBe(at(0));
    expect(untold.lastStartedAtMs).toBe(at(0));
  });

  it.each<[string, Partial<PodRun>, Partial<PodSample>, number | undefined]>([
    ["agrees within two minutes", {}, { bootedAtMs: at(2), lastStartedAtMs: at(0) }, undefined],
    ["differs", { startFrom: "first-seen" }, { bootedAtMs: at(9), lastStartedAtMs: at(0) }, 9],
    ["of an earlier process differs", { isSaved: true }, { bootedAtMs: at(50) }, 50],
    ["tells of a longer run", {}, { bootedAtMs: at(-30) }, 30],
    ["of a container that restarted is no news", {}, { bootedAtMs: at(50) }, undefined],
    ["no longer differs", { disputedMs: 9 * minuteMs }, {}, 9],
  ])("is disputed when what tells of it %s", (_sentence, before, told, minutes) => {
    const { run: found } = startOf(
      run({ lastStartedAtMs: at(0), ...before }),
      sampleAt(60, told),
      at(60),
    );

    expect(found.disputedMs).toBe(minutes === undefined ? undefined : minutes * minuteMs);
    expect(found.isSaved).toBeUndefined();
  });

  it("of a pod that was started again is the later one that is told", () => {
    const { run: found } = startOf(
      run({ lastStartedAtMs: at(0) }),
      sampleAt(60, { bootedAtMs: at(10), lastStartedAtMs: at(50) }),
      at(60),
    );

    expect(found).toMatchObject({ startedAtMs: at(50), disputedMs: 40 * minuteMs });
  });

  it("does not creep, however the uptime is rounded", () => {
    let known = run();

    for (let n = 1; n < 500; n += 1) {
      const jitterMs = n * 1_000 - 100_000;
      known = startOf(
        known,
        sampleAt(n, { bootedAtMs: at(0) + (jitterMs % 100_000) }),
        at(500),
      ).run;
    }

    expect(known.startedAtMs).toBe(at(0));
  });
});

describe("a pod that was stopped and afterRestart", () => {
  it.each<[sentence: string, before: Partial<PodRun>, told: Partial<PodSample>]>([
    [
      "told by RunPod and the uptime",
      { lastStartedAtMs: at(0) },
      { lastStartedAtMs: at(100), bootedAtMs: at(101) },
    ],
    [
      "told by RunPod alone",
      { lastStartedAtMs: at(0) },
      { lastStartedAtMs: at(101), bootedAtMs: undefined },
    ],
    ["told by the uptime alone", {}, { lastStartedAtMs: undefined, bootedAtMs: at(101) }],
    [
      "told by RunPod, when only its uptime was known before",
      {},
      { lastStartedAtMs: at(101), bootedAtMs: undefined },
    ],
    [
      "told by RunPod, when it was only seen before",
      { startFrom: "first-seen" },
      { lastStartedAtMs: at(101), bootedAtMs: undefined },
    ],
    [
      "told by the uptime alone, while nobody looked, when it was only seen before",
      { startFrom: "first-seen", unsureSinceMs: at(60) },
      { lastStartedAtMs: undefined, bootedAtMs: at(101) },
    ],
  ])("begins anew, and what held before is void: %s", (_sentence, before, told) => {
    const { run: found, isAnew } = startOf(
      run({ ...stale, ...before }),
      sampleAt(102, told),
      at(102),
    );

    expect(isAnew).toBe(true);
    expect(found).toEqual(
      run({
        firstSeenAtMs: at(101),
        startedAtMs: at(101),
        startFrom: told.bootedAtMs === undefined ? "last-started" : "uptime",
        lastStartedAtMs: told.lastStartedAtMs,
      }),
    );
  });

  it("is as certain as two minutes are", () => {
    const told = (ms: number) =>
      sampleAt(9, { bootedAtMs: at(0) + ms, lastStartedAtMs: undefined });

    expect(startOf(run(), told(120 * secondMs), at(9)).isAnew).toBe(false);
    expect(startOf(run(), told(120 * secondMs + 1), at(9)).isAnew).toBe(true);
  });
});

describe("a run that may be another", () => {
  it("is sure again once its start is told, and it is the same", () => {
    const { run: found } = startOf(run({ unsureSinceMs: at(5) }), sampleAt(60), at(60));

    expect(found.unsureSinceMs).toBeUndefined();
  });

  it("stays unsure while nothing is told of its start", () => {
    const { run: found } = startOf(run({ unsureSinceMs: at(5) }), sampleAt(60, nothing), at(60));

    expect(found.unsureSinceMs).toBe(at(5));
  });
});

describe("a start that cannot be", () => {
  const begun = { startFrom: "begun", startedAtMs: at(10), firstSeenAtMs: at(10) } as const;
  const notRunning = { ...begun, notRunningAtMs: at(9) };

  it.each<[sentence: string, before: Partial<PodRun>, told: Partial<PodSample>, minute: number]>([
    [
      "by an uptime from before a poll that showed the pod not running is unknown",
      notRunning,
      { bootedAtMs: at(-9_999), lastStartedAtMs: undefined },
      10,
    ],
    [
      "as RunPod's last start, which was not yet told anew, is unknown too",
      notRunning,
      { bootedAtMs: undefined, lastStartedAtMs: at(-600) },
      10,
    ],
    [
      "by the uptime alone leaves what RunPod says",
      notRunning,
      { bootedAtMs: at(-9_999), lastStartedAtMs: at(9.5) },
      9.5,
    ],
    [
      "by what RunPod says alone leaves the uptime",
      notRunning,
      { bootedAtMs: at(10.5), lastStartedAtMs: at(-600) },
      10.5,
    ],
    [
      "by one poll, where the uptime and RunPod tell of the same one, is believed",
      notRunning,
      { bootedAtMs: at(-60), lastStartedAtMs: at(-61) },
      -60,
    ],
    [
      "may be some seconds before that poll, as clocks differ",
      notRunning,
      { bootedAtMs: at(8), lastStartedAtMs: undefined },
      8,
    ],
    [
      "by an uptime from before RunPod's last start is that last start",
      { startFrom: "first-seen", startedAtMs: at(60), firstSeenAtMs: at(60) },
      { bootedAtMs: at(-9_999), lastStartedAtMs: at(0) },
      0,
    ],
    [
      "and was believed is put right by the next sample, which is no new run",
      { startedAtMs: at(-9_999), firstSeenAtMs: at(60) },
      {},
      0,
    ],
    [
      "and was believed is put right by the uptime where RunPod tells no start",
      { startedAtMs: at(-9_999), firstSeenAtMs: at(60), startFrom: "last-started" },
      { lastStartedAtMs: undefined },
      0,
    ],
    [
      "and was believed, by RunPod's own word, is put right by its next one",
      {
        startedAtMs: at(-9_999),
        firstSeenAtMs: at(60),
        startFrom: "last-started",
        lastStartedAtMs: at(-9_999),
      },
      { bootedAtMs: undefined },
      0,
    ],
    [
      "does not take the place of one that is known",
      { firstSeenAtMs: at(60), lastStartedAtMs: at(0) },
      { bootedAtMs: at(-9_999) },
      0,
    ],
    [
      "as one uptime too short does not either",
      { firstSeenAtMs: at(60), lastStartedAtMs: at(0) },
      { bootedAtMs: at(50) },
      0,
    ],
  ])("%s", (_sentence, before, told, minute) => {
    const { run: found, isAnew } = startOf(run(before), sampleAt(61, told), at(61));

    expect(isAnew).toBe(false);
    expect(found.startedAtMs).toBe(at(minute));
  });

  it("by a poll that was wrong makes no new run of a container that restarts", () => {
    const told = startOf(run(notRunning), sampleAt(11), at(11)).run;

    const { run: found, isAnew } = startOf(told, sampleAt(30, { bootedAtMs: at(29) }), at(30));

    expect([isAnew, found.startedAtMs]).toEqual([false, at(0)]);
  });

  it("is told of, as what tells of the start does not agree", () => {
    const { run: found } = startOf(
      run(notRunning),
      sampleAt(11, { bootedAtMs: at(-90), lastStartedAtMs: undefined }),
      at(11),
    );

    expect(found).toMatchObject({ startFrom: "begun", disputedMs: 100 * minuteMs });
  });
});

describe("a pod that has run for an hour, with one answer in which its uptime is absurd,", () => {
  const policy = guarding({ hardTimeout, lease: leaseGuard, warnMs: 0 });
  const absurd = { bootedAtMs: at(-60 * 24 * 300) } as const;
  const bare = { lastStartedAtMs: undefined } as const;

  it.each<[string, first: number, sample: (n: number) => Partial<PodSample>]>([
    ["in the midst of others", 60, (n) => (n === 71 ? absurd : {})],
    ["in the first one", 60, (n) => (n === 60 ? absurd : {})],
    ["where RunPod tells no other start", 60, (n) => (n === 71 ? { ...absurd, ...bare } : bare)],
    ["again and again", 60, (n) => (n % 3 === 0 ? absurd : {})],
  ])("runs on: %s", (_sentence, first, sample) => {
    const lived = live(unlived, [first, 120], policy, (n) => ({ sample: sample(n) }));

    expect(owedBy(lived)).toEqual([]);
    expect(lived.state.runs["p1"]?.startedAtMs).toBe(at(0));
  });

  it("which began before our eyes, runs on", () => {
    const none = { look: { pods: [], burnPerHrUsd: 0 } };
    const lived = live(live(unlived, [-2, -1], policy, none), [0, 120], policy, (n) => ({
      sample: n === 0 ? { ...absurd, lastStartedAtMs: undefined } : {},
    }));

    expect(owedBy(lived)).toEqual([]);
    expect(lived.state.runs["p1"]?.startedAtMs).toBe(at(0));
  });

  it("as the first and only account, is ended by it once, and no more when the next one differs", () => {
    const lived = live(unlived, [60, 120], policy, (n) => ({
      sample: n === 60 ? { ...absurd, ...bare } : {},
    }));

    expect(mootOf(lived)).toEqual([[61, "the pod got more time or is active again"]]);
    expect(lived.events.filter(([, { kind }]) => kind === "run-ended")).toEqual([]);
  });
});

describe("a start that RunPod tells far ahead of our clock", () => {
  it.each([undefined, at(-30)])("keeps no guard from acting, uptime %s", (bootedAtMs) => {
    const policy = guarding({ hardTimeout, idle: idleGuard });
    const sample = { bootedAtMs, lastStartedAtMs: at(20 * 60) };

    const lived = live(unlived, [0, 60], policy, { sample });

    expect(owedBy(lived)).toEqual([[30, "idle"]]);
  });
});

describe("a restart where the clocks are hours apart", () => {
  const known = run({ firstSeenAtMs: at(0), startedAtMs: at(0), startFrom: "uptime" });

  it.each([
    ["ours ahead of RunPod's", -180, -120],
    ["ours behind RunPod's, so that its stamps are in our future", 300, 360],
    ["within two minutes of the start before", 0, 1],
  ])("is another run, with %s", (_sentence, before, stamp) => {
    const told = { ...known, lastStartedAtMs: at(before) };
    const sample = sampleAt(60, { bootedAtMs: at(58), lastStartedAtMs: at(stamp) });

    expect(startOf(told, sample, at(60)).isAnew).toBe(true);
  });

  it("is told by its stamp also where the one before was in our future", () => {
    const first = sampleAt(1, { bootedAtMs: at(0), lastStartedAtMs: at(300) });
    const { run: seenOnce } = startOf(known, first, at(1));
    const again = sampleAt(60, { bootedAtMs: at(58), lastStartedAtMs: at(358) });

    expect(seenOnce.lastStartedAtMs).toBe(at(300));
    expect(startOf(seenOnce, again, at(60)).isAnew).toBe(true);
  });

  it("is none where only the container has restarted: the stamp is the same", () => {
    const told = { ...known, lastStartedAtMs: at(-180) };
    const sample = sampleAt(60, { bootedAtMs: at(58), lastStartedAtMs: at(-180) });

    expect(startOf(told, sample, at(60)).isAnew).toBe(false);
  });
});
