import { describe, expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import type { Notify } from "#guard/model/effect.ts";
import type { ChannelPolicy, Policy } from "#guard/model/policy.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import { after, blind, noticesOf, seen } from "../samples.ts";
import { channel, owedBy, owedTo, refused, sent, settleAll, telling } from "./channels.ts";

const old = channel("old");
const added = channel("added");
const only = (...channels: readonly ChannelPolicy[]): Policy => telling(channels, { tells: false });
const low = (policy: Policy): GuardState =>
  after([seen({ balanceUsd: 9, atMs: 77 })], policy).state;
const poll = (state: GuardState, policy: Policy, atMs = 90_000): GuardState =>
  after([seen({ balanceUsd: 9, atMs })], policy, state).state;
const failedTo = (policy: Policy, ways: readonly string[]): GuardState =>
  settleAll(low(policy), policy, ways, refused);
const ofAdded = (state: GuardState): readonly Notify[] => owedBy(state, "added");

const notice = (overrides: Partial<Notify>): Notify => ({
  kind: "notify",
  id: "1@old",
  channel: "old",
  event: "trip",
  name: "warning",
  because: "it is so",
  tries: 3,
  notBeforeMs: 0,
  atMs: 5,
  ...overrides,
});

describe("a channel that is added beside one that fails", () => {
  const tried = failedTo(only(old), ["old"]);

  it("is owed the crossing that nobody was told of, as new", () => {
    const state = poll(tried, only(old, added));

    expect(ofAdded(state)).toMatchObject([
      { id: "notify:warning:77@added", event: "trip", tries: 0, notBeforeMs: 90_000, atMs: 77 },
    ]);
    expect(ofAdded(state)[0]).not.toHaveProperty("failedBecause");
    expect(owedBy(state, "old")).toMatchObject([{ id: "notify:warning:77@old", tries: 1 }]);
  });

  it("is owed it once, also where it is found to be needless there", () => {
    const policy = only(old, added);
    const once = poll(tried, policy);
    const outcome = { kind: "moot", because: "nobody there", tail: "" } as const;

    expect(owedTo(poll(once, policy, 95_000))).toEqual(owedTo(once));
    expect(ofAdded(poll(settleAll(once, policy, ["added"], outcome), policy, 95_000))).toEqual([]);
  });

  it("is not owed it again once it was told, nor when it comes again", () => {
    const policy = only(old, added);
    const told = settleAll(poll(tried, policy), policy, ["added"], sent);
    const gone = poll(told, only(old), 95_000);

    expect(ofAdded(poll(told, policy, 95_000))).toEqual([]);
    expect(ofAdded(poll(gone, policy, 99_000))).toEqual([]);
  });

  it("is owed nothing of it where another way was told", () => {
    const both = only(old, channel("works"));
    const told = settleAll(failedTo(both, ["old"]), both, ["works"], sent);

    expect(ofAdded(poll(told, only(old, channel("works"), added)))).toEqual([]);
  });

  it("is owed it only once a first try has failed, however much later than the reload", () => {
    const policy = only(old, added);
    const waiting = poll(low(only(old)), policy);
    const failed = settleAll(waiting, policy, ["old"], refused);

    expect(ofAdded(waiting)).toEqual([]);
    expect(ofAdded(poll(failed, policy, 95_000))).toMatchObject([{ event: "trip" }]);
  });

  it("is owed it as soon as the config is read, and while RunPod is not seen", () => {
    const policy = only(old, added);
    const { thresholds, protect, podGuards } = policy;
    const inForce = {
      pid: 1,
      sinceMs: 3_000,
      marks: {},
      policy: { thresholds, protect, podGuards },
    };

    expect(ofAdded(decide(tried, { kind: "config", inForce }, policy).state)).toHaveLength(1);
    expect(ofAdded(after([blind(90_000)], policy, tried).state)).toHaveLength(1);
  });

  it("may be the notify command", () => {
    expect(owedBy(poll(tried, telling([old])), "command")).toMatchObject([
      { id: "notify:warning:77", event: "trip", tries: 0 },
    ]);
  });

  it("is owed it by what asks for it, and by all that are new where none does", () => {
    const deaf = channel("deaf", { minSeverity: "critical" });

    expect(owedTo(poll(tried, only(old, deaf, added))).map(([way]) => way)).toEqual([
      "old",
      "added",
    ]);
    expect(owedTo(poll(tried, only(old, deaf))).map(([way]) => way)).toEqual(["old", "deaf"]);
  });

  it("leaves in peace those that were there and did not ask", () => {
    const deaf = channel("deaf", { minSeverity: "critical" });
    const before = only(old, deaf);

    expect(owedBy(poll(failedTo(before, ["old"]), before), "deaf")).toEqual([]);
    expect(owedBy(poll(failedTo(before, ["old"]), only(old, deaf, added)), "deaf")).toEqual([]);
  });

  it.each([
    ["trip", undefined, 1],
    ["rearm", "info", 1],
    ["backstop", "info", 1],
    ["blind", "critical", 1],
    ["sighted", "info", 1],
    ["source", "warning", 1],
    ["zero", "critical", 1],
    ["zero", undefined, 1],
    ["idle", "critical", 1],
    ["idle", "info", 0],
    ["warn", "warning", 0],
    ["warn", undefined, 0],
    ["agent", "warning", 0],
    ["burn", "warning", 0],
    ["brief", "info", 0],
  ] as const)("%s (%s): is owed %i of it", (event, severity, count) => {
    const state = { ...emptyState, owed: [notice({ event, severity, name: event })] };

    expect(ofAdded(after([blind(90_000)], only(old, added), state).state)).toHaveLength(count);
  });
});

it("a first channel is owed what only a broken notify command of an older version was to tell", () => {
  const command = telling([]);
  const tried = settleAll(low(command), command, ["command"], refused);
  const saved = JSON.parse(JSON.stringify(afterRestart(tried))) as GuardState;

  const { owed } = poll(saved, telling([added]));

  expect(noticesOf(tried.owed)[0]).not.toHaveProperty("knownWays");
  expect(noticesOf(owed)).toMatchObject([
    { id: "notify:warning:77", tries: 1 },
    { id: "notify:warning:77@added", channel: "added", tries: 0 },
  ]);
});
