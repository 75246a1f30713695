import { expect, it } from "vitest";
import { emptyState } from "#guard/model/state.ts";
import { callAgents } from "#guard/pods/ends/act-on-runs.ts";
import type { Deadline } from "#guard/pods/rules/deadlines.ts";
import { at, pod, run } from "../../samples.ts";

const past: Omit<Deadline, "guard"> = {
  action: "agent",
  reason: "budget_daily",
  words: "budget daily is used up",
  atMs: at(0),
  isPast: true,
  isFar: false,
  isKnown: true,
};

it.each([
  ["idle", ["idle"]],
  ["budget", []],
  ["schedule", []],
] as const)("the guard %s calls for a pod: %j", (guard, called) => {
  const guarded = { pod: pod(), run: run(), deadlines: [{ ...past, guard }] };

  const { state } = callAgents(emptyState, [guarded], at(1));

  const by = state.owed.flatMap((each) => (each.kind === "call-pod-agent" ? [each.guard] : []));
  expect(by).toEqual(called);
});
