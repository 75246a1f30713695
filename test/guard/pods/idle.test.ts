import { describe, expect, it } from "vitest";
import type { Activity, PodSample } from "#guard/model/account.ts";
import type { IdleGuard } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import { idleAfter, idleOutAtMs, idleReason, loadOf } from "#guard/pods/idle.ts";
import {
  at,
  book,
  guarding,
  idleGuard,
  live,
  minuteMs,
  mootOf,
  owedBy,
  run,
  sampleAt,
  unlived,
  warnsOf,
} from "../samples.ts";

describe("a load", () => {
  it.each<[sentence: string, sample: Partial<PodSample>, load: string]>([
    ["below both lines is idle", { cpuPercent: 9.99, gpuPercents: [4.99] }, "idle"],
    ["of the GPU exactly at the line is busy", { gpuPercents: [5] }, "busy"],
    ["of the CPU exactly at the line is busy", { cpuPercent: 10 }, "busy"],
    ["of one GPU of many is busy", { gpuPercents: [0, 0, 100, 0] }, "busy"],
    ["of a known GPU is busy beside unknown ones", { gpuPercents: [undefined, 100] }, "busy"],
    ["of a known GPU is busy without a CPU", { gpuPercents: [100], cpuPercent: undefined }, "busy"],
    ["of the CPU is busy without any GPU's", { gpuPercents: undefined, cpuPercent: 80 }, "busy"],
    ["with one GPU unknown is unknown", { gpuPercents: [0, undefined] }, "unknown"],
    ["with fewer GPUs than the pod has is unknown", { gpuPercents: undefined }, "unknown"],
    ["without the CPU is unknown", { cpuPercent: undefined }, "unknown"],
    ["of a pod without GPUs is idle by its CPU alone", { gpuPercents: [] }, "idle"],
    ["of a pod without GPUs is busy by its CPU alone", { gpuPercents: [], cpuPercent: 10 }, "busy"],
    ["taken at no known time is unknown", { takenAtMs: undefined }, "unknown"],
    ["taken five minutes ago still counts", { takenAtMs: at(-5) }, "idle"],
    ["taken longer ago is unknown", { takenAtMs: at(-5) - 1 }, "unknown"],
    ["taken longer ago is unknown, busy or not", { takenAtMs: at(-6), cpuPercent: 99 }, "unknown"],
    ["taken five minutes ahead of our clock counts", { takenAtMs: at(5) }, "idle"],
    ["taken further ahead is unknown", { takenAtMs: at(5) + 1 }, "unknown"],
  ])("%s", (_sentence, sample, load) => {
    expect(loadOf(sampleAt(0, sample), idleGuard, at(0))).toBe(load);
  });

  it("of a pod that was not measured is unknown", () => {
    expect(loadOf(undefined, idleGuard, at(0))).toBe("unknown");
  });
});

const isActive: Activity = {
  isActive: true,
  because: "asked",
  hasFailed: false,
  counters: { a: 2 },
};
const isQuiet: Activity = { ...isActive, isActive: false };

describe("a sample", () => {
  const idle = run({
    idleMs: 9 * minuteMs,
    idleAtMs: at(60),
    takenAtMs: at(60),
    counters: { a: 1 },
  });
  const probing = { ...idleGuard, hasProbes: true };
  const booting = { ...idleGuard, bootGraceMs: 61 * minuteMs + 1 };

  it.each<
    [
      sentence: string,
      sample: Partial<PodSample>,
      minutes: number,
      isIdleNow: boolean,
      guard?: IdleGuard,
      activity?: Activity | undefined,
      before?: Partial<PodRun>,
    ]
  >([
    ["that is idle adds what lies since the one before", {}, 10, true],
    ["that is busy begins anew", { cpuPercent: 50 }, 0, false],
    ["that is unknown adds nothing and takes nothing", { cpuPercent: undefined }, 9, false],
    ["that is stale adds nothing and takes nothing", { takenAtMs: at(50) }, 9, false],
    ["that is busy and stale takes nothing", { takenAtMs: at(50), cpuPercent: 50 }, 9, false],
    ["that was taken before adds nothing", { takenAtMs: at(60) }, 9, true],
    [
      "that was taken before and is busy takes nothing",
      { takenAtMs: at(60), cpuPercent: 50 },
      9,
      true,
    ],
    ["of a pod at work by a probe begins anew", {}, 0, false, probing, isActive],
    ["of a pod at work by no probe adds", {}, 10, true, probing, isQuiet],
    ["of a pod that was not asked is unknown", {}, 9, false, probing],
    ["within the boot grace begins anew", {}, 0, false, booting],
    ["after the boot grace adds", {}, 10, true, { ...booting, bootGraceMs: 61 * minuteMs }],
    [
      "after an unknown one begins a stretch and adds nothing yet",
      {},
      9,
      true,
      idleGuard,
      undefined,
      { idleAtMs: undefined },
    ],
    [
      "after a gap begins a stretch and adds nothing yet",
      {},
      9,
      true,
      idleGuard,
      undefined,
      { idleAtMs: at(56) - 1 },
    ],
    [
      "after the longest stretch there may be adds",
      {},
      14,
      true,
      idleGuard,
      undefined,
      { idleAtMs: at(56) },
    ],
    [
      "before the one before, by a clock that went back, adds nothing",
      {},
      9,
      true,
      idleGuard,
      undefined,
      { idleAtMs: at(62) },
    ],
  ])("%s", (_sentence, sample, minutes, isIdleNow, guard = idleGuard, activity, before = {}) => {
    const found = idleAfter({ ...idle, ...before }, sampleAt(61, sample), activity, guard, {
      nowMs: at(61),
      gapMs: 3 * minuteMs,
    });

    expect(found.idleMs).toBe(minutes * minuteMs);
    expect(found.idleAtMs !== undefined).toBe(isIdleNow);
  });

  it("keeps the counters of the probes, and those from before while none were asked", () => {
    const when = { nowMs: at(61), gapMs: 3 * minuteMs };

    const asked = idleAfter(idle, sampleAt(61), isQuiet, probing, when);
    const notAsked = idleAfter(idle, sampleAt(61), undefined, probing, when);

    expect(asked.counters).toEqual({ a: 2 });
    expect(notAsked.counters).toEqual({ a: 1 });
  });
});

it.each([
  ["of an idle run comes when the rest of its time has passed", at(60), 10, at(80)],
  ["of a run that is not known to be idle is not known", undefined, 10, undefined],
])("the end %s", (_sentence, idleAtMs, minutes, endsAtMs) => {
  expect(idleOutAtMs(run({ idleAtMs, idleMs: minutes * minuteMs }), idleGuard)).toBe(endsAtMs);
});

it.each([
  [30 * minuteMs, "idle_30m"],
  [30_000, "idle_0.5m"],
  [24 * 60 * minuteMs, "idle_1440m"],
])("the reason of an end after %d ms is %s", (afterMs, reason) => {
  expect(idleReason({ ...idleGuard, afterMs })).toBe(reason);
});

describe("the idle guard", () => {
  const policy = guarding({ idle: idleGuard });
  const grace = guarding({ idle: { ...idleGuard, bootGraceMs: 15 * minuteMs } });
  const busy = { sample: { cpuPercent: 50 } };

  it("ends a pod that was never used, after the boot grace (test 1)", () => {
    const { state, ...lived } = live(unlived, [0, 60], grace);

    expect(owedBy({ state, ...lived })).toEqual([[45, "idle"]]);
    expect(state.owed.at(-1)).toMatchObject({
      kind: "end-run",
      podId: "p1",
      podName: "trainer",
      action: "stop",
      reason: "idle_30m",
      because: "idle for 30 min",
    });
  });

  it("ends a pod without GPUs by its CPU", () => {
    expect(owedBy(live(unlived, [0, 40], policy, { sample: { gpuPercents: [] } }))).toEqual([
      [30, "idle"],
    ]);
  });

  it("never ends a pod at work", () => {
    expect(live(unlived, [0, 120], policy, busy)).toMatchObject({ owed: [], state: { owed: [] } });
  });

  it.each([
    ["load", busy],
    ["one busy GPU of which the others are unknown", { sample: { gpuPercents: [undefined, 90] } }],
    ["a probe", { activity: { p1: isActive } }],
  ])("begins anew after %s", (_sentence, active) => {
    const lived = live(unlived, [0, 100], policy, (n) => (n === 20 ? active : {}));

    // The sample after it is the first of a stretch.
    expect(owedBy(lived)).toEqual([[51, "idle"]]);
  });

  it("begins anew with a touch, and only once with the same", () => {
    const touched = book({}, { p1: at(20) });

    const lived = live(unlived, [0, 100], policy, (n) => (n < 20 ? {} : { book: touched }));

    expect(owedBy(lived)).toEqual([[50, "idle"]]);
  });

  it("takes no touch from before the run", () => {
    const lived = live(unlived, [0, 100], policy, { book: book({}, { p1: at(-3) }) });

    expect(owedBy(lived)).toEqual([[30, "idle"]]);
    expect(lived.state.runs["p1"]?.touchedAtMs).toBe(at(-3));
  });

  it.each([
    ["telemetry is missing", { sample: "missing" }],
    ["nothing could be measured", { sample: "unmeasured" }],
    ["no measurement came in", { sample: "none" }],
    ["its GPUs are null", { sample: { gpuPercents: undefined } }],
    ["one of its GPUs is null", { sample: { gpuPercents: [0, undefined] } }],
    ["its CPU is null", { sample: { cpuPercent: undefined } }],
    ["the timestamp is missing", { sample: { takenAtMs: undefined } }],
    ["the timestamp is stale", { sample: { takenAtMs: at(-60) } }],
    ["the timestamp stands still", { sample: { takenAtMs: at(18) } }],
    ["looks fail", { look: "blind" }],
    ["the pods are unknown", { look: { pods: "unknown" } }],
  ] as const)("counts nothing and forgets nothing while %s", (_sentence, unseen) => {
    const only = live(unlived, [0, 90], policy, unseen);
    const between = live(unlived, [0, 100], policy, (n) => (n > 19 && n <= 30 ? unseen : {}));
    const [[minute] = [0]] = owedBy(between);

    expect(owedBy(only)).toEqual([]);
    expect(warnsOf(between)).toHaveLength(1);
    // 30 minutes of idle samples, the gap left out.
    expect(minute).toBeGreaterThanOrEqual(41);
    expect(minute).toBeLessThanOrEqual(42);
  });

  it.each([
    ["telemetry is missing", { sample: "missing" }],
    ["nothing could be measured", { sample: "unmeasured" }],
    ["its CPU is null", { sample: { cpuPercent: undefined } }],
  ] as const)("does not count two minutes in which %s", (_sentence, unseen) => {
    const lived = live(unlived, [0, 40], policy, (n) => (n === 20 || n === 21 ? unseen : {}));

    // Idle from 0 to 19, and from 22 on.
    expect(owedBy(lived)).toEqual([[33, "idle"]]);
  });

  it("does not count samples that are too far apart to span the time between", () => {
    const sparse = live(unlived, [0, 240], policy, (n) => (n % 6 === 0 ? {} : { sample: "none" }));

    expect(owedBy(sparse)).toEqual([]);
  });

  it("counts on where RunPod takes a load but every five minutes", () => {
    const seldom = live(unlived, [0, 60], policy, (n) => ({
      sample: { takenAtMs: at(n - (n % 5)) },
    }));

    expect(owedBy(seldom)).toEqual([[30, "idle"]]);
  });

  it("ends nothing at a moment in which the load is not known", () => {
    const lived = live(unlived, [0, 50], policy, (n) =>
      n >= 29 && n < 40 ? { sample: "missing" } : {},
    );

    expect(owedBy(lived).every(([minute]) => minute >= 40)).toBe(true);
    expect(owedBy(lived)).toHaveLength(1);
  });

  it("takes an end back when the pod is active again", () => {
    const due = live(unlived, [0, 30], policy);

    const lived = live(due, [31, 31], policy, busy);

    expect(mootOf(lived)).toEqual([[31, "the pod got more time or is active again"]]);
    expect(lived.state.owed.filter(({ kind }) => kind === "end-run")).toEqual([]);
  });

  it("ends nothing while what people said cannot be read: they may have touched it", () => {
    const lived = live(unlived, [0, 100], policy, { book: "unknown" });

    expect(owedBy(lived)).toEqual([]);
    expect(warnsOf(lived)).toEqual([]);
  });

  it("keeps what was seen when the book cannot be read for a while", () => {
    const lived = live(unlived, [0, 100], policy, (n) => (n === 30 ? { book: "unknown" } : {}));

    expect(owedBy(lived)).toEqual([[31, "idle"]]);
  });
});
