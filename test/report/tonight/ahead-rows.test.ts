import { expect, it } from "vitest";
import type { Budget, Policy, Schedule, StoppedGuard } from "#guard/model/policy.ts";
import { aheadRows } from "#report/tonight/ahead-rows.ts";
import type { TonightSources } from "#report/tonight/sources.ts";
import { book, cluster, hourMs, minuteMs, pod, policyWith } from "../../guard/samples.ts";

const daily: Budget = { name: "daily", limitUsd: 20, per: "day", action: "notify", freezes: false };
const stopping: Budget = { ...daily, action: "stop" };
const calling: Budget = { ...daily, action: "agent" };
const evening: Schedule = { name: "evening", action: "stop", pods: ["dev-*"] };
const stopped: StoppedGuard = {
  afterMs: 24 * hourMs,
  action: "terminate",
  losesData: false,
  pods: ["*"],
};
const nobody: Partial<Policy> = { tells: false, channels: [] };

function asking(changes: Partial<Policy> & { schedules?: Schedule[]; stopped?: StoppedGuard }) {
  const { schedules, stopped: guard, ...rest } = changes;
  const policy = policyWith(rest);
  const podGuards = { ...policy.podGuards, schedules, stopped: guard };
  return { ...policy, podGuards };
}

function leavingForeign(changes: Parameters<typeof asking>[0]): Policy {
  const policy = asking(changes);
  return { ...policy, podGuards: { ...policy.podGuards, foreign: "ignore" } };
}

function rowsOf(policy: Policy, changes: Partial<TonightSources> = {}) {
  const rows = aheadRows({
    policy,
    pollIntervalMs: minuteMs,
    pods: [pod({ id: "d1", name: "dev-a" }), pod({ id: "p1", name: "prod" })],
    book: book(),
    heard: () => ({ kind: "at-once" }),
    hasHeartbeat: true,
    nowMs: 0,
    hasAgent: true,
    dryRun: false,
    ...changes,
  });
  return rows.map(
    ({ when, outcome, isWarning }) => `${isWarning ? "! " : ""}${when}: ${outcome.join(", ")}`,
  );
}

const spent = "budget daily of $20.00 a day is spent";
const stays = "a pod stays stopped for 24 h";

it.each<[string, Policy, Partial<TonightSources>, readonly string[]]>([
  ["nothing is asked for", asking({}), {}, []],
  [
    "a budget only tells",
    asking({ budgets: [daily] }),
    {},
    [`${spent}: you are told, nothing is stopped`],
  ],
  [
    "nobody hears of it",
    asking({ ...nobody, budgets: [daily] }),
    {},
    [`! ${spent}: nobody is told, nothing is stopped`],
  ],
  [
    "a budget stops what runs, and freezes",
    asking({ budgets: [{ ...stopping, freezes: true }] }),
    {},
    [`${spent}: you are told, pods that run are stopped, pods that start then are stopped too`],
  ],
  [
    "a budget only freezes",
    asking({ budgets: [{ ...daily, freezes: true }] }),
    {},
    [`${spent}: you are told, pods that start then are told of`],
  ],
  [
    "a budget calls the agent",
    asking({ budgets: [calling] }),
    {},
    [`${spent}: you are told, the agent is called`],
  ],
  [
    "there is no agent to call",
    asking({ budgets: [calling] }),
    { hasAgent: false },
    [`! ${spent}: you are told, nothing is stopped`],
  ],
  [
    "a budget is for pods that do not run",
    asking({ budgets: [{ ...stopping, pods: ["x"] }] }),
    {},
    [`${spent}: you are told, none of the pods that run now is stopped`],
  ],
  [
    "a schedule is for some pods",
    asking({ schedules: [evening] }),
    {},
    ["schedule evening comes: you are told, 1 of 2 pods is stopped"],
  ],
  [
    "a schedule leaves clusters alone",
    asking({ schedules: [{ ...evening, pods: ["*"] }] }),
    { pods: [pod(), cluster({ id: "c1" })] },
    ["schedule evening comes: you are told, pods that run are stopped, 1 cluster is left running"],
  ],
  [
    "it leaves several clusters alone",
    asking({ schedules: [{ ...evening, pods: ["*"] }] }),
    { pods: [pod(), cluster({ id: "c1" }), cluster({ id: "c2" })] },
    [
      "schedule evening comes: you are told, pods that run are stopped, 2 clusters are left running",
    ],
  ],
  [
    "a schedule leaves what was started elsewhere, and a budget does not",
    leavingForeign({
      budgets: [{ ...daily, action: "stop" }],
      schedules: [{ ...evening, pods: ["*"] }],
    }),
    { pods: [pod({ id: "d1", name: "dev-a" }), pod({ id: "p1", name: "x-rbabcdefg2" })] },
    [
      `${spent}: you are told, pods that run are stopped`,
      "schedule evening comes: you are told, 1 of 2 pods is stopped",
    ],
  ],
  [
    "what stays stopped is deleted where it was started here",
    leavingForeign({ stopped }),
    {},
    [`${stays}: you are told, it is deleted if it has a network volume and was started here`],
  ],
  [
    "a schedule only tells",
    asking({ schedules: [{ ...evening, action: "notify" }] }),
    {},
    ["schedule evening comes: you are told, nothing is stopped"],
  ],
  [
    "what stays stopped is deleted",
    asking({ stopped }),
    {},
    [`${stays}: you are told, it is deleted if it has a network volume`],
  ],
  [
    "what stays stopped is deleted with its data",
    asking({ stopped: { ...stopped, losesData: true } }),
    {},
    [`${stays}: you are told, it is deleted with its data`],
  ],
  [
    "what stays stopped is told of",
    asking({ stopped: { ...stopped, action: "notify" } }),
    {},
    [`${stays}: you are told, nothing is deleted`],
  ],
  [
    "in a dry run nothing is done and nobody is told",
    asking({ budgets: [calling], schedules: [evening], stopped }),
    { dryRun: true },
    [
      `! ${spent}: nobody is told, nothing is stopped`,
      "! schedule evening comes: nobody is told, nothing is stopped",
      `! ${stays}: nobody is told, nothing is deleted`,
    ],
  ],
])("%s", (_sentence, policy, changes, rows) => {
  expect(rowsOf(policy, changes)).toEqual(rows);
});
