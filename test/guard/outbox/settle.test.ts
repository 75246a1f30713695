import { describe, expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import type { Effect, Notify, Outcome } from "#guard/model/effect.ts";
import { type GuardState, mostLost } from "#guard/model/state.ts";
import { isDue, nextDueMs } from "#guard/next-look.ts";
import {
  after,
  at,
  endsOf,
  minuteMs,
  noticesOf,
  pod,
  policy,
  policyWith,
  seen,
  wordsOf,
} from "../samples.ts";

const done: Outcome = { kind: "done", because: "exit 0", tail: "" };
const failed: Outcome = { kind: "failed", because: "exit 1", tail: "" };
const settled = (state: GuardState, id: string, outcome: Outcome, atMs = 2_000) =>
  decide(state, { kind: "settled", id, atMs, outcome }, policy);

const tripped = () => after([seen({ balanceUsd: 9, atMs: 77 })]).state;
const agent = "call-agent:warning:77";
const notice = "notify:warning:77";
const find = (state: GuardState, id: string) => state.owed.find((each) => each.id === id);

describe("an effect that was done", () => {
  it("is owed no longer, and told", () => {
    const before = tripped();

    const { state, events } = settled(before, notice, done);

    expect(state.owed.map(({ id }) => id)).toEqual([agent]);
    expect(events).toEqual([
      { kind: "settled", effect: before.owed[0], outcome: done, again: false },
    ]);
  });

  it("and is not owed, because it became moot meanwhile, changes nothing", () => {
    const before = tripped();

    expect(settled(before, "gone", failed)).toEqual({ state: before, events: [] });
  });
});

describe("an agent that failed", () => {
  it("is owed again: at the next look, then after five minutes, then no more", () => {
    const once = settled(tripped(), agent, failed);
    const twice = settled(once.state, agent, failed, 60_000);
    const thrice = settled(twice.state, agent, failed, 360_000);

    expect(find(once.state, agent)).toMatchObject({ tries: 1, notBeforeMs: 77 });
    expect(find(twice.state, agent)).toMatchObject({ tries: 2, notBeforeMs: 360_000 });
    expect(find(thrice.state, agent)).toBeUndefined();
    expect(thrice.events[0]).toMatchObject({ kind: "settled", again: false });
  });

  it("is told in words each time", () => {
    const once = settled(tripped(), agent, failed);
    const twice = settled(once.state, agent, failed);

    expect([once, twice].flatMap(({ events }) => wordsOf(events))).toEqual([
      "warning: agent failed (try 1 of 3): exit 1",
      "warning: agent failed (try 2 of 3): exit 1",
    ]);
    expect(noticesOf(twice.state.owed).map(({ event }) => event)).toEqual([
      "trip",
      "agent",
      "agent",
    ]);
  });

  it("is moot once the balance recovered, and the words about it stay", () => {
    const once = settled(tripped(), agent, failed);

    const { state } = after([seen({ balanceUsd: 30, atMs: 3_000 })], policy, once.state);

    expect(state.owed.map(({ id }) => id)).toEqual([
      expect.stringMatching(/^notify:agent:warning/),
      expect.stringMatching(/^notify:rearm:warning/),
    ]);
  });
});

describe("an agent for a budget", () => {
  const owing: GuardState = {
    ...after([seen({ balanceUsd: 50, atMs: 77 })]).state,
    owed: [
      {
        kind: "call-budget-agent",
        id: "b",
        budget: "daily",
        periodMs: 0,
        because: "spent $20.10 of $20.00",
        tries: 0,
        notBeforeMs: 77,
      },
    ],
  };

  it("is called again where it failed, and that is told", () => {
    const once = settled(owing, "b", failed);
    const twice = settled(once.state, "b", failed, 60_000);
    const thrice = settled(twice.state, "b", failed, 360_000);

    expect(wordsOf(once.events)).toEqual(["daily: agent failed (try 1 of 3): exit 1"]);
    expect(find(once.state, "b")).toMatchObject({ tries: 1, notBeforeMs: 77 });
    expect(find(twice.state, "b")).toMatchObject({ notBeforeMs: 360_000 });
    expect(find(thrice.state, "b")).toBeUndefined();
  });

  it("is in the history by its budget", () => {
    const { state } = settled(owing, "b", done);

    expect(state.unrecorded).toMatchObject([
      { type: "agent", reason: "daily", because: "done (exit 0): spent $20.10 of $20.00" },
    ]);
  });
});

describe("a remark on how an agent did", () => {
  const remark = "the agent may not stop 7000 of the unprotected pods";

  it.each([
    ["that worked", { ...done, remark }],
    ["that failed", { ...failed, remark }],
  ])("%s is told", (_sentence, outcome) => {
    const { state } = settled(tripped(), agent, outcome);

    const told = noticesOf(state.owed).filter(({ because }) => because === remark);
    expect(told).toMatchObject([{ event: "agent", threshold: "warning" }]);
  });

  it("is told once, however often the agent is called before it can be sent", () => {
    const once = settled(tripped(), agent, { ...failed, remark });
    const twice = settled(once.state, agent, { ...failed, remark });

    expect(noticesOf(twice.state.owed).filter(({ because }) => because === remark)).toHaveLength(1);
  });

  it("and on anything else is not told", () => {
    const { state } = settled(tripped(), notice, { ...done, remark });

    expect(noticesOf(state.owed)).toEqual([]);
  });
});

describe("a notification that failed", () => {
  const fail = (state: GuardState, id: string, atMs: number) =>
    settled(state, id, { ...failed, because: "exit 7" }, atMs).state;

  it("is tried again after a minute, then less often, up to every 15 minutes, for ever", () => {
    const delays: number[] = [];
    let state = tripped();
    for (let n = 0; n < 400; n += 1) {
      state = fail(state, notice, at(n * 15));
      delays.push((find(state, notice)?.notBeforeMs ?? NaN) - at(n * 15));
    }

    expect(delays.slice(0, 7)).toEqual(
      [1, 2, 4, 8, 15, 15, 15].map((minutes) => minutes * minuteMs),
    );
    expect(delays.at(-1)).toBe(15 * minuteMs);
    expect(find(state, notice)).toMatchObject({ tries: 400, failedBecause: "exit 7" });
    expect(state.lostNotices).toEqual([]);
  });

  it("owes no notification about it", () => {
    const once = settled(tripped(), notice, failed);

    expect(once.state.owed.map(({ id }) => id)).toEqual([notice, agent]);
    expect(wordsOf(once.events)).toEqual([]);
  });

  it("and is of use only while it is fresh is given up after a day, which is remembered", () => {
    const { state } = settled(tripped(), agent, failed, at(0));
    const id = noticesOf(state.owed).find(({ event }) => event === "agent")?.id ?? "";

    const almost = settled(state, id, failed, at(24 * 60) - 1);
    const over = settled(almost.state, id, failed, at(24 * 60));

    expect(find(almost.state, id)).toBeDefined();
    expect(almost.state.lostNotices).toEqual([]);
    expect(find(over.state, id)).toBeUndefined();
    expect(over.events).toMatchObject([{ kind: "settled", again: false }]);
    expect(over.state.lostNotices).toEqual([
      {
        atMs: at(0),
        message: "warning: agent failed (try 1 of 3): exit 1",
        because: "exit 1",
      },
    ]);
  });

  it("and comes from an older version, with no time, is given up after as many tries", () => {
    const old: Notify = {
      kind: "notify",
      id: "old",
      event: "agent",
      name: "warning",
      because: "agent failed",
      tries: 98,
      notBeforeMs: 0,
    };
    const before = { ...tripped(), owed: [old] };

    const once = settled(before, "old", failed);
    const twice = settled(once.state, "old", failed, 5);

    expect(find(once.state, "old")).toBeDefined();
    expect(find(twice.state, "old")).toBeUndefined();
    expect(twice.state.lostNotices).toMatchObject([{ atMs: 5 }]);
  });

  it("only so many that were given up are remembered, the newest", () => {
    const lost = (n: number) => ({ atMs: n, message: String(n), because: "exit 1" });
    const old: Notify = {
      kind: "notify",
      id: "old",
      event: "agent",
      name: "warning",
      because: "agent failed",
      tries: 99,
      notBeforeMs: 0,
    };
    const lostNotices = Array.from({ length: mostLost }, (_, n) => lost(n));

    const { state } = settled({ ...tripped(), owed: [old], lostNotices }, "old", failed);

    expect(state.lostNotices).toHaveLength(mostLost);
    expect(state.lostNotices[0]).toEqual(lost(1));
    expect(state.lostNotices.at(-1)).toMatchObject({ message: "warning: agent failed" });
  });
});

it("an agent that fails is tried as often as agent_attempts says", () => {
  const once = { ...policy, agentAttempts: 1 };

  const input = { kind: "settled", id: agent, atMs: 1, outcome: failed } as const;
  const { state } = decide(tripped(), input, once);

  expect(find(state, agent)).toBeUndefined();
});

describe("the end of a pod that failed", () => {
  const backed = policyWith({ backstop: { action: "stop", afterMs: 0 } });
  const due = () => after([seen({ balanceUsd: 0.4, atMs: 77 })], backed).state;
  const end = "end-pod:emergency:p1:77";

  it("is tried again and again, less often up to once a minute, until it is proven", () => {
    const delays: number[] = [];
    let state = due();
    for (let n = 0; n < 8; n += 1) {
      state = settled(state, end, failed, 0).state;
      delays.push(find(state, end)?.notBeforeMs ?? NaN);
    }

    expect(delays).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000, 60_000]);
    expect(endsOf(settled(state, end, done).state.owed)).toEqual([]);
  });

  it("is told with its reason, once an hour a reason", () => {
    const readOnly: Outcome = { ...failed, because: "the API key is read-only" };

    const once = settled(due(), end, readOnly);
    const again = settled(once.state, end, readOnly, 60_000);
    const other = settled(again.state, end, failed, 70_000);
    const later = settled(other.state, end, readOnly, 3_602_000);

    expect([once, again, other, later].map(({ events }) => wordsOf(events))).toEqual([
      ["emergency: could not stop pod p1, trying again: the API key is read-only"],
      [],
      ["emergency: could not stop pod p1, trying again: exit 1"],
      ["emergency: could not stop pod p1, trying again: the API key is read-only"],
    ]);
  });
});

describe("the end of a run that waits for a save", () => {
  const waits: Outcome = { ...failed, because: "before_stop_command failed", waitMs: 600_000 };
  const owing: GuardState = {
    ...after([seen({ balanceUsd: 50, atMs: 77 })]).state,
    owed: [
      {
        kind: "end-run",
        id: "r",
        guard: "idle",
        reason: "idle_30m",
        podId: "p1",
        podName: "trainer",
        action: "stop",
        because: "idle for 30 min",
        tries: 0,
        notBeforeMs: 77,
      },
    ],
  };

  it("is tried again when it was told to, and says so", () => {
    const { state, events } = settled(owing, "r", waits);

    expect(find(state, "r")).toMatchObject({
      tries: 1,
      notBeforeMs: 602_000,
      putOffUntilMs: 602_000,
    });
    expect(wordsOf(events)).toEqual([
      "idle: could not stop pod trainer (p1), trying again: before_stop_command failed",
    ]);
  });

  it("waits no longer once it was asked for", () => {
    const put = settled(owing, "r", waits).state;

    const { state } = settled(put, "r", failed, 602_000);

    expect(find(state, "r")).toMatchObject({ tries: 2, putOffUntilMs: undefined });
  });

  it.each<[string, Outcome, string]>([
    ["by others while it waited", waits, "ended_elsewhere"],
    ["by us after we had asked", failed, "idle_30m"],
  ])("was brought about %s: the history says so", (_sentence, first, reason) => {
    const put = settled(owing, "r", first).state;
    const moot: Outcome = {
      kind: "moot",
      because: "the pod is EXITED",
      tail: "",
      podIs: "stopped",
    };

    const { events } = settled(put, "r", moot, 602_000);

    expect(events.flatMap((each) => (each.kind === "run-ended" ? [each.reason] : []))).toEqual([
      reason,
    ]);
  });
});

describe("a pod that is still billed after it took several tries to stop", () => {
  const backed = policyWith({ backstop: { action: "stop", afterMs: 0 } });
  const end = "end-pod:emergency:p1:77";
  const before = { costPerHrUsd: 1.49, burnPerHrUsd: 1.49, unexplainedPerHrUsd: 0 };
  const due = () => after([seen({ balanceUsd: 0.4, atMs: 77 })], backed).state;
  const exited = (atMs: number, burnPerHrUsd = 1.49) =>
    seen({ atMs, balanceUsd: 0.4, burnPerHrUsd, pods: [pod({ status: "stopped" })] });

  it("keeps the burn that the first of them found, where an older version owed it", () => {
    const old = due();
    const owed = old.owed.map((each) => ({ ...each, burnBefore: undefined }));

    const once = settled({ ...old, owed }, end, { ...failed, unconfirmed: before }).state;

    expect(find(once, end)).toMatchObject({ burnBefore: before });
  });

  it("keeps the burn from before the first of them", () => {
    const once = settled(due(), end, { ...failed, unconfirmed: before }).state;
    const twice = settled(once, end, { ...failed, unconfirmed: { burnPerHrUsd: 9 } }).state;

    expect(find(twice, end)).toMatchObject({ burnBefore: before });
    expect(twice.unconfirmed).toEqual([]);
  });

  it("is told of until the burn falls", () => {
    const once = settled(due(), end, { ...failed, unconfirmed: before }).state;
    const found: Outcome = { ...done, kind: "moot", podIs: "stopped", unconfirmed: before };
    const ended = settled(once, end, found, 9_000).state;

    const told = after([exited(300_000)], backed, ended);
    const fallen = after([exited(400_000, 0)], backed, told.state);

    expect(wordsOf(told.events).join()).toContain("burn: not confirmed by the burn: pod trainer");
    expect(wordsOf(fallen.events).join()).toContain("the burn now confirms");
  });
});

describe("two pods that the backstop cannot stop, for the same reason", () => {
  const backed = policyWith({ backstop: { action: "stop", afterMs: 0 } });
  const pods = [pod({ id: "a" }), pod({ id: "b" })];
  const due = () => after([seen({ balanceUsd: 0.4, atMs: 77, pods })], backed).state;
  const [endA, endB] = ["end-pod:emergency:a:77", "end-pod:emergency:b:77"] as const;
  const couldNot = (id: string) => `could not stop pod ${id}, trying again: exit 1`;
  const words = (state: GuardState) =>
    noticesOf(state.owed)
      .filter(({ topic }) => topic?.endsWith(":failed") === true)
      .map(({ because }) => because);

  it("are each told of", () => {
    const { state } = settled(settled(due(), endA, failed).state, endB, failed);

    expect(words(state)).toEqual([couldNot("a"), couldNot("b")]);
  });

  it("are told of, the one that burns on, when the other has stopped", () => {
    const both = settled(settled(due(), endA, failed).state, endB, failed).state;

    const { state } = settled(both, endA, { ...done, podIs: "stopped" }, 9_000);

    expect(words(state)).toEqual([couldNot("b")]);
  });

  it("are told of once more when one has stopped, runs again and fails again", () => {
    const once = settled(due(), endA, failed).state;
    const stopped = settled(once, endA, { ...done, podIs: "stopped" }, 9_000).state;
    const again = after([seen({ balanceUsd: 0.4, atMs: 99_000, pods })], backed, stopped).state;

    const { events } = settled(again, endA, failed, 99_500);

    expect(wordsOf(events)).toEqual([`emergency: ${couldNot("a")}`]);
  });
});

describe("what could not be told of an end that failed", () => {
  const backed = policyWith({ backstop: { action: "stop", afterMs: 0 } });
  const end = "end-pod:emergency:p1:77";
  const stuck = () =>
    settled(after([seen({ balanceUsd: 0.4, atMs: 77 })], backed).state, end, failed).state;
  const words = (state: GuardState) =>
    noticesOf(state.owed)
      .filter(({ event }) => event === "backstop")
      .map(({ because }) => because);

  it.each<[string, Outcome]>([
    ["stopped at last", { ...done, because: "the pod is EXITED", podIs: "stopped" }],
    ["stopped by someone else", { ...done, kind: "moot", because: "the pod is EXITED" }],
  ])("gives way to what came of it: %s", (_sentence, outcome) => {
    const before = stuck();

    const { state, events } = settled(before, end, outcome, 9_000);

    expect(words(before)).toContain("could not stop pod p1, trying again: exit 1");
    expect(words(state).slice(1)).toEqual(["pod p1, after 2 tries to stop it: the pod is EXITED"]);
    expect(events.map(({ kind }) => kind).slice(0, 3)).toEqual(["settled", "moot", "said"]);
  });

  it("stays when it is about another pod", () => {
    const before = stuck();
    const owed = before.owed.map((each) =>
      each.kind === "notify" && each.topic?.endsWith(":failed") === true
        ? { ...each, podIds: ["p2"] }
        : each,
    );

    const { state } = settled({ ...before, owed }, end, done, 9_000);

    expect(words(state)).toContain("could not stop pod p1, trying again: exit 1");
  });

  it("and was told is not told again", () => {
    const before = stuck();
    const owed = before.owed.filter(({ kind }) => kind !== "notify");

    const { state } = settled({ ...before, owed }, end, done, 9_000);

    expect(noticesOf(state.owed)).toEqual([]);
  });
});

it("two notifications of one moment never have the same id", () => {
  const first = decide(tripped(), { kind: "trouble", what: "a", because: "x", atMs: 5 }, policy);
  const shorter = { ...first.state, owed: first.state.owed.slice(1) };

  const { state } = decide(shorter, { kind: "trouble", what: "b", because: "x", atMs: 5 }, policy);

  const ids = noticesOf(state.owed).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(2);
});

it("trouble that could not be told and is over: only that is told, also after what was said is lost", () => {
  const { state } = decide(
    tripped(),
    { kind: "trouble", what: "log file", because: "full", atMs: 5 },
    policy,
  );

  const over = decide(
    { ...state, saidAtMs: {} },
    { kind: "recovered", what: "log file", atMs: 6 },
    policy,
  );

  expect(noticesOf(over.state.owed).map(({ because }) => because)).toEqual([
    "balance $9.00 is below $10.00",
    "log file: working again",
  ]);
});

it("a pod that cannot be ended is told once an hour, however its reason is worded each time", () => {
  const backed = policyWith({ backstop: { action: "stop", afterMs: 0 } });
  const { state } = after([seen({ balanceUsd: 0.4, atMs: 77 })], backed);
  const because = (request: number) =>
    `RunPod refused (request ${request}\nfailed (again)) and the pod still runs`;

  const first = settled(state, "end-pod:emergency:p1:77", { ...failed, because: because(1) });
  const second = settled(first.state, "end-pod:emergency:p1:77", {
    ...failed,
    because: because(2),
  });

  expect(wordsOf(first.events)).toHaveLength(1);
  expect(wordsOf(second.events)).toEqual([]);
  expect(second.state.saidAtMs).toEqual(first.state.saidAtMs);
});

describe("trouble of our own", () => {
  const trouble = (state: GuardState, atMs: number) =>
    decide(state, { kind: "trouble", what: "log file", because: "disk full", atMs }, policy);
  const recovered = (state: GuardState, atMs: number) =>
    decide(state, { kind: "recovered", what: "log file", atMs }, policy);

  it("is told at once, then once an hour while it lasts, and when it is over", () => {
    const first = trouble(tripped(), 0);
    const soon = trouble(first.state, 3_599_999);
    const later = trouble(soon.state, 3_600_000);
    const over = recovered(later.state, 3_700_000);

    expect([first, soon, later, over].map(({ events }) => wordsOf(events))).toEqual([
      ["trouble: log file: disk full"],
      [],
      ["trouble: log file: disk full"],
      ["recovered: log file: working again"],
    ]);
  });

  it("is about no pod, and told with the balance that was last seen", () => {
    const { state, events } = trouble(tripped(), 0);

    expect(events).toMatchObject([{ kind: "said", podIds: [] }]);
    expect(noticesOf(state.owed).at(-1)).toMatchObject({ event: "trouble", balanceUsd: 9 });
  });

  it("that is over is told at once when it begins again, and hides no other", () => {
    const other = { ...tripped(), saidAtMs: { "trouble:state file": 500 } };

    const over = recovered(trouble(other, 0).state, 1_000);

    expect(over.state.saidAtMs).toMatchObject(other.saidAtMs);
    expect(wordsOf(trouble(over.state, 2_000).events)).toHaveLength(1);
  });

  it("that never was is not told to be over", () => {
    const before = tripped();

    expect(recovered(before, 1_000)).toEqual({ state: before, events: [] });
  });

  it("told in the future, by a clock that has gone back, is told again", () => {
    const first = trouble(tripped(), 9e12);

    expect(wordsOf(trouble(first.state, 1_000).events)).toHaveLength(1);
  });
});

describe("what is due", () => {
  const effect = (kind: Effect["kind"], notBeforeMs: number) => ({ kind, notBeforeMs }) as Effect;

  it.each([
    ["now", 1_000, true],
    ["before", 999, true],
    ["in a moment", 1_001, false],
    ["in years: a clock has gone back", 9e12, true],
  ])("%s", (_sentence, notBeforeMs, is) => {
    expect(isDue(effect("end-pod", notBeforeMs), 1_000)).toBe(is);
  });

  it.each<[Effect["kind"], number]>([
    ["notify", 900_000],
    ["call-agent", 300_000],
    ["call-pod-agent", 300_000],
    ["end-pod", 60_000],
    ["end-run", 7_200_000],
  ])("%s waits as long as the guard lets it, and no longer, whatever the clock did", (kind, ms) => {
    expect(isDue(effect(kind, 1_000 + ms), 1_000)).toBe(false);
    expect(isDue(effect(kind, 1_001 + ms), 1_000)).toBe(true);
  });

  it("next is the soonest of what is owed later and of the backstops", () => {
    const backed = policyWith({ backstop: { action: "stop", afterMs: 120_000 } });
    const { state } = after([seen({ balanceUsd: 0.4, atMs: 0 })], backed);
    const once = settled(state, "call-agent:critical:0", failed, 10_000).state;
    const twice = settled(once, "call-agent:critical:0", failed, 20_000).state;

    expect(nextDueMs(state, backed, 0)).toBe(120_000);
    expect(nextDueMs(twice, backed, 150_000)).toBe(320_000);
    expect(nextDueMs(state, policy, 0)).toBe(Infinity);
    // What is due at this very moment is being done, and would keep the loop turning.
    expect(nextDueMs(twice, policy, 320_000)).toBe(Infinity);
  });

  it("next is no effect that was not tried yet: it is started as soon as it is owed", () => {
    const { state } = after([seen({ balanceUsd: 9, atMs: at(0) + 500 })]);

    expect(state.owed).toHaveLength(2);
    expect(nextDueMs(state, policy, at(0))).toBe(Infinity);
  });

  it("next is soon for what failed just now, whatever the year", () => {
    const backed = policyWith({ backstop: { action: "stop", afterMs: 0 } });
    const { state } = after([seen({ balanceUsd: 0.4, atMs: at(0) })], backed);

    const failing = settled(state, `end-pod:emergency:p1:${at(0)}`, failed, at(0)).state;

    expect(nextDueMs(failing, backed, at(0))).toBe(at(0) + 5_000);
  });

  it("next may be hours ahead for a backstop, and never years ahead for what is owed", () => {
    const backed = policyWith({ backstop: { action: "stop", afterMs: 86_400_000 } });
    const { state } = after([seen({ balanceUsd: 0.4, atMs: 0 })], backed);
    const owed = state.owed.map((each) => ({ ...each, tries: 1, notBeforeMs: 9e12 }));

    expect(nextDueMs({ ...state, owed }, backed, 0)).toBe(86_400_000);
    expect(nextDueMs({ ...state, owed }, policy, 0)).toBe(Infinity);
  });
});
