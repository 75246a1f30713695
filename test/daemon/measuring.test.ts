import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type AskedPod, createMeasuring, type MakeProbing } from "#daemon/measuring.ts";
import type { Activity, Measured, PodSample } from "#guard/model/account.ts";
import type { IdleGuard } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import { emptyState, type GuardState, type Input } from "#guard/model/state.ts";
import { createFakeClock } from "../fake-clock.ts";
import type { Clock } from "#ports.ts";
import { keptLog } from "../effects/samples.ts";
import { pod, policyWith, seen } from "../guard/samples.ts";

const minuteMs = 60_000;
const idle: IdleGuard = {
  action: "stop",
  pods: ["*"],
  afterMs: 30 * minuteMs,
  gpuPercent: 5,
  cpuPercent: 10,
  gpuMemoryPercent: 10,
  bootGraceMs: 0,
  hasProbes: true,
};
const run = (podId: string): PodRun => ({
  podId,
  name: `name of ${podId}`,
  firstSeenAtMs: 0,
  startedAtMs: 0,
  startFrom: "uptime",
  idleMs: 0,
  counters: { requests: 3 },
  warnedAtMs: {},
  actedAtMs: {},
});
const sample = (podId: string, gpuPercent: number): PodSample => ({
  podId,
  bootedAtMs: 0,
  lastStartedAtMs: undefined,
  takenAtMs: minuteMs,
  cpuPercent: 0,
  gpuPercents: [gpuPercent],
  gpuMemoryPercents: [gpuPercent],
  gpuType: undefined,
  region: undefined,
});
const look = seen({ pods: ["idle", "busy"].map((id) => pod({ id })) });
const state: GuardState = {
  ...emptyState,
  lastSeen: look,
  runs: { idle: run("idle"), busy: run("busy") },
};
const measured: Measured = {
  kind: "measured",
  atMs: minuteMs,
  samples: [sample("idle", 0), sample("busy", 99)],
};
const unmeasured: Measured = { kind: "unmeasured", atMs: minuteMs, because: "HTTP 500" };
const quiet: Activity = { isActive: false, because: "", hasFailed: false, counters: {} };

const still: Clock = { nowMs: () => 2 * minuteMs, sleepUntil: () => new Promise(() => {}) };

function setUp({
  measure = (_signal: AbortSignal): Promise<Measured> => Promise.resolve(measured),
  hasProbes = true,
  clock = still,
  take = (_input: Input): Promise<void> => Promise.resolve(),
  pausedMs = (): number => 0,
  apartMs = (): number => 0,
} = {}) {
  const inputs: Input[] = [];
  const asked: (readonly AskedPod[])[] = [];
  let answered: Parameters<MakeProbing>[0] = () => undefined;
  let isProbing = pending<void>();
  isProbing.keep();
  const { log, entries } = keptLog();
  let measures = 0;
  const measuring = createMeasuring({
    account: {
      look: () => Promise.reject(new Error("nobody looks here")),
      measure(signal) {
        measures += 1;
        return measure(signal);
      },
      end: () => Promise.reject(new Error("nobody ends a pod here")),
    },
    engine: {
      state: () => state,
      saved: () => state,
      take(input) {
        inputs.push(input);
        return take(input);
      },
      idle: () => Promise.resolve(),
    },
    probing(onAnswer) {
      answered = onAnswer;
      return { ask: (pods) => void asked.push(pods), idle: () => isProbing.promise };
    },
    policy: () =>
      policyWith({ podGuards: { ...policyWith().podGuards, idle: { ...idle, hasProbes } } }),
    clock: { ...clock, pausedMs },
    log,
    apartMs,
  });
  const interruption = new AbortController();
  return {
    measuring,
    inputs,
    asked,
    answer: (pod: AskedPod, activity = quiet) => answered(pod, activity),
    probe: () => {
      isProbing = pending();
      return isProbing;
    },
    entries,
    interruption,
    measures: () => measures,
    start: (given = look) => measuring.start(given, interruption.signal),
  };
}

const askedPod: AskedPod = {
  podId: "idle",
  podName: "name of idle",
  counters: { requests: 3 },
  sample: sample("idle", 0),
  sampledAtMs: minuteMs,
};

/** A promise that is kept when the test says so. */
function pending<Value>() {
  let keep: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((resolve) => (keep = resolve));
  return { promise, keep };
}

it.each([
  ["a moment later it is not begun again", 12_000, 1],
  ["about as much later as is wanted, it is", 13_500, 2],
  ["after a clock that went back, too", -60_000, 2],
])("rounds are apart: %s", async (_sentence, laterMs, rounds) => {
  let now = 0;
  const clock = { ...still, nowMs: () => now };
  const { start, measuring, probe, measures } = setUp({ clock, apartMs: () => 15_000 });
  probe().keep();
  start();
  await measuring.idle();

  now = laterMs;
  start();
  await measuring.idle();

  expect(measures()).toBe(rounds);
});

describe("a round", () => {
  it("hands the guard what was measured, and has the idle pods asked", async () => {
    const { start, measuring, inputs, asked } = setUp();

    start();
    await measuring.idle();

    expect(inputs).toEqual([{ kind: "measured", measured, activity: {} }]);
    expect(asked).toEqual([[askedPod]]);
  });

  it.each<[string, Parameters<typeof setUp>[0]]>([
    ["the config names no probes", { hasProbes: false }],
    ["nothing was measured", { measure: () => Promise.resolve(unmeasured) }],
    [
      "every pod is busy",
      { measure: () => Promise.resolve({ ...measured, samples: [sample("busy", 99)] }) },
    ],
  ])("asks no pod where %s", async (_sentence, given) => {
    const { start, measuring, inputs, asked } = setUp(given);

    start();
    await measuring.idle();

    expect(asked).toEqual([[]]);
    expect(inputs).toMatchObject([{ kind: "measured", activity: {} }]);
  });

  it("that could not measure says so, and the guard hears of it", async () => {
    const { start, measuring, inputs, entries } = setUp({
      measure: () => Promise.resolve(unmeasured),
    });

    start();
    await measuring.idle();

    expect(inputs).toEqual([{ kind: "measured", measured: unmeasured, activity: {} }]);
    expect(entries).toEqual([["could not read the load of the pods", { because: "HTTP 500" }]]);
  });

  it("is not begun where no pod runs, or none is seen", async () => {
    const { start, measuring, measures } = setUp();

    start(seen({ pods: [] }));
    start(seen({ pods: [pod({ status: "stopped" })] }));
    start(seen({ pods: "unknown" }));
    await measuring.idle();

    expect(measures()).toBe(0);
  });
});

describe("what a probe answers", () => {
  it("is told at once, with the sample that it was asked for", async () => {
    const { measuring, inputs, answer } = setUp();

    answer(askedPod);
    await measuring.idle();

    const probed = [{ sample: askedPod.sample, sampledAtMs: minuteMs, activity: quiet }];
    expect(inputs).toEqual([{ kind: "probed", atMs: 2 * minuteMs, probed }]);
  });

  it("while the guard is busy is told together, the latest of each pod", async () => {
    const first = pending<void>();
    const { measuring, inputs, answer } = setUp({ take: () => first.promise });
    const active = { ...quiet, isActive: true };

    answer(askedPod);
    answer({ ...askedPod, podId: "other" });
    answer(askedPod);
    answer(askedPod, active);
    await nextTurn();
    const during = inputs.length;
    first.keep();
    await measuring.idle();

    expect(during).toBe(1);
    expect(inputs).toMatchObject([{}, { probed: [{ activity: quiet }, { activity: active }] }]);
  });

  it("that the guard cannot take is a bug that is told, and the next one is taken", async () => {
    const { measuring, inputs, answer, entries } = setUp({
      take: () => Promise.reject(new Error("the moon is full")),
    });

    answer(askedPod);
    await measuring.idle();
    answer(askedPod);
    await measuring.idle();

    expect(inputs).toHaveLength(2);
    expect(entries).toHaveLength(2);
  });

  it("is waited for at the end", async () => {
    const { measuring, probe } = setUp();
    const probing = probe();
    let isIdle = false;

    const idle = measuring.idle().then(() => (isIdle = true));
    await nextTurn();
    const during = isIdle;
    probing.keep();
    await idle;

    expect(during).toBe(false);
  });
});

describe("rounds do not overlap:", () => {
  it("the next one begins at the first look after the last has ended", async () => {
    const first = pending<Measured>();
    const { start, measuring, measures } = setUp({ measure: () => first.promise });

    start();
    start();
    const during = measures();
    first.keep(measured);
    await measuring.idle();
    start();

    expect([during, measures()]).toEqual([1, 2]);
  });

  it("a probe that hangs keeps nobody waiting", async () => {
    const { start, measures, inputs, probe } = setUp();
    probe();

    start();
    await nextTurn();
    start();
    await nextTurn();

    expect(measures()).toBe(2);
    expect(inputs.map(({ kind }) => kind)).toEqual(["measured", "measured"]);
  });

  it("one that never ends is given up and told, and the next one is begun; that it works again is told", async () => {
    const clock = createFakeClock();
    const signals: AbortSignal[] = [];
    const { start, measuring, inputs } = setUp({
      clock,
      hasProbes: false,
      measure(signal) {
        signals.push(signal);
        return signals.length === 1 ? new Promise(() => {}) : Promise.resolve(measured);
      },
    });

    start();
    await clock.advanceTo(90_000);
    await measuring.idle();
    start();
    await measuring.idle();

    const what = "reading the load of the pods";
    const because = "given up: not done after 90 s";
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    expect(inputs).toEqual([
      { kind: "trouble", what, atMs: 90_000, because },
      { kind: "measured", measured, activity: {} },
      { kind: "recovered", what, atMs: 90_000 },
    ]);
  });

  it("one that broke is told with its stack, and the next one is begun", async () => {
    const { start, measuring, measures, entries, inputs } = setUp({
      measure: () => Promise.reject(new Error("the moon is full")),
    });

    start();
    await measuring.idle();
    start();
    await measuring.idle();

    expect(measures()).toBe(2);
    expect(inputs).toEqual([]);
    expect(entries).toMatchObject(
      [1, 2].map(() => [
        "reading the load of the pods failed; this is a bug",
        { stack: expect.stringContaining("the moon is full") as string },
      ]),
    );
  });
});

it("loads that were asked for before a sleep of the machine and came after it are left out", async () => {
  const first = pending<Measured>();
  let pausedMs = 0;
  const { start, measuring, inputs, asked } = setUp({
    measure: () => first.promise,
    pausedMs: () => pausedMs,
  });
  start();

  pausedMs = 90_000;
  first.keep(measured);
  await measuring.idle();

  expect([inputs, asked]).toEqual([[], []]);
});

it("an interruption while it measures: the guard hears nothing, and no pod is asked", async () => {
  const first = pending<Measured>();
  const { start, measuring, inputs, asked, entries, interruption } = setUp({
    measure: () => first.promise,
  });
  start();

  interruption.abort();
  first.keep(unmeasured);
  await measuring.idle();

  expect([inputs, asked, entries]).toEqual([[], [], []]);
});
