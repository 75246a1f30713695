import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createMeasuring, type ProbePods } from "#daemon/measuring.ts";
import type { Activity, Measured, PodSample } from "#guard/model/account.ts";
import type { IdleGuard } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import { emptyState, type GuardState, type Input } from "#guard/model/state.ts";
import { createFakeClock } from "../fake-clock.ts";
import { keptLog } from "../effects/samples.ts";
import { pod, policyWith, seen } from "../guard/samples.ts";

const minuteMs = 60_000;
const idle: IdleGuard = {
  action: "stop",
  pods: ["*"],
  afterMs: 30 * minuteMs,
  gpuPercent: 5,
  cpuPercent: 10,
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

function setUp({
  measure = (): Promise<Measured> => Promise.resolve(measured),
  probe = (() => Promise.resolve({ idle: quiet })) as ProbePods,
  hasProbes = true,
} = {}) {
  const inputs: Input[] = [];
  const probed: (readonly string[])[] = [];
  const { log, entries } = keptLog();
  let measures = 0;
  const clock = createFakeClock();
  const measuring = createMeasuring({
    clock,
    account: {
      look: () => Promise.reject(new Error("nobody looks here")),
      measure() {
        measures += 1;
        return measure();
      },
      end: () => Promise.reject(new Error("nobody ends a pod here")),
    },
    engine: {
      state: () => state,
      take(input) {
        inputs.push(input);
        return Promise.resolve();
      },
    },
    probe(runs, signal) {
      probed.push(
        runs.map(({ podId, name, counters }) => `${podId} ${name} ${counters?.["requests"]}`),
      );
      return probe(runs, signal);
    },
    policy: () =>
      policyWith({ podGuards: { ...policyWith().podGuards, idle: { ...idle, hasProbes } } }),
    log,
  });
  const interruption = new AbortController();
  return {
    clock,
    measuring,
    inputs,
    probed,
    entries,
    interruption,
    measures: () => measures,
    start: (given = look) => measuring.start(given, interruption.signal),
  };
}

/** A promise that is kept when the test says so. */
function pending<Value>() {
  let keep: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((resolve) => (keep = resolve));
  return { promise, keep };
}

describe("a round", () => {
  it("hands the guard what was measured, and what the idle pods say when they are asked", async () => {
    const { start, measuring, inputs, probed } = setUp();

    start();
    await measuring.idle();

    expect(probed).toEqual([["idle name of idle 3"]]);
    expect(inputs).toEqual([{ kind: "measured", measured, activity: { idle: quiet } }]);
  });

  it.each<[string, Parameters<typeof setUp>[0]]>([
    ["the config names no probes", { hasProbes: false }],
    ["nothing was measured", { measure: () => Promise.resolve(unmeasured) }],
    [
      "every pod is busy",
      { measure: () => Promise.resolve({ ...measured, samples: [sample("busy", 99)] }) },
    ],
  ])("asks no pod where %s", async (_sentence, given) => {
    const { start, measuring, inputs, probed } = setUp(given);

    start();
    await measuring.idle();

    expect(probed).toEqual([]);
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
    start(seen({ pods: [pod({ status: "EXITED" })] }));
    start(seen({ pods: "unknown" }));
    await measuring.idle();

    expect(measures()).toBe(0);
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

  it("a probe that hangs keeps the next one waiting, and nobody else", async () => {
    const probe = pending<Readonly<Record<string, Activity>>>();
    const { start, measures, inputs } = setUp({ probe: () => probe.promise });

    start();
    await nextTurn();
    start();

    expect(measures()).toBe(1);
    expect(inputs).toEqual([]);
  });

  it("one that never ends is given up and told, and the next one is begun; that it works again is told", async () => {
    const probe = pending<Readonly<Record<string, Activity>>>();
    const signals: AbortSignal[] = [];
    const { clock, start, measuring, measures, inputs } = setUp({
      probe(_runs, signal) {
        signals.push(signal);
        return signals.length === 1 ? probe.promise : Promise.resolve({ idle: quiet });
      },
    });

    start();
    await clock.advanceTo(300_000);
    await measuring.idle();
    start();
    await measuring.idle();
    probe.keep({ idle: quiet });
    await nextTurn();

    const what = "reading the load of the pods";
    const because = "given up: not done after 300 s";
    expect(measures()).toBe(2);
    expect(signals[0]?.aborted).toBe(true);
    expect(inputs).toEqual([
      { kind: "trouble", what, atMs: 300_000, because },
      { kind: "measured", measured, activity: { idle: quiet } },
      { kind: "recovered", what, atMs: 300_000 },
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

describe("an interruption", () => {
  it("while it measures: the guard hears nothing, and no pod is asked", async () => {
    const first = pending<Measured>();
    const { start, measuring, inputs, probed, entries, interruption } = setUp({
      measure: () => first.promise,
    });
    start();

    interruption.abort();
    first.keep(unmeasured);
    await measuring.idle();

    expect([inputs, probed, entries]).toEqual([[], [], []]);
  });

  it("while pods are asked: what was cut off decides nothing", async () => {
    const { start, measuring, inputs, interruption } = setUp({
      probe: (_runs, signal) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => resolve({}));
        }),
    });
    start();
    await nextTurn();

    interruption.abort();
    await measuring.idle();

    expect(inputs).toEqual([]);
  });
});
