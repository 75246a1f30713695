import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAuditDue } from "#guard/account/audited.ts";
import { inOrderOfEnding, whyNoLonger } from "#guard/account/backstop.ts";
import { whyNotTouch } from "#guard/account/may-end.ts";
import { decide } from "#guard/decide.ts";
import { isRunning, type Pod, type Seen } from "#guard/model/account.ts";
import type { GuardState } from "#guard/model/state.ts";
import { isProtected } from "#guard/protect.ts";
import {
  after,
  at,
  blind,
  cluster,
  endsOf,
  guarding,
  hourMs,
  leaseGuard,
  live,
  noticesOf,
  pod,
  podEffectsOf,
  policyWith,
  seen,
  unlived,
  wordsOf,
} from "../samples.ts";

const backstop = { action: "stop", afterMs: 120_000 } as const;
const policy = policyWith({ backstop });

const low = (atMs: number, overrides: Partial<Seen> = {}) =>
  seen({ atMs, balanceUsd: 0.4, burnPerHrUsd: 24, ...overrides });
const tripped = (): GuardState => after([low(0)], policy).state;
/** What is said in the name of the threshold, beside what is always said below the lowest one. */
const ofBackstop = (events: Parameters<typeof wordsOf>[0]) =>
  wordsOf(events).filter((words) => words.startsWith("emergency: "));
const idsOf = (state: GuardState) => endsOf(state.owed).map(({ podId }) => podId);

describe("a backstop that is due says at once that rows cannot be read", () => {
  const hidden = { pods: [], unreadablePods: 2 };

  it("and hourly", () => {
    const words =
      "emergency: cannot stop pods that cannot be read: 2 of RunPod's rows. Check RunPod's console";

    const early = after([low(60_000, hidden)], policy, tripped());
    const due = after([low(120_000, hidden)], policy, early.state);
    const again = after([low(180_000, hidden)], policy, due.state);
    const hourly = after([low(120_000 + hourMs, hidden)], policy, again.state);

    expect([early, due, again, hourly].map(({ events }) => ofBackstop(events))).toEqual([
      [],
      [words],
      [],
      [words],
    ]);
  });

  it("and no longer, once all can be read before it was sent", () => {
    const due = after([low(120_000, hidden)], policy, tripped());
    const read = after([low(180_000)], policy, due.state);

    const waiting = noticesOf(read.state.owed).map(({ because }) => because);
    expect(waiting.join()).not.toContain("cannot be read");
    expect(idsOf(read.state)).toEqual(["p1"]);
  });
});

describe("the backstop", () => {
  it.each([
    ["a moment early", 119_999, []],
    ["when it is due", 120_000, ["p1"]],
    ["later, after looks that failed", 900_000, ["p1"]],
  ])("%s", (_sentence, atMs, ends) => {
    const { state } = after([blind(60_000), low(atMs)], policy, tripped());

    expect(idsOf(state)).toEqual(ends);
  });

  it("says what it does and why, once, and owes each end with its reason", () => {
    const pods = [pod({ id: "a", name: "one" }), pod({ id: "b", name: "two" })];

    const due = after([low(120_000, { pods })], policy, tripped());
    const again = after([low(180_000, { pods })], policy, due.state);

    expect(wordsOf(due.events)).toEqual([
      "emergency: balance is still $0.40, 120 s after the trip. Stopping pods one (a), two (b)",
    ]);
    expect(endsOf(due.state.owed)[0]).toEqual({
      kind: "end-pod",
      id: "end-pod:emergency:a:0",
      threshold: "emergency",
      belowUsd: 0.5,
      podId: "a",
      action: "stop",
      because: "balance is still $0.40, 120 s after the trip",
      tries: 0,
      notBeforeMs: 120_000,
      burnBefore: { costPerHrUsd: 1.49, burnPerHrUsd: 24, unexplainedPerHrUsd: 24 - 1.49 - 1.49 },
    });
    expect(wordsOf(again.events)).toEqual([]);
    expect(idsOf(again.state)).toEqual(["a", "b"]);
  });

  it("names five pods and counts the rest", () => {
    const pods = Array.from({ length: 7 }, (_, n) => pod({ id: `p${n}`, name: "x" }));

    const { events } = after([low(120_000, { pods })], policy, tripped());

    expect(wordsOf(events)[0]).toMatch(/x \(p4\) and 2 more$/);
  });

  it("includes pods that appear meanwhile", () => {
    const first = after([low(120_000, { pods: [] })], policy, tripped());
    const { state } = after([low(130_000, { pods: [pod({ id: "new" })] })], policy, first.state);

    expect(idsOf(state)).toEqual(["new"]);
  });

  it("includes pods that appear while the end of another is owed", () => {
    const due = after([low(120_000, { pods: [pod({ id: "old" })] })], policy, tripped());
    const pods = [pod({ id: "old" }), pod({ id: "new" })];

    const { state } = after([low(130_000, { pods })], policy, due.state);

    expect(idsOf(state)).toEqual(["old", "new"]);
  });

  it("owes its own end of a pod whose lease is ending it", () => {
    const { podGuards } = guarding({ lease: { ...leaseGuard, defaultMs: hourMs } });
    const both = { ...policy, podGuards };
    const ending = live(unlived, [0, 60], both, { look: { balanceUsd: 9 } });

    const { state } = live(ending, [61, 63], both, { look: { balanceUsd: 0.4 } });

    expect(podEffectsOf(ending.state.owed).map(({ podId }) => podId)).toEqual(["p1"]);
    expect(idsOf(state)).toEqual(["p1"]);
  });

  it("is ended by a top-up: what was owed is moot", () => {
    const due = after([low(120_000)], policy, tripped());

    const { state, events } = after([seen({ atMs: 125_000, balanceUsd: 10 })], policy, due.state);

    expect(idsOf(state)).toEqual([]);
    expect(events).toContainEqual(
      expect.objectContaining({ kind: "moot", because: "the balance recovered" }),
    );
  });

  it("counts from the first look for a threshold that fired nobody knows when", () => {
    const python = { ...tripped(), trippedAtMs: {} };

    const soon = after([low(500_000)], policy, python);
    const due = after([low(620_000)], policy, soon.state);

    expect(idsOf(soon.state)).toEqual([]);
    expect(idsOf(due.state)).toEqual(["p1"]);
  });

  it("is not put off by a clock that has gone back", () => {
    const future = { ...tripped(), trippedAtMs: { emergency: 9e12 } };

    const soon = after([low(1_000)], policy, future);
    const due = after([low(121_000)], policy, soon.state);

    expect(idsOf(due.state)).toEqual(["p1"]);
  });

  it.each([
    ["stopped", []],
    ["gone", []],
    ["unknown", []],
    ["running", ["p1"]],
    ["pending", ["p1"]],
  ] as const)("a pod that is %s", (status, ends) => {
    const { state } = after([low(120_000, { pods: [pod({ status })] })], policy, tripped());

    expect(idsOf(state)).toEqual(ends);
  });

  it("never ends a protected pod, and says nothing of it as a backstop", () => {
    const guarded = policyWith({ backstop, protect: ["train*"] });

    const { state, events } = after([low(120_000)], guarded, tripped());

    expect(idsOf(state)).toEqual([]);
    expect(ofBackstop(events)).toEqual([]);
  });

  it.each<[string, Parameters<typeof pod>[0], string]>([
    ["its name is unknown", { rawName: undefined }, "its name is unknown"],
    ["its lock is unknown", { isLocked: undefined }, "whether it is locked is unknown"],
    [
      "its volume is unknown",
      { hasNetworkVolume: undefined },
      "whether it has a network volume is unknown",
    ],
    ["its status is unknown", { status: "unknown" }, "its status is unknown"],
    [
      "its status is a new word",
      { status: "unknown", word: "STOPPING" },
      "what its status STOPPING means is unknown",
    ],
  ])("ends no pod of which %s, and says so once an hour", (_sentence, unknown, why) => {
    const pods = [pod({ ...unknown, costPerHrUsd: 24 })];

    const due = after([low(120_000, { pods })], policy, tripped());
    const soon = after([low(180_000, { pods })], policy, due.state);
    const later = after([low(120_000 + 3_600_000, { pods })], policy, soon.state);

    const words = [`emergency: cannot stop trainer (p1, ${why}). Check RunPod's console`];
    expect(ofBackstop(due.events)).toEqual(words);
    expect(ofBackstop(soon.events)).toEqual([]);
    expect(ofBackstop(later.events)).toEqual(words);
    expect(idsOf(later.state)).toEqual([]);
  });

  it("does not say that it is done while a pod may run or not", () => {
    const due = after([low(120_000)], policy, tripped());
    const pods = [pod({ status: "unknown", word: "STOPPING" })];

    const between = after([low(125_000, { pods })], policy, due.state);
    const over = after(
      [low(130_000, { pods: [pod({ status: "stopped" })] })],
      policy,
      between.state,
    );

    expect(ofBackstop(between.events).join()).not.toContain("have stopped");
    expect(ofBackstop(over.events).join()).toContain("all pods I may stop have stopped");
  });

  it("names what still burns when it is done, and why nothing may stop it", () => {
    const guarded = policyWith({ backstop, protect: ["keep*"] });
    const kept = pod({ id: "k1", name: "keep-me", costPerHrUsd: 4 });
    const locked = pod({ id: "l1", name: "db", isLocked: true, costPerHrUsd: 4 });
    const due = after([low(120_000, { pods: [pod(), kept, locked] })], guarded, tripped());

    const { events } = after(
      [low(125_000, { pods: [kept, locked], burnPerHrUsd: 8 })],
      guarded,
      due.state,
    );

    expect(ofBackstop(events)).toEqual([
      "emergency: all pods I may stop have stopped. Still burning $8.00/h: keep-me (k1, protected), db (l1, locked). $0 in about 3 min",
    ]);
  });

  it("does not try a locked pod, and says so once an hour", () => {
    const pods = [pod({ isLocked: true, costPerHrUsd: 24 })];

    const due = after([low(120_000, { pods })], policy, tripped());
    const soon = after([low(180_000, { pods })], policy, due.state);
    const later = after([low(120_000 + 3_600_000, { pods })], policy, soon.state);

    const words = ["emergency: cannot stop pod trainer (p1): locked. Unlock in RunPod's console"];
    expect(ofBackstop(due.events)).toEqual(words);
    expect(ofBackstop(soon.events)).toEqual([]);
    expect(ofBackstop(later.events)).toEqual(words);
    expect(idsOf(later.state)).toEqual([]);
  });

  it("that could not tell of a locked pod tells that none runs any more", () => {
    const locked = low(120_000, { pods: [pod({ isLocked: true })] });
    const due = after([locked], policy, tripped());

    const { state, events } = after(
      [low(180_000, { pods: [pod({ status: "stopped" })], burnPerHrUsd: 0 })],
      policy,
      due.state,
    );

    expect(wordsOf(events)).toEqual([
      "emergency: all pods I may stop have stopped. Nothing is burning",
    ]);
    const waiting = state.owed.filter((each) => each.kind === "notify");
    expect(waiting.filter(({ topic }) => topic === "backstop:emergency:locked")).toEqual([]);
  });

  it("says at once that a pod is locked when it is due again after a top-up", () => {
    const pods = [pod({ isLocked: true, costPerHrUsd: 24 })];
    const due = after([low(120_000, { pods })], policy, tripped());
    const topUp = seen({ atMs: 180_000, balanceUsd: 50, pods });

    const { events } = after([topUp, low(240_000, { pods }), low(360_000, { pods })], policy, {
      ...due.state,
      saidAtMs: { ...due.state.saidAtMs, "trouble:log file": 0 },
    });

    expect(ofBackstop(due.events)).toHaveLength(1);
    expect(ofBackstop(events)).toEqual(ofBackstop(due.events));
  });

  it("does nothing while the pods are unknown", () => {
    const { state } = after([low(120_000, { pods: "unknown" })], policy, tripped());

    expect(idsOf(state)).toEqual([]);
  });

  it("says when it is done, with the burn that is left", () => {
    const due = after([low(120_000)], policy, tripped());
    const stopped = low(125_000, { pods: [pod({ status: "stopped" })], burnPerHrUsd: 0 });

    const { events, state } = after([stopped], policy, {
      ...due.state,
      saidAtMs: { ...due.state.saidAtMs, "trouble:log file": 0 },
    });
    const again = after([{ ...stopped, atMs: 130_000 }], policy, state);

    expect(wordsOf(events)).toEqual([
      "emergency: all pods I may stop have stopped. Nothing is burning",
    ]);
    expect(state.saidAtMs).toEqual({ "trouble:log file": 0 });
    expect(wordsOf(again.events)).toEqual([]);
  });

  it("does not say that it is done while rows cannot be read: the pod may be one of them", () => {
    const due = after([low(120_000)], policy, tripped());

    const hidden = after([low(125_000, { pods: [], unreadablePods: 1 })], policy, due.state);
    const gone = after([low(130_000, { pods: [], burnPerHrUsd: 0 })], policy, hidden.state);

    expect(wordsOf(hidden.events).join()).not.toContain("all pods");
    expect(wordsOf(gone.events)).toEqual([
      "emergency: all pods I may stop have stopped. Nothing is burning",
    ]);
  });

  it("that a new config does not have ends no pod any more", () => {
    const due = after([low(120_000)], policy, tripped());

    const { state, events } = after([low(125_000)], policyWith(), due.state);

    expect(idsOf(state)).toEqual([]);
    expect(events).toEqual([
      expect.objectContaining({ kind: "moot", because: "the config no longer asks to stop pods" }),
    ]);
  });

  it("that a new config gives to another threshold alone ends no pod for this one", () => {
    const moved = policyWith({
      thresholds: policyWith().thresholds.map((threshold) => ({
        ...threshold,
        backstop: threshold.name === "warning" ? backstop : undefined,
      })),
    });
    const due = after([low(120_000)], policy, tripped());

    const { state, events } = after([low(125_000)], moved, due.state);

    expect(endsOf(state.owed).filter(({ threshold }) => threshold === "emergency")).toEqual([]);
    expect(events).toContainEqual(
      expect.objectContaining({ kind: "moot", because: "the config no longer asks to stop pods" }),
    );
  });

  it("takes nothing away that its threshold owes: the notification and the agent", () => {
    const { state, events } = after([low(125_000)], policy, tripped());

    expect(state.owed.map(({ id }) => id)).toEqual(
      expect.arrayContaining(["notify:emergency:0", "call-agent:emergency:0"]),
    );
    expect(events.filter(({ kind }) => kind === "moot")).toEqual([]);
  });

  it("that a new config wants in another way owes that way", () => {
    const harder = policyWith({ backstop: { ...backstop, action: "terminate" } });
    const due = after([low(120_000)], harder, tripped());

    const { state, events } = after([low(125_000)], policy, due.state);

    expect(endsOf(state.owed)).toEqual([
      expect.objectContaining({ podId: "p1", action: "stop", tries: 0 }),
    ]);
    expect(events).toContainEqual(
      expect.objectContaining({
        kind: "moot",
        because: "the config no longer asks to terminate pods",
      }),
    );
  });

  it("is not forgotten by a look that fails, nor by one that sees no pods", () => {
    const due = after([low(120_000)], policy, tripped());

    const { state } = after([blind(125_000), low(130_000, { pods: "unknown" })], policy, due.state);

    expect(idsOf(state)).toEqual(["p1"]);
  });

  it("says when it is done and the burn is unknown", () => {
    const due = after([low(120_000)], policy, tripped());

    const { events } = after(
      [low(125_000, { pods: [], burnPerHrUsd: undefined, goneIds: ["p1"] })],
      policy,
      due.state,
    );

    expect(wordsOf(events)[0]).toMatch(/The burn is unknown$/);
  });

  it("of the more severe threshold goes first, and a pod is owed one end", () => {
    const both = policyWith({
      thresholds: policy.thresholds.map((threshold) => ({
        ...threshold,
        backstop:
          threshold.name === "emergency"
            ? ({ action: "terminate", afterMs: 0 } as const)
            : ({ action: "stop", afterMs: 0 } as const),
      })),
    });

    const { state, events } = after([low(0)], both);

    expect(wordsOf(events)).toEqual([
      expect.stringMatching(/^emergency: .*\. Terminating pod trainer \(p1\)$/),
    ]);
    expect(endsOf(state.owed)).toEqual([
      expect.objectContaining({ threshold: "emergency", action: "terminate" }),
    ]);
  });
});

describe("a burn that no pod explains", () => {
  const idle = (atMs: number, burnPerHrUsd?: number) =>
    low(atMs, { pods: [pod({ id: "kept", costPerHrUsd: 1 })], burnPerHrUsd });
  const guarded = policyWith({ backstop, protect: ["kept"] });

  it("is said once it has lasted two minutes, then hourly", () => {
    const first = after([idle(120_000, 1.2)], guarded, tripped());
    const lagging = after([idle(200_000, 1.2)], guarded, first.state);
    const lasting = after([idle(240_000, 1.2)], guarded, lagging.state);
    const again = after([idle(300_000, 1.2)], guarded, lasting.state);

    expect([first, lagging, again].flatMap(({ events }) => ofBackstop(events))).toEqual([]);
    expect(ofBackstop(lasting.events)).toEqual([
      "emergency: still burning $0.20/h that no pod explains. Check for serverless workers and storage",
    ]);
  });

  it("names what an audit found by then, and again an hour later what it found since", () => {
    const first = after([idle(120_000, 1.2)], guarded, tripped());
    const found = decide(first.state, { kind: "audited", atMs: 130_000, words: "a" }, guarded);
    const lasting = after([idle(240_000, 1.2)], guarded, found.state);
    const since = decide(lasting.state, { kind: "audited", atMs: 3_700_000, words: "b" }, guarded);
    const again = after([idle(3_840_000, 1.2)], guarded, since.state);

    expect([lasting, again].flatMap(({ events }) => ofBackstop(events))).toEqual([
      "emergency: still burning $0.20/h that no pod explains: a",
      "emergency: still burning $0.20/h that no pod explains: b",
    ]);
  });

  it("is not known where the burn is only what the pods add up to: what an audit found is said", () => {
    const addedUp = (atMs: number): Seen => ({ ...idle(atMs, 1), isBurnAddedUp: true });
    const first = after([addedUp(120_000), addedUp(240_000)], guarded, tripped());
    const found = decide(first.state, { kind: "audited", atMs: 250_000, words: "a" }, guarded);
    const next = after([addedUp(300_000)], guarded, found.state);

    expect(ofBackstop(first.events)).toEqual([]);
    expect(isAuditDue(first.state, 240_000)).toBe(true);
    expect(ofBackstop(next.events)).toEqual([
      "emergency: RunPod does not say what burns besides the pods. runpodboss audit: a",
    ]);
  });

  it.each<[string, number, string | undefined]>([
    ["is older than two hours", -7_300_000, "old"],
    ["is of the future, by a clock that went back", 7_500_000, "to come"],
    ["found nothing", 130_000, undefined],
  ])("says where to look when the last audit %s", (_sentence, atMs, words) => {
    const first = after([idle(120_000, 1.2)], guarded, tripped());
    const found = decide(first.state, { kind: "audited", atMs, words }, guarded);
    const lasting = after([idle(240_000, 1.2)], guarded, found.state);

    expect(ofBackstop(lasting.events)).toEqual([
      "emergency: still burning $0.20/h that no pod explains. Check for serverless workers and storage",
    ]);
  });

  /** What is said at looks that lie far enough apart for it to last. */
  const saidAt = (lookAt: (atMs: number) => Seen) => {
    const said: string[] = [];
    let state = tripped();
    for (const atMs of [120_000, 240_000, 400_000]) {
      const step = after([lookAt(atMs)], guarded, state);
      said.push(...ofBackstop(step.events));
      ({ state } = step);
    }
    return said;
  };

  it.each([
    ["when the pods explain it", 1],
    ["when it is unknown", undefined],
  ])("is not said %s", (_sentence, burnPerHrUsd) => {
    expect(saidAt((atMs) => idle(atMs, burnPerHrUsd))).toEqual([]);
  });

  it("is not said when a pod's cost is unknown", () => {
    const pods = [pod({ id: "kept", costPerHrUsd: undefined }), pod({ id: "kept" })];

    expect(saidAt((atMs) => low(atMs, { pods }))).toEqual([]);
    expect(saidAt((atMs) => low(atMs, { pods: pods.toReversed() }))).toEqual([]);
  });

  it("is not explained by a pod that does not run", () => {
    const pods = [pod({ id: "kept", status: "stopped", costPerHrUsd: 24 })];

    expect(saidAt((atMs) => low(atMs, { pods }))).toEqual([
      expect.stringContaining("still burning $24.00/h that no pod explains"),
    ]);
  });

  it("has to last anew after the pods explained it in between, and is then said at once", () => {
    const lasting = after([idle(120_000, 1.2), idle(240_000, 1.2)], guarded, tripped());
    const over = after([idle(300_000, 1)], guarded, {
      ...lasting.state,
      saidAtMs: { ...lasting.state.saidAtMs, "trouble:log file": 0 },
    });

    const begun = after([idle(310_000, 1.2)], guarded, over.state);
    const lastingAgain = after([idle(430_000, 1.2)], guarded, begun.state);

    expect(over.state.saidAtMs).toEqual({ "trouble:log file": 0, "burn:kept": 120_000 });
    expect(ofBackstop(begun.events)).toEqual([]);
    expect(ofBackstop(lastingAgain.events)).toEqual(ofBackstop(lasting.events));
  });
});

describe("the order of ending", () => {
  const cheapSafe = pod({ id: "cheap-safe", costPerHrUsd: 1, hasNetworkVolume: true });
  const dearSafe = pod({ id: "dear-safe", costPerHrUsd: 9, hasNetworkVolume: true });
  const cheapAtRisk = pod({ id: "cheap-at-risk", costPerHrUsd: 2 });
  const unknownCost = pod({ id: "unknown-cost", costPerHrUsd: undefined, hasNetworkVolume: true });
  const pods = [cheapSafe, cheapAtRisk, dearSafe, unknownCost];

  it.each([
    [
      "with time left: the most expensive first, an unknown price before all",
      { balanceUsd: 100, burnPerHrUsd: 12 },
      ["unknown-cost", "dear-safe", "cheap-at-risk", "cheap-safe"],
    ],
    [
      "with minutes left: first what loses its data at $0",
      { balanceUsd: 0.4, burnPerHrUsd: 12 },
      ["cheap-at-risk", "unknown-cost", "dear-safe", "cheap-safe"],
    ],
    [
      "with the burn unknown: the most expensive first",
      { balanceUsd: 0.4, burnPerHrUsd: undefined },
      ["unknown-cost", "dear-safe", "cheap-at-risk", "cheap-safe"],
    ],
  ])("%s", (_sentence, look, order) => {
    expect(inOrderOfEnding(pods, seen(look)).map(({ id }) => id)).toEqual(order);
  });

  it("of pods that are alike stays as it is", () => {
    const alike = [
      pod({ id: "a", costPerHrUsd: undefined }),
      pod({ id: "b", costPerHrUsd: undefined }),
    ];

    expect(inOrderOfEnding(alike, seen())).toEqual(alike);
  });
});

describe("right before the end", () => {
  it.each([
    ["the balance recovered", pod(), seen({ balanceUsd: 0.5 }), "the balance recovered"],
    ["the pod is gone", undefined, low(0), "the pod is gone"],
    ["it was stopped by others", pod({ status: "stopped" }), low(0), "the pod is EXITED"],
    ["it is protected", pod({ id: "kept" }), low(0), "the pod is protected"],
    ["nothing has changed", pod(), low(0), undefined],
  ])("%s", (_sentence, each, look, reason) => {
    const policyNow = { protect: ["kept"] };

    expect(whyNoLonger(look, { belowUsd: 0.5 }) ?? whyNotTouch(each, policyNow)?.because).toBe(
      reason,
    );
  });
});

describe("over any account", () => {
  const pods = fc.array(
    fc.record({
      id: fc.constantFrom("a", "b", "c", "d"),
      name: fc.constantFrom("x", "keep-1", "keep-2"),
      status: fc.constantFrom("running", "pending", "stopped", "unknown"),
      isLocked: fc.option(fc.boolean(), { nil: undefined }),
      costPerHrUsd: fc.option(fc.double({ min: 0, max: 30, noNaN: true }), { nil: undefined }),
    }),
    { maxLength: 6 },
  );
  const balance = fc.double({ min: -1, max: 1, noNaN: true });
  const guarded = policyWith({ backstop, protect: ["keep-*"] });

  it("only pods that run, are unprotected and unlocked are owed an end, and only while it is low", () => {
    fc.assert(
      fc.property(pods, balance, (rows, balanceUsd) => {
        const all = rows.map((row): Pod => pod({ ...row, rawName: row.name }));

        const { state } = after([low(120_000, { pods: all, balanceUsd })], guarded, tripped());

        const expected = all.filter(
          (each) =>
            balanceUsd < 0.5 &&
            isRunning(each) &&
            each.isLocked === false &&
            !isProtected(each, guarded.protect),
        );
        expect(new Set(idsOf(state))).toEqual(new Set(expected.map(({ id }) => id)));
      }),
    );
  });
});

describe("a backstop that is due while RunPod does not list the pods", () => {
  const backed = policyWith({ backstop: { action: "terminate", afterMs: 0 } });
  const low = (atMs: number, overrides: Partial<Seen> = {}) =>
    seen({ atMs, balanceUsd: 0.4, ...overrides });
  const cannot = (why: string) =>
    `emergency: cannot terminate pods: RunPod does not list them (${why}). Check RunPod's console`;

  it("is told of at once, and hourly", () => {
    const polls = [0, 1, 59, 60].map((minute) => low(at(minute), { pods: "unknown" }));
    const said = polls.map((_, n) => wordsOf(after(polls.slice(0, n + 1), backed).events));

    expect(said.map((words) => words.filter((each) => each.includes("cannot")))).toEqual([
      [cannot("its answer had no list")],
      [],
      [],
      [cannot("its answer had no list")],
    ]);
  });

  it("is told of with its reason", () => {
    const { events } = after(
      [low(at(0), { pods: "unknown", podsBecause: "a field is unknown" })],
      backed,
    );

    expect(wordsOf(events)).toContain(cannot("a field is unknown"));
  });

  it("is not told of any more once they are listed again", () => {
    const { state } = after([low(at(0), { pods: "unknown" }), low(at(1))], backed);

    expect(
      noticesOf(state.owed)
        .map(({ because }) => because)
        .join(),
    ).not.toContain("cannot");
    expect(endsOf(state.owed)).toHaveLength(1);
  });
});

describe("a whole cluster", () => {
  const left =
    "cluster llama (c1), 2 pods, $4.00/h: only a person may end it: runpodboss terminate c1";

  it.each(["stop", "terminate"] as const)(
    "is left by a backstop that is to %s, which says so hourly, with its cost",
    (action) => {
      const doing = policyWith({ backstop: { action, afterMs: 120_000 } });
      const pods = [pod(), cluster()];
      const words = `emergency: does not ${action} ${left}`;

      const due = after([low(120_000, { pods })], doing, after([low(0)], doing).state);
      const again = after([low(180_000, { pods })], doing, due.state);
      const hourly = after([low(120_000 + hourMs, { pods })], doing, again.state);

      expect(idsOf(hourly.state)).toEqual(["p1"]);
      expect(ofBackstop(due.events)).toContain(words);
      expect(ofBackstop(again.events)).not.toContain(words);
      expect(ofBackstop(hourly.events)).toContain(words);
    },
  );

  it("is said to burn on when all pods have stopped", () => {
    const acting = after([low(120_000, { pods: [pod(), cluster()] })], policy, tripped());
    const over = after(
      [low(180_000, { pods: [pod({ status: "stopped" }), cluster()], burnPerHrUsd: 4 })],
      policy,
      { ...acting.state, owed: [] },
    );

    expect(ofBackstop(over.events)).toContain(
      `emergency: all pods I may stop have stopped. Still burning $4.00/h: ${left}. $0 in about 6 min`,
    );
  });

  it("is told of no more before that was sent, once it is gone", () => {
    const due = after([low(120_000, { pods: [cluster()] })], policy, tripped());
    const gone = after([low(180_000, { pods: [pod()] })], policy, due.state);

    const told = (state: GuardState) =>
      noticesOf(state.owed).some(({ because }) => because.includes("does not stop cluster"));
    expect([told(due.state), told(gone.state)]).toEqual([true, false]);
  });

  it("is one of many: at most five are named", () => {
    const many = Array.from({ length: 7 }, (_, n) => cluster({ id: `c${n}`, name: `run-${n}` }));
    const due = after([low(120_000, { pods: many })], policy, tripped());

    const words = ofBackstop(due.events).find((each) => each.includes("does not stop"));
    expect(words).toContain("run-4");
    expect(words).not.toContain("run-5");
    expect(words).toMatch(/; and 2 more$/);
  });

  it("that its guard may end is not left to people alone", () => {
    const hardTimeout = {
      action: "terminate",
      pods: ["x"],
      clusters: ["llama"],
      afterMs: 1,
    } as const;
    const named = { ...policy, podGuards: { ...policy.podGuards, hardTimeout } };
    const due = after([low(120_000, { pods: [cluster({ id: "c;1" })] })], named, tripped());

    expect(ofBackstop(due.events)).toContain(
      `emergency: does not stop cluster llama ("c;1"), 2 pods, $4.00/h: only its guard or a person may end it: runpodboss terminate CLUSTER`,
    );
  });

  it("is protected, locked or unknown as a pod is", () => {
    const pods = [
      cluster({ id: "c2", name: "keep" }),
      cluster({ id: "c3", isLocked: true }),
      cluster({ id: "c4", rawName: undefined }),
      cluster({ id: "c5", name: "off", status: "stopped" }),
    ];
    const due = after([low(120_000, { pods })], { ...policy, protect: ["keep"] }, tripped());

    expect(idsOf(due.state)).toEqual([]);
    expect(ofBackstop(due.events).join("; ")).not.toMatch(/keep|off/);
    expect(ofBackstop(due.events).join("; ")).toContain("its name is unknown");
  });

  it("whatever else there is, never comes to be owed an end", () => {
    const anyRow = fc.record({
      id: fc.constantFrom("a", "b", "c", "d"),
      isCluster: fc.boolean(),
      isRunning: fc.boolean(),
      isLocked: fc.constantFrom(true, false, undefined),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(anyRow, { selector: ({ id }) => id }),
        fc.constantFrom("stop" as const, "terminate" as const),
        (rows, action) => {
          const doing = policyWith({ backstop: { action, afterMs: 0 } });
          const pods = rows.map(({ id, isCluster, isRunning: runs, isLocked }) =>
            pod({
              id,
              isLocked,
              status: runs ? "running" : "stopped",
              ...(isCluster && { cluster: { members: [] } }),
            }),
          );

          const { state } = after([low(0, { pods }), low(1_000, { pods })], doing);

          const clusters = rows.flatMap(({ id, isCluster }): string[] => (isCluster ? [id] : []));
          expect(idsOf(state).filter((id) => clusters.includes(id))).toEqual([]);
        },
      ),
    );
  });
});
