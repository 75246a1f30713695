import { describe, expect, it } from "vitest";
import type { PodSample } from "#guard/model/account.ts";
import type { PodRun } from "#guard/model/run.ts";
import { startOf } from "#guard/pods/run-start.ts";
import { at, hourMs, minuteMs, run, sampleAt } from "../samples.ts";

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
