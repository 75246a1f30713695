import { describe, expect, it } from "vitest";
import type { PodGuards, Policy } from "#guard/model/policy.ts";
import { repeatsOf } from "#guard/pods/ends/tell-over.ts";
import {
  guarding,
  hardTimeout,
  idleGuard,
  leaseGuard,
  live,
  type Minute,
  noticesOf,
  pod,
  saidOf,
  unlived,
} from "../samples.ts";

const busy: Minute = { sample: { gpuPercents: [90], cpuPercent: 90 } };

function telling(guards: Partial<PodGuards["idle"]> = {}): Policy {
  return guarding({ idle: { ...idleGuard, action: "notify", ...guards } });
}

function toldAt(policy: Policy, last: number, minute: (n: number) => Minute = () => ({})) {
  return saidOf(live(unlived, [0, last], policy, minute))
    .filter(([, words]) => words.startsWith("idle: pod"))
    .map(([n]) => n);
}

describe("a guard that only tells", () => {
  it.each<[string, Partial<PodGuards["idle"]>, readonly number[]]>([
    ["tells once", {}, [30]],
    ["tells every hour where it is asked to", { remind: "hourly" }, [30, 90, 150]],
    ["tells with doubling pauses where it is asked to", { remind: "doubling" }, [30, 90, 150, 270]],
  ])("%s", (_sentence, guard, expected) => {
    expect(toldAt(telling(guard), 280).slice(0, expected.length + 1)).toEqual(
      guard?.remind === "hourly" ? [30, 90, 150, 210] : expected,
    );
  });

  it("does not tell again while it is not known whether it lasts", () => {
    const told = toldAt(telling({ remind: "hourly" }), 130, (n) =>
      n > 80 && n < 100 ? { look: "blind" } : n >= 100 && n < 110 ? { sample: "unmeasured" } : {},
    );

    expect(told[0]).toBe(30);
    expect(told.every((n) => n <= 80 || n >= 110)).toBe(true);
  });

  it("does not tell again at once of what an earlier version has told", () => {
    const policy = telling({ remind: "hourly" });
    const before = live(unlived, [0, 31], policy);
    const old = { ...before, state: { ...before.state, reminded: undefined } };

    const lived = live(old, [32, 95], policy);

    expect(saidOf(lived).map(([n]) => n)).toEqual([30, 90]);
  });
});

describe("what a guard has told of and is over", () => {
  const resolving = telling({ tellsResolved: true });
  const told = live(unlived, [0, 35], resolving);

  it.each<[string, Minute, string]>([
    [
      "by activity",
      busy,
      "idle: pod trainer (p1): no longer due for the idle guard, by more time, activity or another config",
    ],
    [
      "by its end",
      { look: { pods: [pod({ status: "stopped" })] } },
      "idle: pod trainer (p1) no longer runs",
    ],
    ["by having gone", { look: { pods: [], burnPerHrUsd: 0 } }, "idle: pod p1 no longer runs"],
  ])("%s, is told by all ways where the guard asks for it", (_sentence, minute, words) => {
    const lived = live(told, [36, 38], resolving, minute);

    expect(
      saidOf(lived)
        .slice(1)
        .map(([, said]) => said),
    ).toEqual([words]);
    expect(lived.state.reminded).toBeUndefined();
    // Nobody had been sent that it began.
    expect(noticesOf(lived.state.owed).map(({ isResolution }) => isResolution)).toEqual([true]);
  });

  it("is told of several together", () => {
    const pods = [pod(), pod({ id: "p2", name: "web" })];
    const both = live(unlived, [0, 35], resolving, { look: { pods } });

    const lived = live(both, [36, 38], resolving, { look: { pods: [], burnPerHrUsd: 0 } });

    expect(saidOf(lived).at(-1)?.[1]).toBe("idle: pods p1, p2 no longer run");
  });

  it("is forgotten and not told where it is not asked for", () => {
    const lived = live(live(unlived, [0, 35], telling()), [36, 38], telling(), busy);

    expect(saidOf(lived)).toHaveLength(1);
    expect(lived.state.reminded).toBeUndefined();
  });

  it("goes on while nobody knows", () => {
    const lived = live(told, [36, 50], resolving, { look: { pods: "unknown" }, sample: "none" });

    expect(saidOf(lived).filter(([, words]) => words.includes("no longer"))).toEqual([]);
    expect(Object.keys(lived.state.reminded ?? {})).toEqual(["tell:idle:p1"]);
  });
});

describe("how often a guard tells", () => {
  const asks = { remind: "daily" } as const;
  const all = guarding({
    hardTimeout: { ...hardTimeout, ...asks },
    lease: { ...leaseGuard, ...asks },
    idle: { ...idleGuard, ...asks },
  });

  it.each([
    ["hard_timeout", "daily"],
    ["lease", "daily"],
    ["idle", "daily"],
    ["schedule", undefined],
    ["budget", undefined],
  ] as const)("is as %s asks", (guard, remind) => {
    expect(repeatsOf(guard, all).remind).toBe(remind);
    expect(repeatsOf(guard, guarding({}))).toEqual({});
  });
});
