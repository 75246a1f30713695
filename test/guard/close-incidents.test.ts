import { describe, expect, it } from "vitest";
import { closeIncidents } from "#guard/close-incidents.ts";
import type { EndRun } from "#guard/model/effect.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { budget } from "./budgets/budget-samples.ts";
import { channel, owedTo, sent, settleAll, telling } from "./outbox/channels.ts";
import { after, noticesOf, pod, run, seen } from "./samples.ts";

const policy = telling([channel("phone", { minSeverity: "critical" })], {
  backstop: { action: "stop", afterMs: 0 },
  budgets: [budget()],
});
const today = { fromMs: 0, toMs: 1_000, sinceMs: 0, spentUsd: 1 };
const look = seen({ atMs: 500, balanceUsd: 20, pods: [pod()] });

const told = (incident: string, state: Partial<GuardState> = {}): GuardState => ({
  ...emptyState,
  ...state,
  openIncidents: [{ incident, way: "phone", atMs: 1 }],
});

const said = (state: GuardState, at = look) => {
  const after = closeIncidents(state, at, policy).state;
  return noticesOf(after.owed).map(({ because }) => because);
};

const end: EndRun = {
  kind: "end-run",
  id: "end",
  guard: "idle",
  reason: "idle_30m",
  podId: "p1",
  podName: "trainer",
  action: "stop",
  because: "idle",
  tries: 0,
  notBeforeMs: 0,
};
const fired = { fired: { emergency: true }, trippedAtMs: { emergency: 1 } };

describe("what a channel was told of and is over without another word is told to be over", () => {
  it.each<[string, GuardState, readonly string[]]>([
    [
      "a crossing of a threshold that left the config",
      told("threshold:old"),
      ["threshold old is no longer in the config, so its crossing is over"],
    ],
    ["not of one that is there, which says so itself", told("threshold:warning"), []],

    [
      "the announced end of a pod that someone else stopped",
      told("end:idle:p1"),
      ["pod trainer (p1) no longer runs"],
    ],
    [
      "of many pods, once none is left",
      told("end:idle:p1,p2,p3,p4,p5,and 2 more"),
      [expect.stringContaining("no longer run")],
    ],
    [
      "the announced end of a pod that was touched",
      told("end:idle:p1", { runs: { p1: run() } }),
      [
        "pod trainer (p1): no longer due for the idle guard, by more time, activity or another config",
      ],
    ],
    [
      "not while it is still to come",
      told("end:idle:p1", { runs: { p1: run({ warnedAtMs: { idle: 5 } }) } }),
      [],
    ],
    [
      "not while a guard that only tells still would",
      told("tell:idle:p1", { runs: { p1: run({ actedAtMs: { idle: 5 } }) } }),
      [],
    ],
    ["not while it is under way", told("end:idle:p1", { owed: [end] }), []],
    [
      "not while the guard is held back",
      told("end:idle:p1", { runs: { p1: run() }, saidAtMs: { "held:p1": 5 } }),
      [],
    ],
    ["nor of a guard that this version does not know", told("end:nightly:p1"), []],

    [
      "a backstop that is no longer due",
      told("backstop:emergency:p1"),
      ["the backstop is no longer due, and stops nothing more"],
    ],
    ["not one that is", told("backstop:emergency:p1", fired), []],
    ["nor rows that it cannot read", told("backstop:unread", fired), []],
    [
      "unless none is due any more",
      told("backstop:unread"),
      ["the backstop is no longer due, and stops nothing more"],
    ],

    ["a balance above $0 again", told("zero"), ["the balance is above $0 again"]],
    ["not one at $0 since then", told("zero", { zeroSinceMs: 1 }), []],

    [
      "a failing channel that was taken away",
      told("trouble:channel old"),
      ["channel old is no longer in the config"],
    ],
    ["not one that is there", told("trouble:channel phone"), []],
    ["nor what is no way to people", told("trouble:history"), []],

    [
      "a budget whose next day has begun",
      told("budget:daily", { budgets: { daily: [today] } }),
      ["a new day of it has begun: $1.00 of $20.00 is spent"],
    ],
    [
      "a budget that left the config",
      told("budget:weekly"),
      ["budget weekly is no longer in the config"],
    ],
    ["not one that is not counted", told("budget:daily"), []],
    [
      "not one that comes near or is used up",
      told("budget:daily", { budgets: { daily: [{ ...today, nearAtMs: 400 }] } }),
      [],
    ],

    ["not of what lasts in no way", told("agent:warning"), []],
  ])("%s", (_sentence, state, words) => {
    expect(said(state)).toEqual(words);
  });

  it("in RunPod's list or not", () => {
    expect(said(told("end:idle:p1"), seen({ pods: "unknown" }))).toEqual(["pod p1 no longer runs"]);
  });

  it("not by a balance that is doubted", () => {
    expect(said(told("zero"), { ...look, isRiseDoubted: true })).toEqual([]);
  });

  it("once, to the channels that were told and are there, whatever they ask for, and by no command", () => {
    const openIncidents = ["phone", "gone", ""].map((way) => ({ incident: "zero", way, atMs: 1 }));
    const first = after([look], policy, { ...emptyState, openIncidents }).state;
    const second = after([{ ...look, atMs: 600 }], policy, first).state;
    const third = after(
      [{ ...look, atMs: 700 }],
      policy,
      settleAll(second, policy, ["phone"], sent),
    );

    expect(noticesOf(first.owed)).toMatchObject([
      { channel: "phone", severity: "info", incident: "zero", isResolution: true },
    ]);
    expect(owedTo(second)).toEqual([["phone", "zero"]]);
    expect(owedTo(third.state)).toEqual([]);
  });
});
