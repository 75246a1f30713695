import { describe, expect, it } from "vitest";
import type { Pod, Seen } from "#guard/model/account.ts";
import type { PodRun } from "#guard/model/run.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { followRuns, hasSeenPods } from "#guard/pods/follow/runs.ts";
import { podsToProbe } from "#guard/pods/follow/telemetry.ts";
import {
  at,
  book,
  endRecordsOf,
  endsOf,
  guarding,
  hardTimeout,
  idleGuard,
  leaseGuard,
  live,
  mootOf,
  owedBy,
  podEffectsOf,
  policyWith,
  pod,
  run,
  seen,
  settleAt,
  unlived,
  warnsOf,
} from "../../samples.ts";

const policy = guarding({ hardTimeout, lease: leaseGuard, idle: idleGuard });
const none = { sample: "none" } as const;
const stopped = { look: { pods: [pod({ status: "stopped" })] } };
const gone = { look: { pods: [] } };
const runOf = ({ runs }: GuardState): PodRun | undefined => runs["p1"];

describe("the run of a pod", () => {
  it.each<[sentence: string, pod: Partial<Pod>, is: boolean]>([
    ["runs", { status: "running" }, true],
    ["restarts", { status: "running", word: "RESTARTING" }, true],
    ["has exited", { status: "stopped" }, false],
    ["is in a state unheard of", { status: "unknown", word: "HOVERING" }, false],
  ])("is there when it %s: %j", (_sentence, overrides, is) => {
    const { state } = live(unlived, [0, 0], policy, { ...none, look: { pods: [pod(overrides)] } });

    expect(runOf(state) !== undefined).toBe(is);
  });

  it("that was there at the first look was found, and one that appears later has begun", () => {
    const first = live(unlived, [5, 5], policy, { ...none, look: { pods: [pod()] } });
    const next = live(first, [6, 6], policy, {
      ...none,
      look: { pods: [pod(), pod({ id: "p2" })] },
    });
    const afterGap = live(next, [60, 60], policy, { ...none, look: { pods: [pod({ id: "p3" })] } });

    expect(next.state.runs["p1"]).toMatchObject({ startFrom: "first-seen", startedAtMs: at(5) });
    expect(next.state.runs["p2"]).toMatchObject({ startFrom: "begun", startedAtMs: at(6) });
    expect(afterGap.state.runs["p3"]).toMatchObject({ startFrom: "first-seen" });
  });

  const unheardOf = { id: "p2", status: "unknown", word: "HOVERING" } as const;
  it.each<[sentence: string, look: Partial<Seen>]>([
    ["with a row that could not be read", { pods: [pod()], unreadablePods: 1 }],
    ["in which its state was unheard of", { pods: [pod(), pod(unheardOf)] }],
  ])("that appears after a look %s has begun since the one before", (_sentence, unknown) => {
    const appears = { look: { pods: [pod(), pod({ id: "p2" })] } };
    const lookedBefore = live(unlived, [0, 1], policy);

    const soon = live(live(lookedBefore, [2, 2], policy, { look: unknown }), [3, 3], policy, {
      ...none,
      ...appears,
    });
    const late = live(live(lookedBefore, [2, 60], policy, { look: unknown }), [61, 61], policy, {
      ...none,
      ...appears,
    });

    expect(soon.state.runs["p2"]).toMatchObject({ startFrom: "begun", notRunningAtMs: at(1) });
    expect(late.state.runs["p2"]).toMatchObject({ startFrom: "first-seen", startedAtMs: at(61) });
    expect(late.state.runs["p2"]).not.toHaveProperty("notRunningAtMs");
  });

  it("that no look could show at first is one, though its container starts anew unseen", () => {
    const unread = live(unlived, [10, 14], policy, { look: { pods: [], unreadablePods: 1 } });
    const shown = live(unread, [15, 15], policy, none);

    const { state } = live(shown, [25, 25], policy, {
      sample: { bootedAtMs: at(20), lastStartedAtMs: at(0) },
    });

    expect(endRecordsOf(state)).toEqual([]);
    expect(state.unrecorded.filter(({ type }) => type === "start")).toHaveLength(1);
  });

  it("keeps its price while that is not known, and takes its newest name", () => {
    const priced = live(unlived, [0, 0], policy, none);

    const { state } = live(priced, [1, 1], policy, {
      ...none,
      look: { pods: [pod({ name: "renamed", costPerHrUsd: undefined })] },
    });

    expect(runOf(state)).toMatchObject({ name: "renamed", costPerHrUsd: 1.49 });
  });

  it("begins in the history once it was measured, or at its second look, and only once", () => {
    const startsOf = (state: GuardState) => state.unrecorded.filter(({ type }) => type === "start");

    const measured = live(unlived, [30, 33], policy);
    const unmeasured = live(unlived, [30, 33], policy, none);

    expect(startsOf(measured.state)).toEqual([
      expect.objectContaining({ atMs: at(30), because: "started", reason: null }),
    ]);
    expect(startsOf(unmeasured.state)).toEqual([
      expect.objectContaining({ atMs: at(31), because: "found running", reason: null }),
    ]);
  });

  it.each([
    ["blind looks", { look: "blind" }],
    ["looks without pods", { look: { pods: "unknown" } }],
    ["rows that cannot be read", { look: { pods: [], unreadablePods: 1 } }],
    ["a status that is no end", { look: { pods: [pod({ status: "unknown", word: "STOPPING" })] } }],
    ["a row without a status", { look: { pods: [pod({ status: "unknown" })] } }],
  ] as const)("goes on through %s, and is known again after it", (_sentence, unseen) => {
    const before = live(unlived, [0, 10], policy);

    const { state } = live(before, [11, 12], policy, unseen);

    expect(runOf(state)).toMatchObject({ startedAtMs: at(0), idleMs: 600_000 });
    expect(endRecordsOf(state)).toEqual([]);
  });
});

describe("the end of a run that nobody of ours brought about", () => {
  it.each([
    ["stopped", stopped, "stop"],
    ["terminated", gone, "termination"],
  ])("is written once: %s", (verb, minute, type) => {
    const before = live(unlived, [0, 10], policy);

    const { state } = live(before, [11, 14], policy, minute);

    expect(runOf(state)).toBeUndefined();
    expect(endRecordsOf(state)).toEqual([["p1", "ended_elsewhere"]]);
    expect(state.unrecorded.at(-1)).toMatchObject({
      type,
      because: `${verb} by someone or something else`,
      run: { uptimeMs: 600_000 },
      ranAtMs: at(10),
      notBeforeMs: at(12),
    });
  });

  it("is not written while it is us who are ending it, but when we found it so", () => {
    const due = live(unlived, [0, 240], policy, { sample: { cpuPercent: 50 } });
    const end = due.state.owed.find(({ kind }) => kind === "end-run");

    const ending = live(due, [241, 243], policy, stopped);
    const ended = settleAt(ending, 243, end?.id ?? "", { podIs: "stopped" }, policy);
    const later = live(ended, [244, 250], policy, stopped);

    expect(endRecordsOf(ending.state)).toEqual([]);
    expect(endRecordsOf(later.state)).toEqual([["p1", "lease_expired"]]);
  });

  it("is written at once, though an agent is owed for the pod", () => {
    const calling = guarding({ lease: { ...leaseGuard, action: "agent" } });
    const before = live(unlived, [0, 240], calling, { sample: { cpuPercent: 50 } });

    const { state } = live(before, [241, 241], calling, stopped);

    expect(owedBy(before)).toEqual([[240, "lease"]]);
    expect(endRecordsOf(state)).toEqual([["p1", "ended_elsewhere"]]);
  });

  it("during a gap is taken to be when it was last seen", () => {
    const before = live(unlived, [0, 10], policy);

    const { state } = live(before, [100, 100], policy, gone);

    expect(state.unrecorded.at(-1)).toMatchObject({
      reason: "ended_elsewhere",
      ranAtMs: at(10),
      run: { uptimeMs: 600_000 },
    });
  });

  it("after a gap from which it was never sure again is from then on", () => {
    const before = live(live(unlived, [0, 10], policy), [100, 101], policy, none);

    const { state } = live(before, [102, 102], policy, gone);

    expect(state.unrecorded.at(-1)).toMatchObject({ ranAtMs: at(10) });
  });

  it("is told though the state file does not say when pods were last seen", () => {
    const before = live(unlived, [0, 10], policy);
    const { podsSeenAtMs: _, ...state } = before.state;

    const after = live({ ...before, state }, [11, 11], policy, gone);

    expect(after.state.unrecorded.at(-1)).toMatchObject({ ranAtMs: at(11) });
  });
});

describe("a pod that was stopped and afterRestart between two looks", () => {
  const afterRestart = { sample: { bootedAtMs: at(20), lastStartedAtMs: at(20) } };

  it("ends one run, and begins another in which nothing from before holds", () => {
    const leases = book({ p1: { endsAtMs: at(33), givenAtMs: at(0) } });
    const before = live(unlived, [0, 19], policy, { book: leases });

    const { state } = live(before, [20, 45], policy, { ...afterRestart, book: leases });

    expect(warnsOf(before)).toEqual([
      [15, "idle"],
      [18, "lease"],
    ]);
    expect(endRecordsOf(state)).toEqual([["p1", "ended_elsewhere"]]);
    // It may have stopped as early as the longest time between two polls before it started.
    expect(state.unrecorded.find(({ type }) => type === "stop")).toMatchObject({
      ranAtMs: at(17),
      run: { uptimeMs: 17 * 60_000 },
    });
    expect(state.unrecorded.filter(({ type }) => type === "start")).toHaveLength(2);
    expect(runOf(state)?.lease).toBeUndefined();
    expect(runOf(state)).toMatchObject({
      startedAtMs: at(20),
      idleMs: 25 * 60_000,
    });
    expect(state.owed.filter(({ kind }) => kind === "end-run")).toEqual([]);
  });

  it("that was seen to stop ends and begins by that alone", () => {
    const before = live(live(unlived, [0, 19], policy), [20, 20], policy, stopped);

    const { state } = live(before, [21, 21], policy, none);

    expect(runOf(state)).toMatchObject({ startedAtMs: at(21), idleMs: 0, warnedAtMs: {} });
    expect(endRecordsOf(state)).toEqual([["p1", "ended_elsewhere"]]);
  });

  it("keeps what it was when nobody looked before it was afterRestart", () => {
    const before = live(unlived, [0, 10], policy);

    const { state } = live(before, [300, 300], policy, {
      sample: { bootedAtMs: at(200), lastStartedAtMs: at(200) },
    });

    expect(state.unrecorded.filter(({ type }) => type === "stop")).toEqual([
      expect.objectContaining({ reason: "ended_elsewhere", ranAtMs: at(10) }),
    ]);
  });
});

describe("after a while in which nobody looked", () => {
  const all = guarding({ hardTimeout, lease: leaseGuard });

  it("nothing ends until the start of the run was measured", () => {
    const before = live(unlived, [0, 470], all, {
      book: book({ p1: { endsAtMs: at(480), givenAtMs: at(1) } }),
    });

    const unsure = live(before, [500, 530], all, none);
    const sure = live(unsure, [531, 531], all);

    expect(warnsOf(before)).toContainEqual([465, "hard_timeout"]);
    expect(owedBy(unsure)).toEqual([]);
    expect(owedBy(sure)).toEqual([[531, "hard_timeout"]]);
  });

  it("a pod that was afterRestart meanwhile is not ended for what it was before", () => {
    const before = live(unlived, [0, 470], all, {
      book: book({ p1: { endsAtMs: at(480), givenAtMs: at(1) } }),
    });

    const after = live(before, [500, 700], all, {
      sample: { bootedAtMs: at(490), lastStartedAtMs: at(490) },
    });

    expect(owedBy(after)).toEqual([]);
  });

  it("the row of a pod could not be read, nothing ends until its start was measured", () => {
    const before = live(unlived, [0, 225], all, { sample: { cpuPercent: 50 } });
    const unread = live(before, [226, 300], all, {
      ...none,
      look: { pods: [], unreadablePods: 1 },
    });

    const readAgain = live(unread, [301, 301], all, none);
    const sure = live(readAgain, [302, 302], all);

    expect(warnsOf(before)).toEqual([[225, "lease"]]);
    expect(owedBy(readAgain)).toEqual([]);
    expect(owedBy(sure)).toEqual([[302, "lease"]]);
  });
});

it("a pod whose end was proven is neither asked nor guarded until a look shows it anew", () => {
  const due = live(unlived, [0, 30], policy);
  const end = due.state.owed.find(({ kind }) => kind === "end-run");
  const ended = settleAt(due, 30, end?.id ?? "", { podIs: "stopped" }, policy);

  const measured = { kind: "measured", atMs: at(31), samples: [] } as const;

  expect(
    podsToProbe(ended.state, measured, guarding({ idle: { ...idleGuard, hasProbes: true } })),
  ).toEqual([]);
  expect(live(ended, [31, 31], policy, { look: "blind" }).state.runs).toEqual({});
});

it("a run that was saved without the time of the last poll may be another by now", () => {
  const look = seen({ atMs: at(60) });

  const { state } = followRuns({ ...emptyState, runs: { p1: run() } }, look, policy);

  expect(runOf(state)?.unsureSinceMs).toBe(at(60));
});

describe("a pod that someone stops while its end is owed, and starts again", () => {
  const policy = guarding({ hardTimeout });
  const exited = { look: { pods: [pod({ status: "stopped" })], burnPerHrUsd: 0 } } as const;
  const owed = () => live(unlived, [460, 480], policy);
  const anew = (minute: number) => ({
    sample: { bootedAtMs: at(minute), lastStartedAtMs: at(minute) },
  });

  it("begins a new run, which is not stopped for what the old one was", () => {
    const stopped = live(owed(), [481, 482], policy, exited);
    const lived = live(stopped, [483, 500], policy, anew(483));

    expect(mootOf(lived)).toEqual([[483, "the pod was stopped and started again"]]);
    expect(endRecordsOf(lived.state)).toEqual([["p1", "ended_elsewhere"]]);
    expect(lived.state.runs["p1"]).toMatchObject({ startedAtMs: at(483), warnedAtMs: {} });
    expect(podEffectsOf(lived.state.owed)).toEqual([]);
  });

  it("has one end in the history too where nobody saw it for a while", () => {
    const stopped = live(owed(), [481, 481], policy, exited);
    const blind = live(stopped, [482, 490], policy, { look: "blind" });
    const lived = live(blind, [491, 500], policy, anew(491));

    expect(endRecordsOf(lived.state)).toEqual([["p1", "ended_elsewhere"]]);
  });

  it("is the same run where a list has left it out, as what is gone never runs again", () => {
    const other = { look: { pods: [pod({ id: "p2" })] } };
    const lived = live(live(owed(), [481, 481], policy, other), [482, 490], policy);

    expect(endRecordsOf(lived.state).filter(([id]) => id === "p1")).toEqual([]);
    expect(podEffectsOf(lived.state.owed).map(({ podId }) => podId)).toEqual(["p1"]);
  });

  it("still has the backstop's end, which is for whatever runs", () => {
    const backed = policyWith({ backstop: { action: "stop", afterMs: 0 } });
    const low = { balanceUsd: 0.4 };
    const begun = live(unlived, [0, 1], backed, { look: low });
    const stopped = live(begun, [2, 2], backed, { look: { ...exited.look, ...low } });
    const lived = live(stopped, [3, 3], backed, { look: low, ...anew(3) });

    expect(endsOf(lived.state.owed).map(({ podId }) => podId)).toEqual(["p1"]);
    expect(lived.state.runs["p1"]?.startedAtMs).toBe(at(3));
  });
});

describe("the pods were seen of late", () => {
  it.each<[sentence: string, GuardState["podsSeenAtMs"], is: boolean]>([
    ["where a poll has shown them three minutes ago", at(97), true],
    ["not where that is longer ago: the machine slept", at(97) - 1, false],
    ["not where none has ever", undefined, false],
  ])("%s", (_sentence, podsSeenAtMs, is) => {
    expect(hasSeenPods({ podsSeenAtMs }, policy, at(100))).toBe(is);
  });
});
