import { describe, expect, it } from "vitest";
import type { Effect } from "#guard/model/effect.ts";
import type { PodRun } from "#guard/model/run.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { comingEnds } from "#guard/pods/rules/first-end.ts";
import {
  at,
  book,
  guarding,
  hardTimeout,
  idleGuard,
  leaseGuard,
  minuteMs,
  pod,
  policyWith,
  run,
} from "../../samples.ts";

const nowMs = at(60);
const all = guarding({ hardTimeout, lease: leaseGuard, idle: idleGuard });
const first = (
  its: Partial<PodRun> = {},
  policy = all,
  state: Partial<GuardState> = {},
): readonly [string, number] | undefined => {
  const known = { ...emptyState, leaseBook: book(), ...state };
  const [end] = comingEnds(run(its), pod(), known, policy, nowMs);
  return end && [end.by, (end.atMs - nowMs) / minuteMs];
};
const owed = (changes: object): Effect =>
  ({
    kind: "end-run",
    id: "1",
    guard: "lease",
    reason: "lease_expired",
    podId: "p1",
    podName: "trainer",
    action: "stop",
    because: "the end of its lease",
    tries: 0,
    notBeforeMs: 0,
    ...changes,
  }) as Effect;

describe("the first end that will come to a run", () => {
  const idleNow = { idleMs: 29 * minuteMs, idleAtMs: nowMs };

  it("is the lease before the hard timeout", () => {
    expect(first()).toEqual(["lease", 180]);
  });

  it("is idleness once it was announced, no sooner than was said", () => {
    expect(first({ ...idleNow, warnedAtMs: { idle: nowMs - 14 * minuteMs } })).toEqual(["idle", 1]);
    expect(first({ ...idleNow, warnedAtMs: { idle: nowMs } })).toEqual(["idle", 15]);
    expect(first(idleNow)).toEqual(["idle", 15]);
  });

  it("is no matter of idleness that has just begun, or of a load that is unknown", () => {
    expect(first({ idleMs: 5 * minuteMs, idleAtMs: nowMs })).toEqual(["lease", 180]);
    expect(first({ idleMs: 29 * minuteMs })).toEqual(["lease", 180]);
  });

  it("is none where guards only notify or call an agent, or none is on", () => {
    const telling = guarding({
      hardTimeout: { ...hardTimeout, action: "notify" },
      lease: { ...leaseGuard, action: "agent" },
    });

    expect(first({}, telling)).toBeUndefined();
    expect(first({}, guarding({}))).toBeUndefined();
  });

  it("is that of a backstop that is due soon, or was due already", () => {
    const policy = policyWith({ backstop: { action: "stop", afterMs: 5 * minuteMs } });
    const fired = { emergency: true };

    expect(first({}, policy, { fired, trippedAtMs: { emergency: nowMs - minuteMs } })).toEqual([
      "backstop",
      4,
    ]);
    expect(first({}, policy, { fired, trippedAtMs: { emergency: at(0) } })).toEqual([
      "backstop",
      0,
    ]);
  });

  it("is now for a pod that is being ended, by a guard or a backstop, and not for another", () => {
    expect(first({}, all, { owed: [owed({ guard: "idle" })] })).toEqual(["idle", 0]);
    expect(first({}, all, { owed: [owed({ kind: "end-pod" })] })).toEqual(["backstop", 0]);
    expect(first({}, all, { owed: [owed({ podId: "p2" }), owed({ kind: "notify" })] })).toEqual([
      "lease",
      180,
    ]);
  });
});
