import { describe, expect, it } from "vitest";
import type { Outcome } from "#guard/model/effect.ts";
import type { GuardState } from "#guard/model/state.ts";
import {
  at,
  endRecordsOf,
  endsOf,
  guarding,
  hardTimeout,
  hourMs,
  idleGuard,
  leaseGuard,
  live,
  type Lived,
  pod,
  podEffectsOf,
  policyWith,
  saidOf,
  settleAt,
  unlived,
} from "../samples.ts";

const oneHour = { ...leaseGuard, defaultMs: hourMs };
const policy = guarding({ lease: oneHour });
const busy = { sample: { cpuPercent: 50 } } as const;
const due = (): Lived => live(unlived, [0, 60], policy, busy);
const idOf = (state: GuardState) => podEffectsOf(state.owed)[0]?.id ?? "none is owed";
const settled = (before: Lived, minute: number, outcome: Partial<Outcome>, by = policy) =>
  settleAt(before, minute, idOf(before.state), outcome, by);
const last = ({ state }: Lived) => state.unrecorded.at(-1);

describe("a run that one of its guards ended", () => {
  it.each([
    ["stopped", "stop"],
    ["gone", "termination"],
  ] as const)("is over, told, and in the history once: %s", (podIs, type) => {
    const before = due();

    const over = settled(before, 61, { podIs, because: "seen" });

    expect(over.state.runs).toEqual({});
    expect(podEffectsOf(over.state.owed)).toEqual([]);
    expect(saidOf(over).at(-1)).toEqual([
      61,
      `lease: ${podIs === "gone" ? "terminated" : "stopped"} pod trainer (p1): the end of its lease. It ran 1 h 1 min and cost $1.51; seen`,
    ]);
    expect(last(over)).toEqual({
      id: `${at(61)}.2`,
      atMs: at(61),
      type,
      reason: "lease_expired",
      because: "seen",
      ranAtMs: at(60),
      run: {
        podId: "p1",
        podName: "trainer",
        gpuType: "A40",
        region: "EU-RO-1",
        uptimeMs: 61 * 60_000,
        costUsd: (1.49 * 61) / 60,
        costPerHrUsd: 1.49,
        capAtMs: undefined,
      },
    });
  });

  it("at a cost that nobody knows says so", () => {
    const look = { pods: [pod({ costPerHrUsd: undefined })] };
    const before = live(unlived, [0, 60], policy, { ...busy, look });

    const over = settled(before, 61, { podIs: "stopped" });

    expect(saidOf(over).at(-1)?.[1]).toContain("It ran 1 h 1 min and its cost is unknown");
    expect(last(over)?.run?.costUsd).toBeUndefined();
  });

  it.each([
    ["done", { kind: "done", podIs: "stopped" }, 0, "lease_expired"],
    [
      "found so after a try of ours: it was ours",
      { kind: "moot", podIs: "gone" },
      1,
      "lease_expired",
    ],
    [
      "found so before any: it was someone else's",
      { kind: "moot", podIs: "gone" },
      0,
      "ended_elsewhere",
    ],
  ] as const)("has its reason: %s", (_sentence, outcome, failures, reason) => {
    let lived = due();
    for (let n = 0; n < failures; n += 1) lived = settled(lived, 61, { kind: "failed" });

    const over = settled(lived, 62, outcome);

    expect(endRecordsOf(over.state)).toEqual([["p1", reason]]);
    expect(last(over)?.notBeforeMs).toBe(reason === "ended_elsewhere" ? at(63) : undefined);
    expect(saidOf(over).some(([, words]) => words.includes("It ran"))).toBe(
      failures > 0 || outcome.kind === "done",
    );
  });

  it.each([
    ["was not wanted any more", { kind: "moot" }],
    ["was done, and nobody saw what is left of the pod", { kind: "done" }],
  ] as const)("is not over because its end %s", (_sentence, outcome) => {
    const over = settled(due(), 61, outcome);

    expect(over.state.runs["p1"]).toBeDefined();
    expect(endRecordsOf(over.state)).toEqual([]);
  });

  it.each([
    ["by us", { kind: "done", podIs: "stopped" }, "lease_expired"],
    ["by someone else", { kind: "moot", podIs: "stopped" }, "ended_elsewhere"],
  ] as const)(
    "is another than the one that is seen next, though no start of that is ever told: stopped %s",
    (_sentence, outcome, reason) => {
      const over = settled(due(), 61, outcome);

      const again = live(over, [66, 66], policy, { sample: "none" });
      const ended = live(again, [69, 69], policy, { look: { pods: [pod({ status: "stopped" })] } });

      expect(endRecordsOf(ended.state)).toEqual([
        ["p1", reason],
        ["p1", "ended_elsewhere"],
      ]);
      expect(last(ended)).toMatchObject({ ranAtMs: at(66), run: { uptimeMs: 0 } });
    },
  );

  it("is over though the state file does not say when pods were last seen", () => {
    const before = due();
    const { podsSeenAtMs: _, ...state } = before.state;

    const over = settled({ ...before, state }, 61, { podIs: "stopped" });

    expect(last(over)).toMatchObject({ reason: "lease_expired", ranAtMs: at(61) });
  });

  it("was over already changes nothing", () => {
    const before = due();
    const over = settleAt(
      { ...before, state: { ...before.state, runs: {} } },
      61,
      idOf(before.state),
      { podIs: "stopped" },
      policy,
    );

    expect(endRecordsOf(over.state)).toEqual([]);
  });

  it.each<[string, Parameters<typeof guarding>[0], number, string]>([
    ["idle_0.5m", { idle: { ...idleGuard, afterMs: 30_000 }, warnMs: 0 }, 1, "idle_0.5m"],
    ["idle_30m", { idle: idleGuard }, 30, "idle_30m"],
    ["lease_expired", { lease: oneHour }, 60, "lease_expired"],
    ["hard_timeout_8h", { hardTimeout }, 480, "hard_timeout_8h"],
    [
      "hard_timeout_0.5h",
      { hardTimeout: { ...hardTimeout, afterMs: hourMs / 2 } },
      30,
      "hard_timeout_0.5h",
    ],
  ])("has the reason of its guard: %s", (_sentence, guards, minute, reason) => {
    const guarded = guarding(guards);

    const over = settled(
      live(unlived, [0, minute], guarded),
      minute,
      { podIs: "stopped" },
      guarded,
    );

    expect(endRecordsOf(over.state)).toEqual([["p1", reason]]);
  });
});

describe("a run that a backstop ended", () => {
  const backed = policyWith({ backstop: { action: "stop", afterMs: 0 } });
  const tripped = () => live(unlived, [0, 1], backed, { look: { balanceUsd: 0.4 } });

  it.each([
    ["done", { kind: "done", podIs: "stopped" }, "backstop"],
    ["found so before any try", { kind: "moot", podIs: "gone" }, "ended_elsewhere"],
  ] as const)("has its reason: %s", (_sentence, outcome, reason) => {
    const before = tripped();
    const [end] = endsOf(before.state.owed);

    const over = settleAt(before, 2, end?.id ?? "", outcome, backed);

    expect(endRecordsOf(over.state)).toEqual([["p1", reason]]);
    expect(saidOf(over).filter(([n]) => n === 2)).toEqual([]);
  });
});

describe("a run that a guard and a backstop are at together", () => {
  const backstop = { action: "stop", afterMs: 0 } as const;
  const both = { ...policy, thresholds: policyWith({ backstop }).thresholds };
  const low = { ...busy, look: { balanceUsd: 0.1 } };

  it("was ended by the one that proves it, though the other finds it ended first", () => {
    const lived = live(unlived, [0, 60], both, low);
    const [backstops] = endsOf(lived.state.owed);

    const found = settleAt(
      lived,
      61,
      backstops?.id ?? "none is owed",
      { kind: "moot", podIs: "stopped" },
      both,
    );
    const proven = settled(found, 61, { podIs: "stopped" }, both);

    expect(endRecordsOf(found.state)).toEqual([]);
    expect(endRecordsOf(proven.state)).toEqual([["p1", "lease_expired"]]);
  });
});

it("a run found over by someone else is over at once, though another pod's end is owed", () => {
  const pods = [pod(), pod({ id: "p2" })];
  const both = live(unlived, [0, 60], policy, { ...busy, look: { pods } });

  const found = settled(both, 61, { kind: "moot", podIs: "gone" });

  expect(podEffectsOf(both.state.owed)).toHaveLength(2);
  expect(endRecordsOf(found.state)).toEqual([["p1", "ended_elsewhere"]]);
  expect(Object.keys(found.state.runs)).toEqual(["p2"]);
});

it.each<[sentence: string, action: "stop" | "agent", outcome: Partial<Outcome>]>([
  ["an end that is proven", "stop", { podIs: "stopped" }],
  ["an end that failed", "stop", { kind: "failed" }],
  ["an agent that failed", "agent", { kind: "failed" }],
])("what is said of %s is about its pod", (_sentence, action, outcome) => {
  const acting = guarding({ lease: { ...oneHour, action } });

  const over = settled(live(unlived, [0, 60], acting, busy), 61, outcome, acting);

  expect(over.events.filter(([n, { kind }]) => n === 61 && kind === "said")).toEqual([
    [61, expect.objectContaining({ podIds: ["p1"] })],
  ]);
});

describe("an end that failed", () => {
  const failed = { kind: "failed", because: "RunPod refused (request 7)" } as const;

  it("is told once an hour a reason, and owed again, later and later", () => {
    const once = settled(due(), 60, failed);
    const twice = settled(once, 61, { ...failed, because: "RunPod refused (request 8)" });

    expect(saidOf(twice).filter(([n]) => n >= 60)).toEqual([
      [60, "lease: could not stop pod trainer (p1), trying again: RunPod refused (request 7)"],
    ]);
    expect(podEffectsOf(twice.state.owed)).toMatchObject([
      { tries: 2, notBeforeMs: at(61) + 10_000 },
    ]);
    expect(endRecordsOf(twice.state)).toEqual([]);
  });

  it("is tried until the pod is seen to run no more (test 4)", () => {
    let lived = due();
    for (let n = 60; n < 200; n += 1) lived = settled(lived, n, failed);

    expect(podEffectsOf(lived.state.owed)).toMatchObject([{ tries: 140 }]);
    expect(endRecordsOf(settled(lived, 200, { podIs: "stopped" }).state)).toHaveLength(1);
  });
});

describe("an agent for a pod", () => {
  const calling = guarding({ lease: { ...oneHour, action: "agent" } });
  const called = () => live(unlived, [0, 60], calling, busy);
  const failed = { kind: "failed", because: "exit 1" } as const;

  it("is in the history with its outcome and its pod", () => {
    const over = settled(called(), 61, { because: "exit 0" }, calling);

    expect(podEffectsOf(over.state.owed)).toEqual([]);
    expect(last(over)).toMatchObject({
      type: "agent",
      reason: "lease_expired",
      because: "done (exit 0): the end of its lease",
      run: { podId: "p1", uptimeMs: 61 * 60_000 },
    });
  });

  it("whose run is over meanwhile is in the history without it", () => {
    const before = called();

    const over = settled({ ...before, state: { ...before.state, runs: {} } }, 61, {}, calling);

    expect(last(over)).toMatchObject({ type: "agent", reason: "lease_expired" });
    expect(last(over)?.run).toBeUndefined();
  });

  it("that failed is told each time, tried as often as others, and recorded at the last", () => {
    const once = settled(called(), 61, failed, calling);
    const twice = settled(once, 62, failed, calling);
    const thrice = settled(twice, 68, failed, calling);

    expect(saidOf(thrice).map(([, words]) => words)).toEqual([
      "lease: agent for pod trainer (p1) failed (try 1 of 3): exit 1",
      "lease: agent for pod trainer (p1) failed (try 2 of 3): exit 1",
      "lease: agent for pod trainer (p1) failed (try 3 of 3): exit 1",
    ]);
    expect(podEffectsOf(twice.state.owed)).toHaveLength(1);
    expect(podEffectsOf(thrice.state.owed)).toEqual([]);
    expect(thrice.state.unrecorded.filter(({ type }) => type === "agent")).toEqual([
      expect.objectContaining({ because: "failed (exit 1): the end of its lease" }),
    ]);
  });
});
