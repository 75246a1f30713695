import { expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import { emptyState } from "#guard/model/state.ts";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import { at, policy } from "./samples.ts";

const { thresholds, protect, podGuards } = policy;
const inForce = { pid: 7, sinceMs: at(5), marks: {}, policy: { thresholds, protect, podGuards } };

it("what the daemon has in force is kept for the commands", () => {
  expect(decide(emptyState, { kind: "config", inForce }, policy)).toEqual({
    state: { ...emptyState, inForce },
    events: [],
  });
});

it("a clock that is set moves the time since which it is in force", () => {
  const before = { ...emptyState, inForce };

  const { state } = decide(before, { kind: "stepped", atMs: at(1), byMs: -60_000 }, policy);

  expect(state.inForce?.sinceMs).toBe(at(4));
});

it("another process has something else in force, until it says what", () => {
  expect(afterRestart({ ...emptyState, inForce }).inForce).toBeUndefined();
});
