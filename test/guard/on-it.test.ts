import { describe, expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import type { Policy, Remind } from "#guard/model/policy.ts";
import type { Reminded } from "#guard/model/spend.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { isReminded, onItName, onItNow } from "#guard/on-it.ts";
import { channel, owedTo, sent, settleAll } from "./outbox/channels.ts";
import {
  at,
  guarding,
  idleGuard,
  live,
  noticesOf,
  pod,
  policyWith,
  saidOf,
  seen,
  step,
  unlived,
} from "./samples.ts";

const topic = "threshold:low";
const row: Reminded = { firstAtMs: at(0), lastAtMs: at(0), times: 1 };

function crossing(channels: Policy["channels"] = []): Policy {
  const low = { name: "low", belowUsd: 2, answers: ["notify"], backstop: undefined } as const;
  return policyWith({ thresholds: [{ ...low, remind: "hourly" }], channels });
}

function look(state: GuardState, policy: Policy, minute: number, balanceUsd = 1): GuardState {
  return decide(state, { kind: "look", look: seen({ atMs: at(minute), balanceUsd }) }, policy)
    .state;
}

function pressed(state: GuardState, policy: Policy, minute: number, saidAtMs = at(0)) {
  return decide(state, { kind: "on-it", atMs: at(minute), topic, saidAtMs }, policy);
}

/** The half hours at which people are told of the crossing; what waits is sent at once. */
function toldAt(policy: Policy, pressedAt: number, balances: readonly number[]): readonly number[] {
  let state: GuardState = emptyState;
  return balances.flatMap((balanceUsd, half) => {
    state = look(state, policy, 30 * half, balanceUsd);
    const isTold = noticesOf(state.owed).some(({ event }) => event === "trip");
    state = { ...state, owed: [] };
    if (half === pressedAt) state = { ...pressed(state, policy, 30 * half).state, owed: [] };
    return isTold ? [half] : [];
  });
}

describe("somebody is on it", () => {
  it.each<[string, number, readonly number[], readonly number[]]>([
    ["by nobody: every hour", Infinity, Array<number>(13).fill(1), [0, 2, 4, 6, 8, 10, 12]],
    ["at 0:30: not before four hours are over", 1, Array<number>(13).fill(1), [0, 9, 11]],
    ["at 0:30: of a crossing after that is told at once", 1, [1, 1, 5, 1, 1, 1, 1], [0, 3, 5]],
  ])("%s", (_sentence, pressedAt, balances, expected) => {
    expect(toldAt(crossing(), pressedAt, balances)).toEqual(expected);
  });

  it("is told once, to all who were told of it, and stands in the history", () => {
    const policy = crossing([channel("phone"), channel("team", { events: ["zero"] })]);
    const crossed = settleAll(look(emptyState, policy, 0), policy, ["phone", "command"], sent);

    const first = pressed(crossed, policy, 30);
    const again = pressed(first.state, policy, 31);

    expect(owedTo(first.state)).toEqual([
      ["command", "on_it"],
      ["phone", "on_it"],
    ]);
    expect(noticesOf(first.state.owed)[0]).toMatchObject({
      severity: "info",
      incident: topic,
      because: "somebody is on it: no reminders for 4 h, unless it gets worse",
    });
    expect(first.state.unrecorded.at(-1)).toMatchObject({
      type: "daemon",
      because: "low: somebody is on it: no reminders for 4 h, unless it gets worse",
    });
    expect(again).toEqual({ state: first.state, events: [] });
  });

  it("leaves what could not be told of it yet to be told", () => {
    const policy = crossing([channel("phone")]);

    const { state } = pressed(look(emptyState, policy, 0), policy, 30);

    expect(owedTo(state)).toContainEqual(["phone", "trip"]);
  });

  it("can be said again once that time is over, and not of what is over, or has begun since", () => {
    const policy = crossing();
    const { state } = pressed(look(emptyState, policy, 0), policy, 30);
    const now = (saidAtMs: number, minute: number) => onItNow(topic, saidAtMs, state, at(minute));

    expect(now(at(0), 31)).toEqual({ kind: "held", untilMs: at(270) });
    expect(now(at(0), 270)).toEqual({ kind: "reminds" });
    expect(now(at(-2), 31)).toEqual({ kind: "over" });
    expect(onItNow(topic, at(0), emptyState, at(31))).toEqual({ kind: "over" });
    expect(pressed(emptyState, policy, 1)).toEqual({ state: emptyState, events: [] });
  });

  it("holds all the pods that a notification was about, and no other", () => {
    const policy = guarding({ idle: { ...idleGuard, action: "notify", remind: "hourly" } });
    const pods = ["p1", "p2"].map((id) => pod({ id, name: id }));
    const told = live(unlived, [0, 31], policy, { look: { pods } });
    const [notice] = noticesOf(told.state.owed);
    const its = notice?.topic ?? "";
    const more = [...pods, pod({ id: "p3", name: "p3" })];

    const held = step(
      told,
      31,
      { kind: "on-it", atMs: at(31), topic: its, saidAtMs: at(30) },
      policy,
    );
    const after = live(held, [32, 130], policy, { look: { pods: more } });

    expect(its).toBe("tell:idle:p1,p2");
    const later = saidOf(after).filter(
      ([minute, words]) => minute > 31 && words.startsWith("idle: pod"),
    );
    expect(later.map(([, words]) => words.slice(0, 12))).toEqual(["idle: pod p3", "idle: pod p3"]);
  });
});

describe("there are reminders to hold", () => {
  const policyOf = (remind: Remind | undefined): Policy =>
    guarding(
      {
        idle: { ...idleGuard, action: "notify", remind },
        stopped: { action: "notify", pods: ["*"], afterMs: 1, losesData: false, remind },
      },
      {
        thresholds: [{ name: "low", belowUsd: 1, answers: [], backstop: undefined, remind }],
        budgets: [
          { name: "daily", limitUsd: 9, per: "day", action: "notify", freezes: false, remind },
        ],
      },
    );
  const told = (...keys: readonly string[]): Pick<GuardState, "reminded"> => ({
    reminded: Object.fromEntries(keys.map((key) => [key, row])),
  });

  it.each<[string, string, string, readonly string[]]>([
    ["a threshold", topic, "low", [topic]],
    ["a budget", "budget:daily", "daily", ["budget:daily"]],
    ["a guard of one pod", "tell:idle:p1", "idle", ["tell:idle:p1"]],
    ["a guard of two pods", "tell:idle:p1,p2", "idle", ["tell:idle:p1", "tell:idle:p2"]],
    ["pods that stay stopped", "stopped:pods:p1,p2", "stopped", ["stopped:p1", "stopped:p2"]],
  ])("of %s, where its config asks for them", (_sentence, its, name, keys) => {
    expect(onItName(its)).toBe(name);
    expect(isReminded(its, told(...keys), policyOf("daily"))).toBe(true);
    expect(isReminded(its, told(...keys), policyOf("once"))).toBe(false);
    expect(isReminded(its, told(...keys), policyOf(undefined))).toBe(false);
    expect(isReminded(its, told(...keys), guarding({}))).toBe(false);
    expect(isReminded(its, told(...keys.slice(1)), policyOf("daily"))).toBe(false);
    expect(isReminded(its, {}, policyOf("daily"))).toBe(false);
  });

  it.each<[string, string, boolean]>([
    ["a machine that is silent", "silent", true],
    ["a burn that no pod explains", "burn:unexplained", false],
    ["a trouble", "trouble:the state file", false],
    ["more pods than are named", "stopped:pods:p1,and 2 more", false],
  ])("of %s: %s %s", (_sentence, its, expected) => {
    expect(isReminded(its, told(its, "stopped:p1"), policyOf("daily"))).toBe(expected);
  });
});
