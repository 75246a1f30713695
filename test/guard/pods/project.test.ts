import { expect, it } from "vitest";
import type { Measured } from "#guard/model/account.ts";
import { emptyState } from "#guard/model/state.ts";
import { projectRuns, type Sources } from "#guard/pods/project.ts";
import { at, blind, book, guarding, hourMs, leaseGuard, run, sampleAt, seen } from "../samples.ts";

const policy = guarding({ lease: leaseGuard });
const measured: Measured = { kind: "measured", atMs: at(30), samples: [sampleAt(30)] };
const unmeasured: Measured = { kind: "unmeasured", atMs: at(30), because: "timed out" };
const lease = { endsAtMs: at(0) + 6 * hourMs, givenAtMs: at(10) };
const saved = { ...emptyState, podsSeenAtMs: at(20), runs: { p1: run({ name: "of before" }) } };

function projected(from: typeof saved | typeof emptyState, sources: Partial<Sources>) {
  const all: Sources = {
    atMs: at(30),
    look: seen({ atMs: at(30) }),
    measured,
    book: book({ p1: lease }),
    ...sources,
  };
  return projectRuns(from, all, policy)["p1"];
}

it("a pod that nothing was saved of has its start by its load, and its lease", () => {
  expect(projected(emptyState, {})).toMatchObject({
    name: "trainer",
    startedAtMs: at(0),
    startFrom: "uptime",
    lease,
  });
});

it("without its load its start is when it was first seen", () => {
  expect(projected(emptyState, { measured: unmeasured })).toMatchObject({
    firstSeenAtMs: at(30),
    startFrom: "first-seen",
  });
});

it("while the poll fails, runs are as they were saved, with the leases of now", () => {
  expect(projected(saved, { look: blind(at(30)), measured: unmeasured })).toMatchObject({
    name: "of before",
    startedAtMs: at(0),
    lease,
  });
});

it("a pod that is seen to have stopped has no run", () => {
  expect(projected(saved, { look: seen({ atMs: at(30), pods: [] }) })).toBeUndefined();
});
