import { describe, expect, it } from "vitest";
import type { Activity, PodSample } from "#guard/model/account.ts";
import type { IdleGuard } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import { idleAfter, idleOutAtMs, idleReason } from "#guard/pods/rules/idle.ts";
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
  step,
  unlived,
  warnsOf,
} from "../../samples.ts";

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
    idleSeenAtMs: at(60),
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
    [
      "that is busy beside a stale time begins anew",
      { takenAtMs: at(50), cpuPercent: 50 },
      0,
      false,
    ],
    [
      "that is stale, busy or not, takes nothing",
      { takenAtMs: at(50), cpuPercent: 50, isCpuTimed: true },
      9,
      false,
    ],
    ["with something in the memory of its GPU begins anew", { gpuMemoryPercents: [80] }, 0, false],
    ["that was taken before adds nothing", { takenAtMs: at(60) }, 9, true],
    [
      "that was taken before and is busy begins anew",
      { takenAtMs: at(60), cpuPercent: 50 },
      0,
      false,
    ],
    ["of a pod at work by a probe begins anew", {}, 0, false, probing, isActive],
    ["of a pod at work by no probe adds", {}, 10, true, probing, isQuiet],
    ["of a pod that has not answered yet changes nothing", {}, 9, true, probing],
    [
      "taken before, of a pod at work by a probe, begins anew",
      { takenAtMs: at(60) },
      0,
      false,
      probing,
      isActive,
    ],
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
      "after more than a stride begins anew",
      {},
      0,
      true,
      idleGuard,
      undefined,
      { idleAtMs: at(58) - 1, idleSeenAtMs: at(58) - 1 },
    ],
    [
      "after a stride adds",
      {},
      12,
      true,
      idleGuard,
      undefined,
      { idleAtMs: at(58), idleSeenAtMs: at(58) },
    ],
    [
      "that is the first new one in a while, with idle ones between, adds",
      {},
      14,
      true,
      idleGuard,
      undefined,
      { idleAtMs: at(56), idleSeenAtMs: at(60), takenAtMs: at(56) },
    ],
    [
      "that was taken before, after more than a stride, begins anew with the next",
      { takenAtMs: at(60) },
      0,
      false,
      idleGuard,
      undefined,
      { idleAtMs: at(57), idleSeenAtMs: at(57) },
    ],
    [
      "from before something else was seen changes nothing",
      {},
      9,
      true,
      idleGuard,
      undefined,
      { notIdleAtMs: at(62) },
    ],
    [
      "saved by an earlier version goes on from its last one",
      {},
      10,
      true,
      idleGuard,
      undefined,
      { idleSeenAtMs: undefined },
    ],
    [
      "after nothing that is known to have been idle begins anew",
      {},
      0,
      true,
      idleGuard,
      undefined,
      { idleAtMs: undefined, idleSeenAtMs: undefined },
    ],
    [
      "before the one before begins anew",
      {},
      0,
      true,
      idleGuard,
      undefined,
      { idleAtMs: at(62), idleSeenAtMs: at(62) },
    ],
  ])("%s", (_sentence, sample, minutes, isIdleNow, guard = idleGuard, activity, before = {}) => {
    const found = idleAfter({ ...idle, ...before }, sampleAt(61, sample), activity, guard, {
      nowMs: at(61),
      strideMs: 3 * minuteMs,
    });

    expect(found.idleMs).toBe(minutes * minuteMs);
    expect(found.idleAtMs !== undefined).toBe(isIdleNow);
  });

  it("that is not of a fresh time leaves the time of the last fresh one", () => {
    const ahead = sampleAt(61, { takenAtMs: at(600), cpuPercent: 50 });

    const found = idleAfter(idle, ahead, undefined, idleGuard, {
      nowMs: at(61),
      strideMs: 3 * minuteMs,
    });

    expect(found.takenAtMs).toBe(at(60));
  });

  it("keeps the counters of the probes, and those from before while none were asked", () => {
    const when = { nowMs: at(61), strideMs: 3 * minuteMs };

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
    ["load beside a time that stands still", { sample: { cpuPercent: 50, takenAtMs: at(2) } }],
    ["something in the memory of its GPU", { sample: { gpuMemoryPercents: [50] } }],
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
    ["the memory of its GPUs is null", { sample: { gpuMemoryPercents: [undefined] } }],
    ["one of its GPUs is null", { sample: { gpuPercents: [0, undefined] } }],
    ["its CPU is null", { sample: { cpuPercent: undefined } }],
    ["the timestamp is missing", { sample: { takenAtMs: undefined } }],
    ["the timestamp is stale", { sample: { takenAtMs: at(-60) } }],
    ["the timestamp stands still", { sample: { takenAtMs: at(18) } }],
    ["looks fail", { look: "blind" }],
    ["the pods are unknown", { look: { pods: "unknown" } }],
  ] as const)(
    "counts nothing while %s, and begins anew after more than a stride",
    (_sentence, unseen) => {
      const only = live(unlived, [0, 90], policy, unseen);
      const between = live(unlived, [0, 100], policy, (n) => (n > 19 && n <= 30 ? unseen : {}));

      expect(owedBy(only)).toEqual([]);
      expect(owedBy(between)).toEqual([[61, "idle"]]);
    },
  );

  it.each([
    ["telemetry is missing", { sample: "missing" }],
    ["nothing could be measured", { sample: "unmeasured" }],
    ["its CPU is null", { sample: { cpuPercent: undefined } }],
  ] as const)("does not count two minutes in which %s", (_sentence, unseen) => {
    const lived = live(unlived, [0, 40], policy, (n) => (n === 20 || n === 21 ? unseen : {}));

    // Idle from 0 to 19, and from 22 on.
    expect(owedBy(lived)).toEqual([[33, "idle"]]);
  });

  it("does not add 16 idle minutes, ten unknown hours and 15 idle minutes", () => {
    const lived = live(unlived, [0, 631], policy, (n) =>
      n > 16 && n <= 616 ? { sample: "missing" } : {},
    );

    expect(owedBy(lived)).toEqual([]);
    expect(lived.state.runs["p1"]?.idleMs).toBe(14 * minuteMs);
  });

  it.each([
    ["as long as two polls", 2],
    ["of ten hours", 600],
  ])("does not count a sleep of the machine %s", (_sentence, minutes) => {
    const before = live(unlived, [0, 20], policy);
    const woken = step(before, 20 + minutes, { kind: "paused", atMs: at(20 + minutes) }, policy);

    const lived = live(woken, [20 + minutes, 24 + minutes], policy);

    const known = minutes <= 3 ? 20 : 0;
    expect(lived.state.runs["p1"]?.idleMs).toBe((known + 4) * minuteMs);
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
      n >= 29 && n < 31 ? { sample: "missing" } : {},
    );

    expect(owedBy(lived)).toEqual([[33, "idle"]]);
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
