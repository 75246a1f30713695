import { describe, expect, it, vi } from "vitest";
import { decide } from "#guard/decide.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { stateOf } from "#outside/account/kept-state.ts";
import type { SignedAnswer } from "#outside/account/deps.ts";
import { writeLeaseBook } from "#store/lease-text.ts";
import {
  hardTimeout,
  hourMs,
  leaseGuard,
  pod,
  policyWith,
  sampleAt,
  seen,
} from "../guard/samples.ts";
import { minuteMs, world } from "./world.ts";

const p1 = { id: "p1", name: "trainer", costPerHrUsd: 1.49 };
const p2 = { id: "p2", name: "sweeper", costPerHrUsd: 0.49 };

const stopsBelow10 = policyWith({
  thresholds: [
    {
      name: "emergency",
      belowUsd: 10,
      answers: ["notify"],
      backstop: { action: "stop", afterMs: 0 },
    },
  ],
});

const { podGuards } = policyWith();

function backIn(answer: SignedAnswer) {
  if (answer.kind !== "heard" || answer.back === undefined) throw new Error("nothing came back");
  const { base, theirs, ...back } = answer.back;
  const [baseState, theirState] = [stateOf(base), stateOf(theirs)];
  if (baseState === undefined || theirState === undefined) throw new Error("it cannot be read");
  return { ...back, base: baseState, theirs: theirState };
}

describe.concurrent("an end by the guard outside", () => {
  it("is asked for again where RunPod said yes and the pod ran on, and people hear of both", async (test) => {
    const its = await world(test, { pods: [p1], balanceUsd: 9, policy: stopsBelow10 });
    its.simulator.failNext("stop-lies", 1, "mutations");
    await its.send();
    await its.test({ speed: 10 });

    await its.wakeAfter(11 * minuteMs);
    const afterTheLie = its.simulator.account.pod("p1")?.status;
    // One turn of a slow machine has time for fewer looks than that of a quick one.
    const ended = /after 2 tries to stop it: the pod is EXITED/g;
    const laterOn = async () => {
      await its.wakeAfter(minuteMs);
      expect(its.told.join("\n")).toMatch(ended);
    };
    await vi.waitFor(laterOn, { timeout: 120_000 });

    expect(afterTheLie).toBe("RUNNING");
    expect(its.simulator.account.pod("p1")?.status).toBe("EXITED");
    const told = its.told.join("\n");
    expect(told).toMatch(/RunPod accepted the request, but the pod still runs/);
    expect(told.match(ended)).toHaveLength(1);
  });

  it("is proven by a look, and handed over with its proof", async (test) => {
    const its = await world(test, { pods: [p1], balanceUsd: 9, policy: stopsBelow10 });
    await its.send();
    await its.wakeAfter(11 * minuteMs);

    const { theirs } = backIn((await its.send()).answer);

    const does = its.simulator.asked.map((each) => each.does);
    expect(does.lastIndexOf("look")).toBeGreaterThan(does.indexOf("stop"));
    const ends = theirs.unrecorded.filter(({ type }) => type === "stop");
    expect(ends).toMatchObject([
      { run: { podId: "p1" }, because: expect.stringMatching(/is EXITED/) as string },
    ]);
  });

  it.for([
    ["is protected", { ...stopsBelow10, protect: ["train*"] }, p1, "hard_timeout"],
    ["is locked", stopsBelow10, { ...p1, locked: true }, "hard_timeout"],
  ] as const)("is never asked for where the pod %s", async ([, policy, its1], test) => {
    const its = await world(test, {
      pods: [{ ...its1, startedAtMs: Date.now() - 10 * hourMs }],
      balanceUsd: 9,
      policy: { ...policy, podGuards: { ...podGuards, hardTimeout } },
    });
    await its.send();
    await its.wakeAfter(11 * minuteMs);
    await its.minutes(17);

    expect(its.simulator.asked.map(({ does }) => does)).not.toContain("stop");
    expect(its.simulator.account.pod("p1")?.status).toBe("RUNNING");
    expect(its.events()).toContain("trip");
  });

  it("counts with those of the machine: no more in an hour than both may together", async (test) => {
    const policy = policyWith({ podGuards: { ...podGuards, hardTimeout, maxEndsPerHour: 1 } });
    const startedAtMs = Date.now() - 10 * hourMs;
    const state: GuardState = { ...emptyState, guardEndsAtMs: [Date.now()] };
    const its = await world(test, {
      pods: [p1, p2].map((each) => ({ ...each, startedAtMs })),
      policy,
      state,
      isInTime: true,
    });
    await its.send({ look: { isBlind: false, pods: ["p1", "p2"] } });
    const ended = () => its.simulator.account.ended().map(({ podId }) => podId);

    await its.wakeAfter(11 * minuteMs);
    await its.minutes(48);
    const withinTheHour = ended();
    await its.minutes(5);
    const afterIt = ended();
    const taken = decide(
      state,
      { kind: "handed-back", atMs: Date.now(), ...backIn((await its.send()).answer) },
      policy,
    ).state;
    const { nowMs } = await its.test({});
    const look = seen({ atMs: nowMs, pods: [pod(p2)] });
    const { state: then } = decide(taken, { kind: "look", look }, policy);

    expect(withinTheHour).toEqual([]);
    expect(its.told.join("\n")).toMatch(/max_ends_per_hour \(1\) is reached/);
    expect(afterIt).toEqual(["p1"]);
    expect(then.owed.filter(({ kind }) => kind === "end-run")).toEqual([]);
    expect(then.guardEndsAtMs).toHaveLength(1);
  });

  it("is announced first, where nobody has announced it", async (test) => {
    const policy = policyWith({ podGuards: { ...podGuards, lease: leaseGuard } });
    const its = await world(test, { pods: [begunLongAgo()], policy, isInTime: true });
    await its.send({ leases: leaseEndingIn(20 * minuteMs) });

    await its.wakeAfter(11 * minuteMs);
    const warned = its.events();
    await its.minutes(14);
    const tooSoon = its.simulator.account.pod("p1")?.status;
    await its.minutes(2);

    expect(warned).toEqual(["silent", "warn"]);
    expect(tooSoon).toBe("RUNNING");
    expect(its.simulator.account.pod("p1")?.status).toBe("EXITED");
  });

  it("is not announced again, where the machine had done so", async (test) => {
    const policy = policyWith({ podGuards: { ...podGuards, lease: leaseGuard } });
    const nowMs = Date.now();
    const leases = leaseEndingIn(14 * minuteMs);
    const book = { leases: { p1: leaseAt(nowMs, 14 * minuteMs) }, touchedAtMs: {} };
    const before = decide(emptyState, { kind: "leases", atMs: nowMs, book }, policy).state;
    const look = seen({ atMs: nowMs, pods: [pod(p1)] });
    const measured = {
      kind: "measured",
      atMs: nowMs,
      samples: [
        sampleAt(0, { bootedAtMs: nowMs - 2 * hourMs, lastStartedAtMs: nowMs - 2 * hourMs }),
      ],
    } as const;
    const seenOnce = decide(before, { kind: "look", look }, policy).state;
    const { state } = decide(seenOnce, { kind: "measured", measured, activity: {} }, policy);
    const its = await world(test, {
      pods: [begunLongAgo()],
      policy,
      isInTime: true,
      state: { ...state, owed: [] },
    });
    await its.send({ leases });

    await its.wakeAfter(11 * minuteMs);
    await its.minutes(5);

    expect(state.runs["p1"]?.warnedAtMs).toHaveProperty("lease");
    expect(its.events()).not.toContain("warn");
    expect(its.simulator.account.pod("p1")?.status).toBe("EXITED");
  });
});

function leaseAt(nowMs: number, endsInMs: number) {
  return { endsAtMs: nowMs + endsInMs, givenAtMs: nowMs - hourMs };
}

function begunLongAgo() {
  return { ...p1, startedAtMs: Date.now() - 2 * hourMs };
}

function leaseEndingIn(endsInMs: number): string {
  return writeLeaseBook({ leases: { p1: leaseAt(Date.now(), endsInMs) }, touchedAtMs: {} });
}
