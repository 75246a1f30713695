import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { worstCaseOf } from "#report/overview/worst-case.ts";
import {
  at,
  blind,
  cluster,
  guarding,
  hardTimeout,
  hourMs,
  idleGuard,
  leaseGuard,
  minuteMs,
  pod,
  policyWith,
  run,
} from "../../guard/samples.ts";
import { type Given, sourcesWith } from "./overview.ts";

const worst = (given: Given = {}) => {
  const { usd, untilMs, words } = worstCaseOf(sourcesWith(given));
  return { usd, inMinutes: untilMs && (untilMs - at(60)) / minuteMs, words };
};

const backed = policyWith({ backstop: { action: "stop", afterMs: 10 * minuteMs } });

describe("the worst case", () => {
  it("is nothing where nothing runs, and that is known", () => {
    expect(worst({ look: { burnPerHrUsd: 0, pods: [pod({ status: "stopped" })] } })).toEqual({
      usd: 0,
      inMinutes: undefined,
      words: "No pod runs",
    });
  });

  it("is each pod until the guard that surely ends it: the lease, not idleness", () => {
    const policy = guarding({ hardTimeout, lease: leaseGuard, idle: idleGuard });
    const state = { runs: { p1: run({ idleMs: 29 * minuteMs, idleAtMs: at(60) }) } };

    const found = worst({ policy, state });

    expect(found).toMatchObject({ inMinutes: 180, words: "Each pod until its guard ends it" });
    expect(found.usd).toBeCloseTo(3 * 1.49, 6);
  });

  it("says no time after the balance is $0, as what no pod explains burns too", () => {
    const policy = guarding({ hardTimeout });
    const look = { balanceUsd: 7, burnPerHrUsd: 3.49 };

    const found = worst({ policy, look });

    expect(found.usd).toBe(7);
    expect(found.inMinutes).toBeCloseTo((7 / 3.49) * 60, 6);
    expect(found.words).toBe(
      "Each pod until its guard ends it. Counted until then: the $2.00/h that no pod explains, which nothing here ends",
    );
    expect(worst({ policy, look: { ...look, balanceUsd: 50 } })).toMatchObject({
      usd: expect.closeTo(7 * 3.49, 6),
      inMinutes: 7 * 60,
    });
  });

  it("is all of the balance where no pod runs and something else burns", () => {
    const look = { balanceUsd: 4, burnPerHrUsd: 2, pods: [] };

    expect(worst({ look })).toEqual({
      usd: 4,
      inMinutes: 120,
      words: "No pod runs, but nothing here ends the $2.00/h that no pod explains",
    });
    expect(worst({ look: { ...look, billingMode: "POSTPAID" } }).usd).toBeUndefined();
  });

  it("says that it does not count what burns beside the pods where nobody knows it", () => {
    const policy = guarding({ hardTimeout });

    expect(worst({ policy, look: { isBurnAddedUp: true, burnPerHrUsd: 1.49 } }).words).toBe(
      "Each pod until its guard ends it. What burns beside the pods is not known, and not counted",
    );
  });

  it("counts what the guards may not end in the same hour", () => {
    const policy = guarding({ hardTimeout, maxEndsPerHour: 2 });
    const pods = ["p1", "p2", "p3", "p4", "p5"].map((id) => pod({ id, costPerHrUsd: 1 }));
    const look = { balanceUsd: 100, burnPerHrUsd: 5, pods };

    // Two at once, two an hour later, and one an hour after that.
    expect(worst({ policy, look })).toMatchObject({
      usd: expect.closeTo(7 * 5 + 3 + 1, 6),
      inMinutes: 9 * 60,
    });
  });

  it("counts what the guards have ended within the hour before", () => {
    const policy = guarding({
      hardTimeout: { ...hardTimeout, afterMs: hourMs },
      maxEndsPerHour: 1,
    });
    const state = {
      guardEndsAtMs: [at(30)],
      runs: { p1: run({ warnedAtMs: { hard_timeout: at(0) } }) },
    };

    expect(worst({ policy, state }).inMinutes).toBe(30);
  });

  it("does not count on a lease that cannot be read: it may be a longer one", () => {
    const policy = guarding({ hardTimeout, lease: leaseGuard });

    expect(worst({ policy, state: { leaseBook: "unknown" } }).inMinutes).toBe(7 * 60);
  });

  it("is all of the balance where nothing ends a pod", () => {
    const found = worst({ look: { balanceUsd: 14.9 } });

    expect(found).toMatchObject({
      words: "Nothing here surely ends pod trainer (p1), so it runs on until the balance is $0",
    });
    expect(found.usd).toBeCloseTo(14.9, 6);
    expect(found.inMinutes).toBeCloseTo(600, 6);
  });

  it.each([
    ["protected", { name: "keep-me" }],
    ["locked", { isLocked: true }],
    ["unknown in what decides it", { hasNetworkVolume: undefined }],
  ] as const)("has no end for a pod that is %s", (_sentence, its) => {
    const podGuards = { ...backed.podGuards, hardTimeout };
    const policy = { ...backed, protect: ["keep-*"], podGuards };

    const found = worst({ policy, look: { balanceUsd: 50, pods: [pod(its)] } });

    expect(found.usd).toBe(50);
    expect(found.words).toContain("until the balance is $0");
  });

  it("is bounded by a backstop: down to its threshold, and what burns until it acts", () => {
    const found = worst({ policy: backed, look: { balanceUsd: 10 } });

    expect(found.usd).toBeCloseTo(9.5 + 1.49 / 6, 6);
    expect(found.words).toBe(
      "Each pod until its guard ends it, or the backstop of emergency ends what is left",
    );
  });

  it("is what burns until a backstop acts that was tripped already", () => {
    const state = { fired: { emergency: true }, trippedAtMs: { emergency: at(54) } };

    const found = worst({ policy: backed, look: { balanceUsd: 0.45 }, state });

    expect(found.inMinutes).toBe(4);
    expect(found.usd).toBeCloseTo((1.49 * 4) / 60, 6);
  });

  it("is no more than the balance, as RunPod ends the pods at $0", () => {
    const state = { fired: { emergency: true }, trippedAtMs: { emergency: at(60) } };

    expect(worst({ policy: backed, look: { balanceUsd: 0.01 }, state }).usd).toBeCloseTo(0.01, 9);
  });

  it("leaves a cluster to its own guards: no backstop ends one", () => {
    const pods = [pod(), cluster({ costPerHrUsd: 1 })];

    const found = worst({ policy: backed, look: { balanceUsd: 10, pods } });

    expect(found.usd).toBe(10);
    expect(found.words).toContain("Nothing here surely ends cluster llama (c1)");
  });

  it("has no limit where RunPod bills afterwards and nothing ends a pod", () => {
    expect(worst({ look: { billingMode: "POSTPAID" } })).toMatchObject({
      usd: undefined,
      words: expect.stringContaining("there is no limit"),
    });
    const policy = guarding({ hardTimeout });
    expect(worst({ policy, look: { billingMode: "POSTPAID", balanceUsd: 1 } }).usd).toBeCloseTo(
      7 * 1.49,
      6,
    );
  });

  it("counts on no guard in a dry run", () => {
    const found = worst({ policy: guarding({ hardTimeout }), isDryRun: true });

    expect(found.usd).toBe(100);
    expect(found.words).toMatch(/^A dry run ends nothing\. /);
  });

  it.each([
    ["the account is not seen", blind(at(60))],
    ["RunPod does not list the pods", { pods: "unknown" }],
    ["not all of the pods can be read", { unreadablePods: 1 }],
    ["the balance is at or below $0", { balanceUsd: 0 }],
  ] as const)("is unknown where %s", (words, look) => {
    expect(worst({ look })).toMatchObject({
      usd: undefined,
      inMinutes: undefined,
      words: expect.stringContaining(`Unknown: ${words}`),
    });
  });

  it("is unknown where a price is, but no more than the balance", () => {
    const look = { pods: [pod({ costPerHrUsd: undefined })] };
    const state = { runs: { p1: run({ costPerHrUsd: undefined }) } };

    expect(worst({ look, state })).toEqual({
      usd: undefined,
      inMinutes: undefined,
      words: "Unknown: what trainer (p1) costs is unknown. No more than the balance: $100.00",
    });
  });

  it("is never more than the balance, nor less than what runs until the first end", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            costPerHrUsd: fc.double({ min: 0, max: 40, noNaN: true }),
            startedAtMs: fc.integer({ min: at(-400), max: at(60) }),
            isLocked: fc.boolean(),
          }),
          { maxLength: 8 },
        ),
        fc.double({ min: 0.01, max: 500, noNaN: true }),
        fc.boolean(),
        (its, balanceUsd, isHard) => {
          const pods = its.map(({ costPerHrUsd, isLocked }, n) =>
            pod({ id: `p${n}`, costPerHrUsd, isLocked }),
          );
          const runs = Object.fromEntries(
            its.map(({ startedAtMs }, n) => [`p${n}`, run({ podId: `p${n}`, startedAtMs })]),
          );
          const policy = isHard
            ? { ...backed, podGuards: { ...backed.podGuards, hardTimeout } }
            : backed;
          const { usd = NaN } = worst({ policy, look: { balanceUsd, pods }, state: { runs } });
          const rate = its.reduce((sum, { costPerHrUsd }) => sum + costPerHrUsd, 0);
          const firstMs = Math.min(balanceUsd / rate, 1 / 60) * hourMs;

          expect(usd).toBeLessThanOrEqual(balanceUsd + 1e-9);
          expect(usd).toBeGreaterThanOrEqual(isHard ? 0 : (rate * firstMs) / hourMs - 1e-6);
        },
      ),
    );
  });
});
