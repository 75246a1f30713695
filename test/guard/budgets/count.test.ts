import { describe, expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import type { Seen } from "#guard/model/account.ts";
import { upToNow } from "#guard/times.ts";
import {
  at,
  type Lived,
  hourMs,
  pod,
  saidOf,
  seen,
  sampleAt,
  settleAt,
  step,
  unlived,
} from "../samples.ts";
import { budget, budgeted, glance, spending } from "./budget-samples.ts";

const policy = budgeted([budget(), budget({ name: "team", limitUsd: 1000, pods: ["team-*"] })]);
const team = pod({ id: "p1", name: "team-a", costPerHrUsd: 6 });
const other = pod({ id: "p2", name: "other", costPerHrUsd: 6 });

const cents = ({ state }: Lived, name: string) =>
  (state.budgets?.[name] ?? []).map(({ spentUsd }) => Math.round(spentUsd * 100));

const minutes = (before: Lived, from: number, to: number, pods = [team]): Lived => {
  let now = before;
  for (let minute = from; minute <= to; minute += 1) {
    now = glance(now, minute, policy, { look: { pods, balanceUsd: 100 - minute / 10 } });
  }
  return now;
};

/** The pods have run since this minute, by their own word. */
const sampled = (before: Lived, minute: number, booted: number): Lived =>
  step(
    before,
    minute,
    {
      kind: "measured",
      activity: {},
      measured: {
        kind: "measured",
        atMs: at(minute),
        samples: [
          sampleAt(minute, {
            podId: "p1",
            bootedAtMs: at(booted),
            lastStartedAtMs: at(booted),
          }),
        ],
      },
    },
    policy,
  );

describe("what pods cost", () => {
  it("counts in the budgets whose globs name them, and in no other", () => {
    const lived = minutes(unlived, 0, 10, [team, other]);

    expect(cents(lived, "team")).toEqual([100]);
    expect(cents(lived, "daily")).toEqual([100]);
  });

  it("counts from the start that they tell of themselves", () => {
    const lived = minutes(sampled(minutes(unlived, 0, 1), 1, -30), 2, 3);

    expect(cents(lived, "team")).toEqual([30]);
    const whole = minutes(
      sampled(minutes(minutes(unlived, 0, 0, []), 100, 101), 101, 40),
      102,
      103,
    );
    expect(cents(whole, "team")).toEqual([630]);
  });

  it("counts from when the budget is counted, however long they have run", () => {
    const whole = minutes(sampled(minutes(unlived, 100, 101), 101, 40), 102, 103);

    expect(cents(whole, "team")).toEqual([30]);
  });

  it.each([
    ["renamed away and back", ["team-a", "own-a", "team-a"], 100 + 60],
    ["that was given the name only later", ["own-a", "own-a", "team-a"], 60],
    ["renamed away", ["team-a", "own-a", "own-a"], 100],
  ])("counts of one %s only while its name is meant", (_sentence, names, spent) => {
    const [first = "", second = "", third = ""] = names;
    const called = (name: string) => [{ ...team, name }];

    const lived = minutes(unlived, 0, 10, called(first));
    const away = minutes(sampled(lived, 10, 0), 11, 300, called(second));
    const back = minutes(away, 301, 306, called(third));

    expect(cents(back, "team")).toEqual([spent]);
  });

  it("counts until they stop", () => {
    const lived = minutes(minutes(unlived, 0, 10), 11, 70, [other]);

    expect(cents(lived, "team")).toEqual([100]);
    const kept = ({ state }: Lived) => state.podsCounted?.["team"]?.map(({ podId }) => podId);
    expect(lived.state.podsCounted?.["team"]?.[0]).toMatchObject({ podId: "p1", toMs: at(10) });
    expect(kept(minutes(lived, 71, 71, [other]))).toEqual(["p2"]);
  });

  it("counts both runs of a pod that was started again between two looks", () => {
    const lived = minutes(sampled(minutes(unlived, 0, 10), 10, 0), 11, 12);
    const again = minutes(sampled(lived, 12, 9), 13, 13);

    expect(cents(again, "team")).toEqual([130]);
  });

  it("counts until an end that we brought about", () => {
    const lived = minutes(unlived, 0, 10);
    const effect = {
      kind: "end-run",
      id: "e",
      guard: "idle",
      reason: "idle_30m",
      podId: "p1",
      podName: "team-a",
      action: "stop",
      because: "idle",
      tries: 1,
      notBeforeMs: 0,
    } as const;
    const owing = { ...lived, state: { ...lived.state, owed: [effect] } };

    const ended = settleAt(owing, 12, "e", { kind: "done", podIs: "stopped" }, policy);

    expect(cents(ended, "team")).toEqual([120]);
  });

  it("waits while no list of pods is seen", () => {
    const lived = minutes(unlived, 0, 10);
    const unseen = glance(lived, 11, policy, { look: { pods: "unknown", balanceUsd: 99 } });

    expect(cents(unseen, "team")).toEqual([100]);
    expect(cents(minutes(unseen, 12, 12), "team")).toEqual([120]);
  });

  it("waits for a budget of which the calendar has said nothing", () => {
    const input = {
      kind: "moments",
      moments: { atMs: at(0), periods: {}, schedules: {} },
    } as const;
    const first = glance(unlived, 0, policy, { look: { pods: [team] } });
    const silent = decide(
      { ...first.state, budgets: undefined, podsCounted: undefined },
      input,
      policy,
    );

    const after = decide(
      silent.state,
      { kind: "look", look: { ...first.state.lastSeen, atMs: at(1) } as never },
      policy,
    );

    expect(after.state.budgets).toEqual({});
    expect(after.state.podsCounted).toBeUndefined();
  });
});

describe("a new process", () => {
  it("counts on where the one before was, each dollar once", () => {
    const lived = minutes(unlived, 0, 10);
    const { moments: _, lastSeen: __, leaseBook: ___, ...saved } = lived.state;
    const anew = { ...lived, state: upToNow(saved, at(11)) };

    const after = minutes(anew, 11, 20);

    expect([cents(after, "team"), cents(after, "daily")]).toEqual([[200], [200]]);
  });

  it("that has lost its runs counts no minute twice", () => {
    const lived = minutes(unlived, 0, 10);
    const { moments: _, lastSeen: __, leaseBook: ___, ...saved } = lived.state;
    const lost = { ...saved, runs: {}, podsSeenAtMs: undefined, podsKnownAtMs: undefined };

    const after = sampled(minutes({ ...lived, state: lost }, 12, 13), 13, 0);

    expect(cents(minutes(after, 14, 20), "team")).toEqual([200]);
  });
});

it("a run that a crash has brought back is not counted twice", () => {
  const lived = minutes(unlived, 0, 10);
  const stopped = minutes(lived, 11, 12, []);
  const { runs, podsSeenAtMs, podsKnownAtMs } = lived.state;
  const crashed = {
    ...stopped,
    state: { ...stopped.state, runs, podsSeenAtMs, podsKnownAtMs },
  };

  expect(cents(minutes(crashed, 13, 13, []), "team")).toEqual([100]);
  expect(cents(minutes(crashed, 13, 13), "team")).toEqual([130]);
});

describe("a night in which the guard was down", () => {
  const night = (after: number, balanceUsd: number) => {
    const evening = sampled(minutes(unlived, 0, 10), 10, -60);
    const look = { pods: [team], balanceUsd };
    const morning = glance(evening, after, policy, { look });
    const next = glance(sampled(morning, after, -60), after + 1, policy, {
      look: { ...look, balanceUsd: balanceUsd - 0.1 },
    });
    return next;
  };

  it("is estimated from the balance, and said", () => {
    const lived = night(490, 51);

    expect(cents(lived, "daily")).toEqual([4910]);
    expect(lived.state.budgets?.["daily"]?.[0]?.estimatedUsd).toBeCloseTo(48);
    expect(saidOf(lived).filter(([, words]) => words.includes("nobody"))).toEqual([
      [
        491,
        "budget: nobody saw the account for 8 h 0 min. It spent about $48.00 meanwhile, estimated from the balance before and after. It counts in budget daily",
      ],
    ]);
    expect(lived.state.accounted?.gap).toBeUndefined();
  });

  it("is estimated from the pods where money was added, and that is shown", () => {
    const lived = night(490, 120);

    expect(cents(lived, "daily")).toEqual([4910]);
    expect(lived.state.budgets?.["daily"]?.[0]?.toppedUpUsd).toBeCloseTo(69);
  });

  it("over midnight counts in both days by time", () => {
    const lived = night(1450, 99 - 72);

    const [first = 0, second = 0] = cents(lived, "daily");
    expect(first / (first + second)).toBeCloseTo(0.99, 1);
    expect(first + second).toBeCloseTo(100 + 7200 + 7200 + 10, -2);
  });

  it("is settled with what is known where another follows", () => {
    const two = budgeted([budget(), budget({ name: "weekly", limitUsd: 1000, per: "week" })]);

    const lived = spending(two, [
      [0, 100],
      [100, 120],
      [200, 110],
      [215, 110],
    ]);

    expect(lived.state.budgets?.["daily"]?.[0]?.toppedUpUsd).toBeCloseTo(20 + 1.5);
    expect(saidOf(lived).map(([, words]) => words)).toEqual([
      "budget: nobody saw the account for 1 h 40 min. It spent about $10.00 meanwhile, estimated from the balance before and after. It counts in budgets daily and weekly",
    ]);
  });
});

describe("a budget", () => {
  it("that leaves the config is forgotten", () => {
    const lived = minutes(unlived, 0, 10);

    const one = glance(lived, 11, budgeted([budget()]));
    const none = glance(one, 12, budgeted([]));

    expect(Object.keys(one.state.budgets ?? {})).toEqual(["daily"]);
    expect(one.state.podsCounted).toBeUndefined();
    expect(none.state).toMatchObject({ budgets: undefined, accounted: undefined });
    expect(glance(none, 13, budgeted([])).state.budgets).toBeUndefined();
  });

  it("of pods alone leaves the account's spending alone", () => {
    const lived = glance(unlived, 0, budgeted([budget({ pods: ["*"] })]));

    expect(lived.state.accounted).toBeUndefined();
  });

  it.each([
    ["of pods", { pods: undefined }, { pods: ["team-*"] }],
    ["of the account", { pods: ["team-*"] }, { pods: undefined }],
  ])("that becomes one %s begins anew", (_sentence, was, is) => {
    const [before, after] = [budgeted([budget(was)]), budgeted([budget(is)])];
    const one = glance(unlived, 0, before, { look: { pods: [team] } });
    const lived = glance(one, 2, before, { look: { pods: [team], balanceUsd: 95 } });

    const next = glance(lived, 2, after, { look: { pods: [team], balanceUsd: 95 } });

    expect(cents(lived, "daily")).not.toEqual([0]);
    expect(next.state.budgets?.["daily"]?.[0]?.sinceMs).toBe(at(2));
  });

  it("may be called __proto__", () => {
    const odd = budgeted([budget({ name: "__proto__", pods: ["team-*"] })]);
    const moments = {
      kind: "moments",
      moments: {
        atMs: at(0),
        schedules: {},
        periods: Object.fromEntries([["__proto__", { fromMs: at(0), toMs: at(0) + 24 * hourMs }]]),
      },
    } as const;
    const look = { pods: [team], balanceUsd: 90 };
    const first = glance({ ...unlived }, 0, odd, { look });
    const spoken = { ...first, state: decide(first.state, moments, odd).state };

    expect(Object.keys(spoken.state.moments?.periods ?? {})).toEqual(["__proto__"]);
  });
});

describe("what nobody tells the burn of", () => {
  const dear = pod({ id: "d1", name: "dear", costPerHrUsd: 80 });
  const unpriced = pod({ id: "u1", name: "unpriced", costPerHrUsd: undefined });
  const paidByCard = (pods: Seen["pods"], burnPerHrUsd?: number) =>
    [0, 10, 20].reduce(
      (now, minute) =>
        glance(now, minute, policy, { look: { balanceUsd: 50, burnPerHrUsd, pods } }),
      unlived,
    ).state.budgets?.["daily"]?.[0];

  it("counts what the other pods cost, where a card pays, and is at least that", () => {
    expect(paidByCard([dear, unpriced])?.spentUsd).toBeCloseTo(26.67, 2);
    expect(paidByCard([dear, unpriced])?.isAtLeast).toBe(true);
  });

  it.each<[sentence: string, pods: Seen["pods"]]>([
    ["no pod's cost", [unpriced]],
    ["which pods there are", "unknown"],
  ])("is at least nothing, where nobody knows %s", (_sentence, pods) => {
    expect(paidByCard(pods)).toMatchObject({ spentUsd: 0, isAtLeast: true });
  });

  it("is nothing where nothing runs", () => {
    expect(paidByCard([])).not.toHaveProperty("isAtLeast");
  });

  it("is known where the account tells it", () => {
    expect(paidByCard([unpriced], 6)).not.toHaveProperty("isAtLeast");
  });
});

it("nothing is counted of a budget whose period the calendar could not tell", () => {
  const moments = { atMs: at(0), periods: {}, schedules: {} };
  const asked = step(unlived, 0, { kind: "moments", moments }, budgeted([budget()]));

  const looked = [100, 90].reduce(
    (now, balanceUsd, n) =>
      step(now, n, { kind: "look", look: seen({ atMs: at(n), balanceUsd }) }, budgeted([budget()])),
    asked,
  );

  expect(looked.state.budgets ?? {}).toEqual({});
});
