import { describe, expect, it } from "vitest";
import type { Activity, Measured, PodSample } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import { isMeasuringOfUse, podsToProbe } from "#guard/pods/follow/telemetry.ts";
import {
  at,
  book,
  guarding,
  hardTimeout,
  idleGuard,
  live,
  type Lived,
  type Minute,
  minuteMs,
  owedBy,
  pod,
  probed,
  saidOf,
  sampleAt,
  unlived,
} from "../../samples.ts";

const policy = guarding({ idle: idleGuard });
const unmeasured = { sample: "unmeasured" } as const;
const unknown = { sample: { cpuPercent: undefined } } as const;

describe("loads that cannot be measured", () => {
  const told = (span: string, rest = "the other guards work") =>
    `blind: the load of the pods has been unknown for ${span} (timed out). Until it is known no pod counts as idle; ${rest}`;

  it("are an alarm after so long, again each hour, and its end is told", () => {
    const lived = live(live(unlived, [0, 70], policy, unmeasured), [71, 72], policy);

    expect(saidOf(lived)).toEqual([
      [5, told("5 min")],
      [65, told("1 h 5 min")],
      [71, "no longer blind: the load of the pods is known again after 1 h 11 min"],
    ]);
    expect(lived.state.unrecorded.map(({ type }) => type)).toEqual([
      "start",
      "blind",
      "blind",
      "sighted",
    ]);
  });

  it("are no alarm for a moment, and no news when it is over", () => {
    const lived = live(live(unlived, [0, 4], policy, unmeasured), [5, 5], policy);

    expect(saidOf(lived)).toEqual([]);
    expect(lived.state.unmeasured).toBeUndefined();
  });

  it.each([
    ["no idle guard is on", guarding({ hardTimeout }), {}],
    ["it is for no pod that runs", guarding({ idle: { ...idleGuard, pods: ["x"] } }), {}],
    ["it is for protected pods alone", { ...policy, protect: ["p1"] }, {}],
    ["no pods run", policy, { look: { pods: [pod({ status: "stopped" })] } }],
    ["the pods are unknown", policy, { look: { pods: "unknown" } }],
  ] as const)("are no alarm where %s", (_sentence, quiet, minute) => {
    const lived = live(unlived, [0, 20], quiet, { ...unmeasured, ...minute });

    expect(saidOf(lived).filter(([, words]) => words.includes("load"))).toEqual([]);
  });

  it("are an alarm for the idle guard while a pod may have been restarted, too", () => {
    const lived = live(live(unlived, [0, 10], policy), [60, 70], policy, unmeasured);

    expect(saidOf(lived)).toEqual([
      [65, expect.stringContaining("which may have been restarted unnoticed")],
    ]);
  });

  it("are an alarm for any guard while it is not known which run a pod is in", () => {
    const hard = guarding({ hardTimeout });
    const before = live(unlived, [0, 10], hard);

    const lived = live(before, [60, 70], hard, unmeasured);

    expect(saidOf(lived)).toEqual([
      [
        65,
        told(
          "5 min",
          "and no guard stops pod trainer (p1), which may have been restarted unnoticed",
        ),
      ],
    ]);
  });
});

describe("a pod that tells no load", () => {
  const words =
    "blind: RunPod reports no load for pod trainer (p1), so the idle guard does not act";

  it("that is first seen long after its start is given as long as any", () => {
    expect(saidOf(live(unlived, [100, 105], policy, unknown))).toEqual([[105, words]]);
  });

  it.each([
    ["none of it", unknown],
    ["nothing at all", { sample: "missing" }],
    ["a load that was taken long ago", { sample: { takenAtMs: at(-100) } }],
  ] as const)("is told after a while, and hourly: %s", (_sentence, minute) => {
    const lived = live(unlived, [0, 70], policy, minute);

    expect(saidOf(lived)).toEqual([
      [5, words],
      [65, words],
    ]);
  });

  it("is told again after an hour and no sooner, though its load is known for a moment", () => {
    const lived = live(unlived, [0, 70], policy, (n) => (n === 10 ? {} : unknown));

    expect(saidOf(lived).map(([n]) => n)).toEqual([5, 65]);
  });

  it("is not told within the boot grace and a while", () => {
    const grace = guarding({ idle: { ...idleGuard, bootGraceMs: 15 * minuteMs } });

    expect(saidOf(live(unlived, [0, 25], grace, unknown)).map(([n]) => n)).toEqual([20]);
  });

  it("is not told where a longer silence of the account is not told either", () => {
    const patient = { ...policy, blindAfterMs: 40 * minuteMs };

    expect(saidOf(live(unlived, [0, 45], patient, unknown)).map(([n]) => n)).toEqual([40]);
  });
});

describe("probes that do not work", () => {
  const probing = guarding({ idle: { ...idleGuard, hasProbes: true } });
  const failing: Activity = {
    isActive: true,
    because: "exit 127",
    hasFailed: true,
    counters: {},
  };
  const quiet: Activity = { ...failing, isActive: false, because: "quiet", hasFailed: false };
  const words = "idle: a probe failed, which counts as activity: pod trainer (p1): exit 127";

  it("count as activity, and are told at once and hourly while they last", () => {
    const lived = live(unlived, [0, 100], probing, { activity: { p1: failing } });

    expect(owedBy(lived)).toEqual([]);
    expect(saidOf(lived)).toEqual([
      [0, words],
      [60, words],
    ]);
  });

  it("are told at once again after they worked, not after nobody was asked", () => {
    const lived = live(unlived, [0, 20], probing, (n) => {
      if (n === 5) return { activity: {} };
      return { activity: { p1: n === 10 ? quiet : failing } };
    });

    expect(saidOf(lived).map(([n]) => n)).toEqual([0, 11]);
  });

  it("of a pod whose run is over are nobody's business", () => {
    const lived = live(unlived, [0, 5], probing, { look: { pods: [] }, activity: { p1: failing } });

    expect(saidOf(lived)).toEqual([]);
  });

  it("that work again hide nothing else that was told", () => {
    const failed = live(unlived, [0, 5], probing, { activity: { p1: failing } });
    const saidAtMs = { ...failed.state.saidAtMs, "trouble:log file": at(5) };

    const { state } = live({ ...failed, state: { ...failed.state, saidAtMs } }, [6, 6], probing, {
      activity: { p1: quiet },
    });

    expect(state.saidAtMs).toEqual({ "trouble:log file": at(5) });
  });

  it("that work and find nothing let the pod idle out", () => {
    const lived = live(unlived, [0, 40], probing, { activity: { p1: quiet } });

    expect(owedBy(lived)).toEqual([[30, "idle"]]);
    expect(lived.state.runs["p1"]?.counters).toEqual({});
  });
});

describe("probes that answer when they answer", () => {
  const probing = guarding({ idle: { ...idleGuard, hasProbes: true } });
  const quiet: Activity = {
    isActive: false,
    because: "quiet",
    hasFailed: false,
    counters: { n: 1 },
  };
  const active: Activity = { ...quiet, isActive: true, because: "n rose" };
  const failing: Activity = { ...active, because: "exit 7", hasFailed: true };
  const two = { look: { pods: [pod(), pod({ id: "p2", name: "other" })] } };
  const idleMinutes = ({ state }: Lived, podId = "p1") =>
    (state.runs[podId]?.idleMs ?? NaN) / minuteMs;

  it("let a pod idle whose probe takes longer than from poll to poll", () => {
    let lived = unlived;
    for (let n = 0; n <= 40; n += 1) {
      lived = live(lived, [n, n], probing);
      if (n % 2 === 1) lived = probed(lived, [n - 1, n], quiet, probing);
    }

    expect(owedBy(lived)).toEqual([[32, "idle"]]);
    expect(lived.state.runs["p1"]?.counters).toEqual({ n: 1 });
  });

  it("of one pod cost no other pod anything", () => {
    let lived = unlived;
    for (let n = 0; n <= 20; n += 1) {
      lived = probed(live(lived, [n, n], probing, two), [n, n], quiet, probing, "p2");
    }

    expect([idleMinutes(lived), idleMinutes(lived, "p2")]).toEqual([0, 20]);
  });

  it("and never answer leave the load of their own pod unknown, which is told", () => {
    const lived = live(unlived, [0, 10], probing);

    expect(owedBy(lived)).toEqual([]);
    expect(saidOf(lived)).toEqual([
      [
        5,
        "blind: RunPod reports no load, or no probe answers, for pod trainer (p1), so the idle guard does not act",
      ],
    ]);
  });

  it.each([
    ["was busy since", { sample: { cpuPercent: 50 } }],
    ["told no load since", { sample: { cpuPercent: undefined } }],
    ["was touched since", { book: book({}, { p1: at(1) }) }],
    ["is protected now", { look: { pods: [pod({ name: "keep" })] } }],
  ] as const)("count nothing for a pod that %s", (_sentence, since) => {
    const keeping = { ...probing, protect: ["keep"] };
    const before = probed(live(unlived, [0, 0], keeping), [0, 0], quiet, keeping);

    const lived = probed(live(before, [1, 1], keeping, since), [0, 1], quiet, keeping);

    expect(idleMinutes(lived)).toBe(0);
    expect(lived.state.runs["p1"]?.idleAtMs).toBeUndefined();
  });

  it("and show activity end what was idle, whenever they do", () => {
    let lived = probed(live(unlived, [0, 0], probing), [0, 0], quiet, probing);
    lived = probed(live(lived, [1, 1], probing), [1, 1], quiet, probing);
    const before = idleMinutes(lived);

    lived = probed(live(lived, [2, 3], probing), [2, 3], active, probing);

    expect([before, idleMinutes(lived)]).toEqual([1, 0]);
  });

  it("are nobody's business where no idle guard is on any more", () => {
    const before = live(unlived, [0, 0], probing);

    expect(probed(before, [0, 1], failing, guarding({})).state).toBe(before.state);
  });

  it("and fail one after the other are told once, and what comes soon after together", () => {
    const three = { look: { pods: ["p1", "p2", "p3"].map((id) => pod({ id, name: id })) } };
    let lived = live(unlived, [0, 0], probing, three);
    for (const podId of ["p1", "p2", "p3"]) {
      lived = probed(lived, [0, 0], failing, probing, podId);
    }
    for (let n = 1; n <= 70; n += 1) {
      lived = live(lived, [n, n], probing, three);
      for (const podId of ["p1", "p2", "p3"]) {
        lived = probed(lived, [n, n], failing, probing, podId);
      }
    }

    const words = (pods: string) =>
      `idle: a probe failed, which counts as activity: ${pods}: exit 7`;
    expect(saidOf(lived)).toEqual([
      [0, words("pod p1")],
      [5, words("pods p2, p3")],
      [60, words("pod p1")],
      [65, words("pods p2, p3")],
    ]);
  });

  it("and failed before work again: what was told is forgotten", () => {
    const failed = probed(live(unlived, [0, 0], probing), [0, 0], failing, probing);

    const { state } = probed(live(failed, [1, 1], probing), [1, 1], quiet, probing);

    expect(Object.keys(failed.state.saidAtMs)).toEqual(["idle:probe:p1"]);
    expect(state.saidAtMs).toEqual({});
    expect(state.runs["p1"]?.probeFault).toBeUndefined();
  });
});

describe("the pods that are asked", () => {
  const probing = { ...idleGuard, hasProbes: true };
  const pods = [pod(), pod({ id: "p2", status: "stopped" }), pod({ id: "p3", name: "safe" })];
  const taken = (overrides: object): Measured => ({
    kind: "measured",
    atMs: at(20),
    samples: ["p1", "p2", "p3"].map((podId) => sampleAt(20, { podId, ...overrides })),
  });

  it.each<[string, Parameters<typeof guarding>[0], Measured, readonly string[]]>([
    ["are those that show no load", { idle: probing }, taken({}), ["p1"]],
    ["are none that are busy anyway", { idle: probing }, taken({ cpuPercent: 50 }), []],
    ["are none whose load is unknown", { idle: probing }, taken({ cpuPercent: undefined }), []],
    [
      "are none that still boot",
      { idle: { ...probing, bootGraceMs: 21 * minuteMs } },
      taken({}),
      [],
    ],
    ["are none where there are no probes", { idle: idleGuard }, taken({}), []],
    ["are none where there is no idle guard", {}, taken({}), []],
    ["are none that the guard is not for", { idle: { ...probing, pods: ["p9"] } }, taken({}), []],
    [
      "are none that were not measured",
      { idle: probing },
      { kind: "unmeasured", atMs: at(20), because: "timed out" },
      [],
    ],
  ])("%s", (_sentence, guards, measured, ids) => {
    const { state } = live(unlived, [0, 0], policy, { look: { pods } });

    const found = podsToProbe(state, measured, guarding(guards, { protect: ["safe"] }));

    expect(found.map(({ run }) => run.podId)).toEqual(ids);
  });
});

it("a sample of a pod that nobody sees run begins nothing", () => {
  const lived = live(unlived, [0, 5], policy, {
    look: { pods: [] },
    samples: [sampleAt(0, { podId: "p9" })],
  });

  expect(lived.state.runs).toEqual({});
});

it("what a pod is, is kept while it is not told", () => {
  const first = live(unlived, [0, 0], policy);

  const { state } = live(first, [1, 1], policy, {
    sample: { gpuType: undefined, region: undefined },
  });

  expect(state.runs["p1"]).toMatchObject({ gpuType: "A40", region: "EU-RO-1" });
});

describe("a pod that may have been started again while nobody looked", () => {
  const hard = guarding({ hardTimeout });
  const startless = { sample: { bootedAtMs: undefined, lastStartedAtMs: undefined } } as const;
  const words =
    "blind: pod trainer (p1): possibly restarted while no poll worked. No guard acts until RunPod reports the start time";

  it("and does not tell is told of, at once and each hour, until it tells", () => {
    const before = live(unlived, [0, 0], hard);
    const lived = live(live(before, [30, 95], hard, startless), [96, 97], hard);

    expect(saidOf(lived)).toEqual([
      [30, words],
      [90, words],
    ]);
    expect(Object.keys(lived.state.saidAtMs)).toEqual([]);
  });

  it("is nobody's business where no guard is on", () => {
    const off = guarding({});

    expect(saidOf(live(live(unlived, [0, 0], off), [30, 40], off, startless))).toEqual([]);
  });
});

it.each<[sentence: string, policy: Policy, minute: Minute]>([
  ["a load that is not told", policy, unknown],
  [
    "a probe that does not work",
    guarding({ idle: { ...idleGuard, hasProbes: true } }),
    { activity: { p1: { isActive: true, because: "exit 1", hasFailed: true, counters: {} } } },
  ],
  [
    "a guard that only tells",
    guarding({ idle: { ...idleGuard, action: "notify", afterMs: 5 * minuteMs } }),
    {},
  ],
  ["an end to come", guarding({ idle: { ...idleGuard, afterMs: 20 * minuteMs } }), {}],
])("what is said of %s is about its pod", (_sentence, policy, minute) => {
  const { events } = live(unlived, [0, 5], policy, minute);

  expect(events.filter(([, { kind }]) => kind === "said")).toEqual([
    [expect.any(Number), expect.objectContaining({ podIds: ["p1"] })],
  ]);
});

it("what is said of a pod that may have been restarted is about it", () => {
  const guards = guarding({ hardTimeout });
  const startless = { sample: { bootedAtMs: undefined, lastStartedAtMs: undefined } } as const;

  const { events } = live(live(unlived, [0, 0], guards), [30, 30], guards, startless);

  expect(events.filter(([, { kind }]) => kind === "said")).toEqual([
    [30, expect.objectContaining({ podIds: ["p1"] })],
  ]);
});

describe("measuring is of use", () => {
  const off = guarding({});
  const none = { sample: "none" } as const;
  const measured = () => live(unlived, [0, 0], off);

  it.each([
    ["while a guard is on", measured, guarding({ hardTimeout }), true],
    ["while a run has not told its start", () => live(unlived, [0, 0], off, none), off, true],
    [
      "while one run of several has not told its start",
      () =>
        live(unlived, [0, 0], off, {
          look: { pods: [pod(), pod({ id: "p2" })] },
          samples: [sampleAt(0)],
        }),
      off,
      true,
    ],
    ["while a run may have begun anew", () => live(measured(), [30, 30], off, none), off, true],
    ["not when all is known and no guard is on", measured, off, false],
  ] as const)("%s", (_sentence, lived, guards, isOfUse) => {
    expect(isMeasuringOfUse(lived().state, guards)).toBe(isOfUse);
  });
});

describe("a pod that RunPod lists several times", () => {
  const busy = { gpuPercents: [99], cpuPercent: 90 } as const;

  it.each<[string, ...Partial<PodSample>[]]>([
    ["busy in the row between", {}, busy, {}],
    ["busy in the first row", busy, {}],
    ["busy by a GPU's memory alone", {}, { gpuMemoryPercents: [80] }],
    ["idle with a row that says nothing", {}, { cpuPercent: undefined, gpuPercents: undefined }],
    ["idle with fewer GPUs in one row", { gpuPercents: [0, 0], gpuMemoryPercents: [0, 0] }, {}],
    ["idle with a row without memory", {}, { gpuMemoryPercents: undefined }],
    ["idle after a row without memory", { gpuMemoryPercents: undefined }, {}],
    ["idle after a row that says nothing", { cpuPercent: undefined, gpuPercents: undefined }, {}],
    [
      "idle by numbers as old as their times",
      { isCpuTimed: true, areGpusTimed: true },
      { isCpuTimed: true, areGpusTimed: true, cpuPercent: 2 },
    ],
    ["idle by a number of now and an old one", { isCpuTimed: true }, { areGpusTimed: true }],
  ])("is not stopped as idle: %s", (_sentence, ...rows) => {
    const lived = live(unlived, [0, 80], policy, (n) => ({
      samples: rows.map((row) => sampleAt(n, row)),
    }));

    expect(owedBy(lived)).toEqual([]);
  });

  it("alike is stopped as any other", () => {
    const lived = live(unlived, [0, 80], policy, (n) => ({
      samples: [sampleAt(n), sampleAt(n, { takenAtMs: undefined, gpuMemoryPercents: [0] })],
    }));

    expect(owedBy(lived)).toEqual([[30, "idle"]]);
  });

  it("alike in all that it does not say is unknown", () => {
    const none = { gpuPercents: undefined, bootedAtMs: undefined } as const;
    const lived = live(unlived, [0, 40], policy, (n) => ({
      samples: [sampleAt(n, none), sampleAt(n, none)],
    }));

    expect(owedBy(lived)).toEqual([]);
  });

  it("has run as long as the row says that makes it shortest", () => {
    const lived = live(unlived, [60, 60], guarding({ hardTimeout }), {
      samples: [sampleAt(60), sampleAt(60, { bootedAtMs: at(30), lastStartedAtMs: at(30) })],
    });

    expect(lived.state.runs["p1"]?.startedAtMs).toBe(at(30));
  });
});

describe("a pod whose load is known only now and then", () => {
  const patchy =
    "blind: the load is known only now and then for pod trainer (p1), so the idle guard does not act";
  const silent =
    "blind: RunPod reports no load for pod trainer (p1), so the idle guard does not act";
  const unknownFor =
    (minutes: number, of: number, known: Minute = {}) =>
    (n: number) =>
      n % of < minutes ? unknown : known;
  const busy: Minute = { sample: { cpuPercent: 90 } };
  const words = (lived: Lived) => saidOf(lived).filter(([, each]) => each.startsWith("blind"));

  it("in 6 of 10 minutes is told of when the idle guard would have acted, and hourly", () => {
    const lived = live(unlived, [0, 170], policy, unknownFor(4, 10));

    const [first = [0, ""], second = [0, ""]] = words(lived);
    expect(words(lived).map(([, each]) => each)).toEqual(words(lived).map(() => patchy));
    expect(first[0]).toBeLessThan(120);
    expect(second[0] - first[0]).toBe(60);
    expect(lived.owed).toEqual([]);
  });

  it("in one of 5 minutes, too", () => {
    expect(words(live(unlived, [0, 120], policy, unknownFor(4, 5)))[0]?.[1]).toBe(patchy);
  });

  it.each([
    ["idle", {}],
    ["busy", busy],
  ] as const)(
    "in 4 of 10 minutes, and then %s, is told of hourly and no more",
    (_sentence, known) => {
      const lived = live(unlived, [0, 240], policy, unknownFor(6, 10, known));

      const minutes = words(lived).map(([minute]) => minute);
      expect(words(lived)[0]).toEqual([5, silent]);
      for (const [n, minute] of minutes.entries()) {
        expect(minute - (minutes[n - 1] ?? -60)).toBeGreaterThanOrEqual(60);
      }
    },
  );

  it("and works in between is no news", () => {
    expect(words(live(unlived, [0, 200], policy, unknownFor(4, 10, busy)))).toEqual([]);
  });

  it("is stopped all the same where the gaps are short", () => {
    const lived = live(unlived, [0, 120], policy, unknownFor(2, 10));

    expect(words(lived)).toEqual([]);
    expect(owedBy(lived).length + saidOf(lived).length).toBeGreaterThan(0);
  });
});
