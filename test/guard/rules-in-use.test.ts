import { describe, expect, it } from "vitest";
import type { Seen } from "#guard/model/account.ts";
import type { GuardEvent, GuardState } from "#guard/model/state.ts";
import { rulesInUse } from "#guard/rules-in-use.ts";
import {
  after,
  cluster,
  guarding,
  idleGuard,
  leaseGuard,
  pod,
  policyWith,
  seen,
} from "./samples.ts";

const kept = pod({ id: "k1", name: "keep-me" });
const policy = guarding(
  { idle: { ...idleGuard, pods: ["worker-*"] }, lease: { ...leaseGuard, pods: ["*"] } },
  { protect: ["keep-me", "keep-mee", "keep-me "] },
);
const look = (overrides: Partial<Seen> = {}) => seen({ pods: [pod(), kept], ...overrides });
const told = (events: readonly GuardEvent[]) => events.filter(({ kind }) => kind === "rules");

describe("the rules of the config", () => {
  it("match a pod or none, and say whom they protect", () => {
    expect(rulesInUse(look(), policy, policy)).toEqual({
      protectedPods: [kept],
      unmatched: [
        { where: "protect", glob: "keep-mee" },
        { where: "guards.idle.pods", glob: "worker-*" },
      ],
    });
  });

  it.each<[string, Partial<Seen>]>([
    ["a row cannot be read", { unreadablePods: 1 }],
    ["a name is unknown", { pods: [pod({ rawName: undefined })] }],
  ])("may match a pod that is not seen: %s", (_sentence, overrides) => {
    expect(rulesInUse(look(overrides), policy, policy)?.unmatched).toBe("unknown");
  });

  it("are not judged without pods", () => {
    expect(rulesInUse(look({ pods: "unknown" }), policy, policy)).toBeUndefined();
  });

  it("of the hard timeout are among them", () => {
    const hardTimeout = { action: "stop", afterMs: 1, pods: ["x"] } as const;

    expect(
      rulesInUse(look(), guarding({ hardTimeout }), guarding({ hardTimeout }))?.unmatched,
    ).toEqual([{ where: "guards.hard_timeout.pods", glob: "x" }]);
  });
});

it("of budgets, schedules and the guard of stopped pods are among them", () => {
  const budget = { limitUsd: 20, per: "day", action: "notify", freezes: false } as const;
  const budgets = [
    { ...budget, name: "all" },
    { ...budget, name: "team", pods: ["team-*", "trainer"] },
  ];
  const schedules = [{ name: "evening", action: "stop", pods: ["dev-*", "*"] } as const];
  const stopped = { afterMs: 1, action: "notify", losesData: false, pods: ["tmp"] } as const;
  const asked = guarding({ schedules, stopped }, { budgets });

  expect(rulesInUse(look(), asked, asked)?.unmatched).toEqual([
    { where: "guards.stopped.pods", glob: "tmp" },
    { where: "budgets[1].pods", glob: "team-*" },
    { where: "schedules[0].pods", glob: "dev-*" },
  ]);
});

it("a guard's pods match no cluster, and its clusters no pod", () => {
  const idle = { ...idleGuard, action: "terminate", pods: ["*", "llama", "trainer"] } as const;
  const named = guarding({ idle: { ...idle, clusters: ["*", "llama", "trainer", "node-0"] } });
  const found = rulesInUse(seen({ pods: [pod(), cluster()] }), named, {
    ...named,
    protect: ["node-0", "c1", "m9"],
  });

  expect(found?.unmatched).toEqual([
    { where: "protect", glob: "m9" },
    { where: "guards.idle.pods", glob: "llama" },
    { where: "guards.idle.clusters", glob: "trainer" },
    { where: "guards.idle.clusters", glob: "node-0" },
  ]);
});

describe("what the rules come to", () => {
  it("is said once at the start", () => {
    const first = after([look()], policy);
    const again = after([look({ atMs: 2_000 })], policy, first.state);

    expect(told(first.events)).toEqual([
      {
        kind: "rules",
        protectedPods: [kept],
        unmatched: [
          { where: "protect", glob: "keep-mee" },
          { where: "guards.idle.pods", glob: "worker-*" },
        ],
      },
    ]);
    expect(told(again.events)).toEqual([]);
  });

  it("is said at the first poll that shows all pods", () => {
    const before = after([look({ pods: "unknown" }), look({ unreadablePods: 1 })], policy);

    expect(told(before.events)).toEqual([]);
    expect(told(after([look()], policy, before.state).events)).toHaveLength(1);
  });

  it("is said again for another config, and by the next process", () => {
    const { state } = after([look()], policy);
    const { rulesSaid: _, ...saved } = state;

    expect(told(after([look()], policyWith({ protect: ["db"] }), state).events)).toHaveLength(1);
    expect(told(after([look()], policy, saved as GuardState).events)).toHaveLength(1);
  });

  it("is nothing where there are none, and all pods where all are protected", () => {
    const all = policyWith({ protect: ["*"] });

    expect(told(after([look()], policyWith()).events)).toEqual([]);
    expect(told(after([look()], all).events)).toMatchObject([
      { protectedPods: [{ id: "p1" }, { id: "k1" }], unmatched: [] },
    ]);
  });

  it("names a pod that is protected under its last name", () => {
    const rule = policyWith({ protect: ["keep-*"] });
    const { state } = after([look()], rule);
    const renamed = { ...kept, name: "x", rawName: "x" };
    const { rulesSaid: _, ...saved } = state;

    const { events } = after([look({ pods: [renamed] })], rule, saved as GuardState);

    expect(told(events)).toEqual([
      {
        kind: "rules",
        protectedPods: [renamed],
        unmatched: [{ where: "protect", glob: "keep-*" }],
      },
    ]);
  });
});
