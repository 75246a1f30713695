import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventNames, severities } from "#guard/model/effect.ts";
import { type Policy, reminds } from "#guard/model/policy.ts";
import { type Acts, policyFromOutside } from "#outside/orders/from-outside.ts";
import { noOrders, type Orders, readOrders } from "#outside/orders/orders.ts";
import { readPolicy, sendable } from "#outside/orders/policy-schema.ts";
import { hardTimeout, idleGuard, leaseGuard, policyWith } from "../../guard/samples.ts";

const ms = fc.nat(1e9);
const usd = fc.integer({ min: 0, max: 100_000 }).map((cents) => cents / 100);
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,9}$/);
const globs = fc.array(fc.stringMatching(/^[a-z*?-]{1,8}$/), { maxLength: 3 });
const one = <Value extends string>(values: readonly Value[]) => fc.constantFrom(...values);

/** With every field, each of which may be left out where the policy says so. */
const some = <Of extends object>(
  model: { readonly [Key in keyof Required<Of>]: fc.Arbitrary<NonNullable<Of[Key]>> },
  needed: readonly (keyof Of)[],
): fc.Arbitrary<Of> =>
  fc.record(model as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: needed as readonly string[] as string[],
  }) as fc.Arbitrary<Of>;

type Guards = Policy["podGuards"];
type Each<List> = NonNullable<List> extends readonly (infer Of)[] ? Of : never;

const repeats = { remind: one(reminds), tellsResolved: fc.boolean() };
const guard = {
  ...repeats,
  action: one(["notify", "agent", "stop", "terminate"]),
  pods: globs,
  clusters: globs,
};

const podGuards: fc.Arbitrary<Guards> = some<Guards>(
  {
    foreign: one(["notify", "ignore"]),
    hardTimeout: some<NonNullable<Guards["hardTimeout"]>>({ ...guard, afterMs: ms }, [
      "action",
      "pods",
      "afterMs",
    ]),
    lease: some<NonNullable<Guards["lease"]>>({ ...guard, defaultMs: ms, maxMs: ms }, [
      "action",
      "pods",
      "maxMs",
    ]),
    idle: some<NonNullable<Guards["idle"]>>(
      {
        ...guard,
        afterMs: ms,
        gpuPercent: usd,
        cpuPercent: usd,
        gpuMemoryPercent: usd,
        bootGraceMs: ms,
        hasProbes: fc.boolean(),
      },
      [
        "action",
        "pods",
        "afterMs",
        "gpuPercent",
        "cpuPercent",
        "gpuMemoryPercent",
        "bootGraceMs",
        "hasProbes",
      ],
    ),
    schedules: fc.array(fc.record({ name, action: one(["notify", "stop"]), pods: globs }), {
      maxLength: 2,
    }),
    stopped: some<NonNullable<Guards["stopped"]>>(
      {
        ...repeats,
        afterMs: ms,
        action: one(["notify", "terminate"]),
        losesData: fc.boolean(),
        pods: globs,
      },
      ["afterMs", "action", "losesData", "pods"],
    ),
    warnMs: ms,
    maxEndsPerHour: fc.nat(20),
    gapMs: ms,
    command: name,
  },
  ["warnMs", "maxEndsPerHour", "gapMs", "command"],
);

const policies: fc.Arbitrary<Policy> = some<Policy>(
  {
    thresholds: fc.array(
      some<Each<Policy["thresholds"]>>(
        {
          name,
          belowUsd: usd,
          belowHours: usd,
          ...repeats,
          answers: fc.subarray(["notify", "call-agent"]),
          backstop: fc.record({ action: one(["stop", "terminate"]), afterMs: ms }),
        },
        ["name", "answers"],
      ),
      { maxLength: 3 },
    ),
    tells: fc.boolean(),
    channels: fc.array(
      some<Each<Policy["channels"]>>(
        { name, events: fc.subarray([...eventNames]), minSeverity: one(severities) },
        ["name", "minSeverity"],
      ),
      { maxLength: 2 },
    ),
    protect: globs,
    blindAfterMs: ms,
    agentAttempts: fc.nat(9),
    endRetry: fc.record({ firstMs: ms, mostMs: ms }),
    noticeRetry: fc.record({ firstMs: ms, mostMs: ms }),
    podGuards,
    budgets: fc.array(
      some<Each<Policy["budgets"]>>(
        {
          name,
          limitUsd: usd,
          per: one(["day", "week", "month"]),
          pods: globs,
          action: one(["notify", "agent", "stop"]),
          freezes: fc.boolean(),
          ...repeats,
        },
        ["name", "limitUsd", "per", "action", "freezes"],
      ),
      { maxLength: 2 },
    ),
    tripsOnEstimate: fc.boolean(),
  },
  [
    "thresholds",
    "tells",
    "channels",
    "protect",
    "blindAfterMs",
    "agentAttempts",
    "endRetry",
    "noticeRetry",
    "podGuards",
  ],
);

const asSent = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** A policy in which everything is on. */
const full: Policy = policyWith({
  tells: true,
  backstop: { action: "terminate", afterMs: 60_000 },
  protect: ["keep-*"],
  budgets: [
    { name: "daily", limitUsd: 5, per: "day", action: "stop", freezes: true },
    { name: "team", limitUsd: 5, per: "day", action: "agent", freezes: false },
  ],
  podGuards: {
    ...policyWith().podGuards,
    hardTimeout,
    lease: { ...leaseGuard, action: "agent" },
    idle: idleGuard,
    schedules: [{ name: "evening", action: "stop", pods: ["*"] }],
    stopped: { afterMs: 1, action: "terminate", losesData: false, pods: ["*"] },
  },
});

const ordersWith = (changes: Partial<Orders> = {}): Orders => ({
  policy: full,
  calendar: { budgets: [], schedules: [] },
  beforeStop: "none",
  isDry: false,
  ...changes,
});

describe("a policy that is sent", () => {
  it("arrives as it was, every field of it", () => {
    fc.assert(
      fc.property(policies, (policy) => {
        expect(readPolicy(asSent(sendable(policy)))).toEqual(asSent(policy));
      }),
    );
  });

  it.each<[string, (policy: Policy) => object]>([
    ["another field", (policy) => ({ ...policy, curfew: true })],
    [
      "another field of a threshold",
      ({ thresholds, ...rest }) => ({
        ...rest,
        thresholds: thresholds.map((each) => ({ ...each, unless: "asleep" })),
      }),
    ],
    [
      "another field of a guard",
      ({ podGuards: guards, ...rest }) => ({
        ...rest,
        podGuards: { ...guards, idle: { ...idleGuard, onlyAtNight: true } },
      }),
    ],
    [
      "another guard",
      ({ podGuards: guards, ...rest }) => ({ ...rest, podGuards: { ...guards, moon: {} } }),
    ],
    [
      "another action",
      ({ podGuards: guards, ...rest }) => ({
        ...rest,
        podGuards: { ...guards, hardTimeout: { ...hardTimeout, action: "hibernate" } },
      }),
    ],
    ["no protect", (policy) => ({ ...policy, protect: undefined })],
    ["a protect that is no list", (policy) => ({ ...policy, protect: "keep-*" })],
  ])("with %s is not read at all: what is not known may be a prohibition", (_sentence, change) => {
    const sent = sendable(full);

    expect(readPolicy(asSent(sent))).toBeDefined();
    expect(readPolicy(asSent(change(sent as Policy)))).toBeUndefined();
  });
});

describe("orders", () => {
  const sent = { ...ordersWith(), policy: sendable(full) };

  it("arrive as they were", () => {
    expect(readOrders(asSent(sent))).toEqual(asSent(ordersWith()));
  });

  it.each<[string, object]>([
    ["without a policy", { ...sent, policy: undefined }],
    ["with a policy of another version", { ...sent, policy: { ...full, curfew: true } }],
    ["with another word of what is run before a stop", { ...sent, beforeStop: "perhaps" }],
    ["with another part", { ...sent, until: 5 }],
    ["that are none", []],
  ])("%s are not read", (_sentence, found) => {
    expect(readOrders(asSent(found))).toBeUndefined();
  });

  it("where there are none, every pod is protected and nothing is ended", () => {
    const { protect, podGuards: guards, thresholds } = noOrders.policy;

    expect(protect).toEqual(["*"]);
    expect(guards.maxEndsPerHour).toBe(0);
    expect(thresholds).toEqual([]);
  });
});

/** What each part of a policy does to pods, in words. */
function actionsOf({ thresholds, budgets = [], podGuards: guards }: Policy): readonly string[] {
  const { hardTimeout: timeout, lease, idle, schedules = [], stopped } = guards;
  return [
    ...thresholds.flatMap(({ backstop }) => (backstop ? [`backstop ${backstop.action}`] : [])),
    ...budgets.map((each) => `budget ${each.action}`),
    ...schedules.map(({ action }) => `schedule ${action}`),
    ...Object.entries({ timeout, lease, idle, stopped }).flatMap(([key, each]) =>
      each === undefined ? [] : [`${key} ${each.action}`],
    ),
  ];
}

describe("from outside", () => {
  const from = (acts: Acts, changes: Partial<Orders> = {}, strangers: readonly string[] = []) =>
    policyFromOutside(
      ordersWith(changes),
      acts,
      [{ name: "phone", minSeverity: "info" }],
      strangers,
    );

  it.each<[string, Acts, Partial<Orders>, readonly string[]]>([
    [
      "a guard ends what the machine would; where that calls an agent, people are told",
      "guards",
      {},
      [
        "backstop terminate",
        "budget stop",
        "budget notify",
        "schedule stop",
        "timeout stop",
        "lease notify",
        "idle stop",
        "stopped terminate",
      ],
    ],
    [
      "one that only tells ends nothing",
      "tells",
      {},
      [
        "budget notify",
        "budget notify",
        "schedule notify",
        "timeout notify",
        "lease notify",
        "idle notify",
        "stopped notify",
      ],
    ],
    [
      "where what is on a pod must be saved first, only backstops, the hard timeout and old disks end",
      "guards",
      { beforeStop: "must" },
      [
        "backstop terminate",
        "budget notify",
        "budget notify",
        "schedule notify",
        "timeout stop",
        "lease notify",
        "idle notify",
        "stopped terminate",
      ],
    ],
  ])("%s", (_sentence, acts, changes, expected) => {
    expect(actionsOf(from(acts, changes))).toEqual(expected);
  });

  it("pods that are to be asked whether they are at work are never ended as idle", () => {
    const policy = {
      ...full,
      podGuards: { ...full.podGuards, idle: { ...idleGuard, hasProbes: true } },
    };

    expect(from("guards", { policy }).podGuards.idle).toBeUndefined();
  });

  it("the channels are those there, no command is run, and no agent called", () => {
    const { channels, tells, thresholds } = from("guards");

    expect(channels.map((each) => each.name)).toEqual(["phone"]);
    expect(tells).toBe(false);
    expect(thresholds.flatMap(({ answers }) => answers)).toEqual([]);
  });

  it("what is protected stays so, and strangers are too", () => {
    expect(from("guards", {}, ["p9"]).protect).toEqual(["keep-*", "p9"]);
  });

  it("of any policy at all, one that only tells ends nothing and calls nobody", () => {
    fc.assert(
      fc.property(policies, fc.constantFrom("none", "wished", "must"), (policy, beforeStop) => {
        const told = from("tells", { policy, beforeStop });

        expect(actionsOf(told).filter((each) => !each.endsWith(" notify"))).toEqual([]);
      }),
    );
  });

  it("of any policy at all, nothing more is ended than the machine would", () => {
    fc.assert(
      fc.property(policies, fc.constantFrom("none", "wished", "must"), (policy, beforeStop) => {
        const guarded = from("guards", { policy, beforeStop });

        const ends = actionsOf(guarded).filter((each) => !each.endsWith(" notify"));
        expect(actionsOf(policy)).toEqual(expect.arrayContaining([...ends]));
        expect(guarded.protect).toEqual(expect.arrayContaining([...policy.protect]));
        expect(guarded.podGuards.maxEndsPerHour).toBe(policy.podGuards.maxEndsPerHour);
      }),
    );
  });
});
