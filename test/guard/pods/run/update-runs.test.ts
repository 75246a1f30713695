import { describe, expect, it } from "vitest";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { sameOrNew, withChanges, withEachRun, withRuns } from "#guard/pods/run/update-runs.ts";
import { run } from "../../samples.ts";

const one = run({ podId: "p1" });
const two = run({ podId: "p2" });
const runs = { p1: one, p2: two };
const state: GuardState = { ...emptyState, runs };
const renamed = run({ podId: "p2", name: "renamed" });

// What is the same object is not written to the disk again.
describe("what changes nothing gives the same", () => {
  it.each([
    ["runs of which each is the same", () => sameOrNew(runs, [one, two]), runs],
    ["a state of which each run stays", () => withEachRun(state, (each) => each), state],
    ["a state in which no run is replaced", () => withRuns(state, []), state],
    ["a run that is what it is to be", () => withChanges(one, { name: "trainer" }), one],
    ["a run that is to be nothing else", () => withChanges(one, {}), one],
  ])("%s", (_sentence, found, before) => {
    expect(found()).toBe(before);
  });
});

describe("what changes one of several gives another", () => {
  it.each([
    ["a run that is another", () => sameOrNew(runs, [one, renamed]), { p1: one, p2: renamed }],
    ["a run that is gone", () => sameOrNew(runs, [one]), { p1: one }],
    ["a run that is new", () => sameOrNew({ p1: one }, [one, two]), runs],
    [
      "a run that was changed",
      () => withEachRun(state, (each) => (each === two ? renamed : each)).runs,
      { p1: one, p2: renamed },
    ],
    ["a run that was replaced", () => withRuns(state, [renamed]).runs, { p1: one, p2: renamed }],
  ])("%s", (_sentence, found, expected) => {
    expect({ ...found() }).toEqual(expected);
  });

  it("a key of a run", () => {
    expect(withChanges(two, { costPerHrUsd: two.costPerHrUsd, name: "renamed" })).toEqual(renamed);
    expect(two.name).toBe("trainer");
  });
});
