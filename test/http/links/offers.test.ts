import { describe, expect, it } from "vitest";
import type { Notify } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { GuardState } from "#guard/model/state.ts";
import { linkLastsMs, type OnItLink, type PodLink } from "#http/links/link.ts";
import { offersFor } from "#http/links/offers.ts";
import { onItStandingOf, standingOf } from "#http/links/standing.ts";
import {
  at,
  cluster,
  guarding,
  hardTimeout,
  hourMs,
  idleGuard,
  leaseGuard,
  live,
  type Minute,
  noticesOf,
  pod,
  policyWith,
  run,
  seen,
  step,
  unlived,
} from "../../guard/samples.ts";

const busy: Minute = { sample: { gpuPercents: [90] } };
const byIdle = guarding({ idle: idleGuard });
const byLease = guarding({ lease: leaseGuard });
const byTimeout = guarding({ hardTimeout });

/** The last thing that was said, and what there is to press about it. */
function pressed(state: GuardState, policy: Policy, minute: number) {
  const notice = noticesOf(state.owed).at(-1);
  if (notice === undefined) throw new Error("nothing was said");
  return { notice, offers: offersOf(notice, state, policy, minute) };
}

function offersOf(notice: Notify, state: GuardState, policy: Policy, minute: number) {
  return offersFor(notice, state.lastSeen, { state, policy, nowMs: at(minute) });
}

function labels(offers: readonly { readonly label: string }[]): readonly string[] {
  return offers.map(({ label }) => label);
}

describe("a warning", () => {
  it("of an idle pod can keep it, or stop it now", () => {
    const { state } = live(unlived, [0, 16], byIdle);
    const { notice, offers } = pressed(state, byIdle, 16);

    expect(notice).toMatchObject({ event: "warn", name: "idle" });
    expect(labels(offers)).toEqual(["Keep it", "Stop now"]);
    expect(offers[0]?.link).toMatchObject({
      action: "touch",
      podId: "p1",
      about: { kind: "guard", guard: "idle" },
      madeAtMs: notice.atMs,
    });
  });

  it("of a lease that ends can extend it by two hours, or stop the pod now", () => {
    const { state } = live(unlived, [0, 226], byLease, busy);
    const { offers } = pressed(state, byLease, 226);

    expect(labels(offers)).toEqual(["Extend 2 h", "Stop now"]);
    expect(offers[0]?.link).toMatchObject({
      action: "extend",
      hours: 2,
      about: { kind: "guard", guard: "lease", atMs: at(240) },
    });
  });

  it.each([
    [5.6, ["Extend 1.5 h", "Stop now"]],
    [4.1, ["Stop now"]],
  ])("of a lease with max_hours %d offers what that leaves", (maxHours, expected) => {
    const policy = guarding({ lease: { ...leaseGuard, maxMs: maxHours * hourMs } });
    const { state } = live(unlived, [0, 226], policy, busy);

    expect(labels(pressed(state, policy, 226).offers)).toEqual(expected);
  });

  it("of the hard timeout, which nothing puts off, can only stop it now", () => {
    const { state } = live(unlived, [0, 466], byTimeout, busy);

    expect(labels(pressed(state, byTimeout, 466).offers)).toEqual(["Stop now"]);
  });

  it("of many pods names the three dearest, and first what keeps them", () => {
    const pods = [1, 5, 3, undefined].map((costPerHrUsd, n) =>
      pod({ id: `p${n}`, name: `pod-${n}`, costPerHrUsd }),
    );
    const { state } = live(unlived, [0, 16], byIdle, { look: { pods } });

    expect(labels(pressed(state, byIdle, 16).offers)).toEqual([
      "Keep pod-3",
      "Keep pod-1",
      "Keep pod-2",
      "Stop pod-3 now",
      "Stop pod-1 now",
      "Stop pod-2 now",
    ]);
  });

  it("of a cluster can keep it; to stop it alone is no way of RunPod's", () => {
    const policy = guarding({
      lease: { ...leaseGuard, action: "terminate", clusters: ["llama"] },
    });
    const { state } = live(unlived, [0, 226], policy, { look: { pods: [cluster()] }, ...busy });

    expect(labels(pressed(state, policy, 226).offers)).toEqual(["Extend 2 h"]);
  });

  it.each([
    ["protected since", (policy: Policy): Policy => ({ ...policy, protect: ["trainer"] }), {}],
    ["locked since", (policy: Policy) => policy, { isLocked: true }],
    [
      "of which nobody knows whether it is locked",
      (policy: Policy) => policy,
      { isLocked: undefined },
    ],
    ["that runs no more", (policy: Policy) => policy, { status: "stopped" as const }],
  ])("of a pod %s has nothing to press", (_, change, overrides) => {
    const { state } = live(unlived, [0, 16], byIdle);
    const now = { ...state, lastSeen: seen({ pods: [pod(overrides)] }) };

    expect(pressed(now, change(byIdle), 16).offers).toEqual([]);
  });

  it("that waited until its end was put off has nothing to press", () => {
    const before = live(unlived, [0, 16], byIdle);
    const after = live(before, [17, 18], byIdle, busy);
    const [notice] = noticesOf(before.state.owed);
    if (notice === undefined) throw new Error("nothing was said");

    expect(offersOf(notice, after.state, byIdle, 18)).toEqual([]);
  });

  it("has the same buttons when it is tried again, by whatever way", () => {
    const { state } = live(unlived, [0, 16], byIdle);
    const { notice, offers } = pressed(state, byIdle, 16);
    const later = live({ events: [], owed: [], state }, [17, 20], byIdle).state;

    const again = { ...notice, id: `${notice.id}@slack`, channel: "slack", tries: 3 };
    expect(offersOf(again, later, byIdle, 20)).toEqual(offers);
  });

  it("that is a day old has none: they would be good no more", () => {
    const { state } = live(unlived, [0, 16], byIdle);
    const { notice } = pressed(state, byIdle, 16);
    const known = { state, policy: byIdle, nowMs: (notice.atMs ?? 0) + linkLastsMs };

    expect(offersFor(notice, state.lastSeen, known)).toEqual([]);
  });
});

describe("a guard that only tells of a pod", () => {
  it("can keep it, so that it says no more, or stop it", () => {
    const policy = guarding({ idle: { ...idleGuard, action: "notify" } });
    const { state } = live(unlived, [0, 31], policy);
    const { notice, offers } = pressed(state, policy, 31);

    expect(notice.event).toBe("idle");
    expect(labels(offers)).toEqual(["Keep it", "Stop now"]);
  });
});

describe("a crossing", () => {
  const policy = policyWith();
  const pods = [
    pod({ id: "cheap", name: "cheap", costPerHrUsd: 0.2 }),
    pod({ id: "dear", name: "dear", costPerHrUsd: 4 }),
    pod({ id: "held", name: "held", costPerHrUsd: 9, isLocked: true }),
  ];

  it("can stop each pod that runs and may be stopped, the dearest first", () => {
    const { state } = live(unlived, [0, 1], policy, (n) => ({
      look: { pods, balanceUsd: n === 0 ? 20 : 9 },
    }));
    const { notice, offers } = pressed(state, policy, 1);

    expect(notice.event).toBe("trip");
    expect(labels(offers)).toEqual(["Stop dear now", "Stop cheap now"]);
    expect(offers[0]?.link).toMatchObject({
      about: { kind: "threshold", name: "warning", atMs: at(1) },
    });
  });

  it("that is over by now can stop nothing", () => {
    const before = live(unlived, [0, 1], policy, (n) => ({
      look: { pods, balanceUsd: n === 0 ? 20 : 9 },
    }));
    const [notice] = noticesOf(before.state.owed);
    const { state } = live(before, [2, 3], policy, { look: { pods, balanceUsd: 50 } });

    expect(notice && offersOf(notice, state, policy, 3)).toEqual([]);
  });

  it("with a backstop that stops the pods already offers no more of it, until that fails", () => {
    const backed = policyWith({ backstop: { action: "stop", afterMs: 0 } });
    const { state } = live(unlived, [0, 2], backed, (n) => ({
      look: { pods: pods.slice(0, 2), balanceUsd: n === 0 ? 20 : 0.1 },
    }));
    const told = noticesOf(state.owed).find(({ event }) => event === "backstop");
    if (told === undefined) throw new Error("no backstop");
    const failed = {
      ...state,
      owed: state.owed.map((each) => (each.kind === "end-pod" ? { ...each, tries: 1 } : each)),
    };

    expect(offersOf(told, state, backed, 2)).toEqual([]);
    expect(labels(offersOf(told, failed, backed, 2))).toEqual(["Stop dear now", "Stop cheap now"]);
  });
});

describe("what is over, what is about no pod, and what nobody sees has nothing to press", () => {
  const { state } = live(unlived, [0, 16], byIdle);
  const { notice } = pressed(state, byIdle, 16);

  it.each<[string, Partial<Notify>]>([
    ["a resolution", { isResolution: true }],
    ["a trouble", { event: "trouble", name: "trouble" }],
    ["the daily brief", { event: "brief", name: "brief" }],
    ["a drill", { event: "drill", name: "idle" }],
    ["one of no known time", { atMs: undefined }],
    ["one of a pod that is not there", { podIds: ["p9"] }],
    ["a warning of no pod", { podIds: [] }],
    ["one of a guard that nobody knows", { name: "constructor" }],
  ])("%s", (_, overrides) => {
    expect(offersOf({ ...notice, ...overrides }, state, byIdle, 16)).toEqual([]);
  });

  it.each([
    ["before the first look", undefined],
    ["while RunPod lists no pods", seen({ pods: "unknown" })],
  ])("%s", (_, look) => {
    expect(offersFor(notice, look, { state, policy: byIdle, nowMs: at(16) })).toEqual([]);
  });
});

describe("a button", () => {
  const before = live(unlived, [0, 16], byIdle);
  const { offers } = pressed(before.state, byIdle, 16);
  const [keep, stop] = offers.map(({ link }) => link) as [PodLink, PodLink];
  const standing = (link: PodLink, state: GuardState, minute = 17) =>
    standingOf(link, state, at(minute));
  const runOf = (overrides: Parameters<typeof run>[0]): GuardState => ({
    ...before.state,
    runs: { p1: { ...(before.state.runs["p1"] ?? run()), ...overrides } },
  });

  it("stands while its end is to come, also at later polls and across a clock set by seconds", () => {
    const later = live(before, [17, 25], byIdle).state;

    expect(standing(keep, later, 25).kind).toBe("stands");
    expect(standing(stop, later, 25).kind).toBe("stands");
    expect(standing(keep, runOf({ warnedOfMs: { idle: at(30) + 20_000 } })).kind).toBe("stands");
  });

  it.each<[string, GuardState, RegExp]>([
    ["its pod is gone", { ...before.state, runs: {} }, /pod p1 no longer runs/],
    [
      "its pod was started again",
      runOf({ firstSeenAtMs: at(17) }),
      /pod trainer \(p1\) was stopped and started again/,
    ],
    ["its end was put off", live(before, [17, 18], byIdle, busy).state, /was put off since$/],
    ["another end was announced", runOf({ warnedOfMs: { idle: at(90) } }), /announced anew/],
    ["its day is over", { ...before.state, lastSeen: seen() }, /24 hours/],
  ])("is gone once %s", (sentence, state, because) => {
    const minute = sentence === "its day is over" ? 16 + 24 * 60 : 18;

    expect(standing(stop, state, minute)).toEqual({
      kind: "over",
      because: expect.stringMatching(because),
    });
  });

  it("that keeps a pod is gone once its end has begun; to stop it may still help", () => {
    const ending = live(before, [17, 32], byIdle).state;

    expect(ending.owed.some(({ kind }) => kind === "end-run")).toBe(true);
    expect(standing(keep, ending, 32)).toMatchObject({
      kind: "over",
      because: expect.stringMatching(/already/),
    });
    expect(standing(stop, ending, 32).kind).toBe("stands");
  });

  it.each<[string, GuardState]>([
    ["no poll has worked for a while", runOf({ unsureSinceMs: at(16) })],
    ["the daemon has just begun", { ...before.state, lastSeen: undefined }],
  ])("waits while %s", (_, state) => {
    expect(standing(stop, state)).toMatchObject({ kind: "unsure" });
  });

  it("of a crossing is gone with the crossing, and a second crossing is another", () => {
    const link: PodLink = { ...stop, about: { kind: "threshold", name: "low", atMs: at(1) } };
    const crossed = (atMs: number | undefined): GuardState => ({
      ...before.state,
      trippedAtMs: atMs === undefined ? {} : { low: atMs },
    });

    expect(standing(link, crossed(at(1))).kind).toBe("stands");
    expect(standing(link, crossed(undefined))).toMatchObject({
      because: expect.stringMatching(/back above low$/),
    });
    expect(standing(link, crossed(at(9)))).toMatchObject({
      because: expect.stringMatching(/anew/),
    });
    expect(standing({ ...link, about: { kind: "burn" } }, crossed(undefined)).kind).toBe("stands");
  });
});

describe("whoever is on it", () => {
  const low = { name: "low", belowUsd: 10, answers: ["notify"], backstop: undefined } as const;
  const reminding = policyWith({ thresholds: [{ ...low, remind: "hourly" }] });
  const crossed = live(unlived, [0, 1], reminding, (n) => ({
    look: { balanceUsd: n === 0 ? 20 : 9 },
  }));
  const { notice } = pressed(crossed.state, reminding, 1);
  const link: OnItLink = { action: "on-it", topic: "threshold:low", madeAtMs: at(1) };
  const held = step(
    crossed,
    2,
    { kind: "on-it", atMs: at(2), topic: link.topic, saidAtMs: at(1) },
    reminding,
  ).state;

  it("can say so last, of what people are reminded of", () => {
    const { offers } = pressed(crossed.state, reminding, 1);

    expect(labels(offers)).toEqual(["Stop trainer now", "I am on it"]);
    expect(offers.at(-1)?.link).toEqual(link);
  });

  it("can say so also where the pods are not seen", () => {
    const blind = { ...crossed.state, lastSeen: undefined };

    expect(labels(offersOf(notice, blind, reminding, 1))).toEqual(["I am on it"]);
  });

  it.each<[string, Notify, GuardState, Policy]>([
    [
      "what is told once",
      notice,
      crossed.state,
      policyWith({ thresholds: [{ ...low, remind: "once" }] }),
    ],
    ["what is over", notice, { ...crossed.state, reminded: undefined }, reminding],
    ["what somebody is on already", notice, held, reminding],
    ["what is of no topic", { ...notice, topic: undefined }, crossed.state, reminding],
    ["its end", { ...notice, isResolution: true }, crossed.state, reminding],
  ])("need not say so of %s", (_, told, state, policy) => {
    expect(labels(offersOf(told, state, policy, 3))).not.toContain("I am on it");
  });

  it("holds it for four hours, until it is over, and within a day of the notification", () => {
    const { state } = crossed;
    const standing = (now: GuardState, minute: number) => onItStandingOf(link, now, at(minute));

    expect(standing(state, 2)).toEqual({ kind: "reminds" });
    expect(standing(held, 3)).toEqual({ kind: "held", untilMs: at(242) });
    expect(standing(held, 242)).toEqual({ kind: "reminds" });
    expect(standing({ ...state, reminded: undefined }, 3)).toEqual({
      kind: "over",
      because: "what was told of low is over",
    });
    expect(standing(state, 1 + 24 * 60)).toMatchObject({
      because: "it was good for 24 hours, which are over",
    });
  });
});
