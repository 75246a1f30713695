import { expect, it } from "vitest";
import { settleGap } from "#guard/budgets/gap.ts";
import type { PodRun } from "#guard/model/run.ts";
import { at, run } from "../samples.ts";

const gap = (fellUsd: number) => ({ fromMs: at(0), toMs: at(120), fellUsd });
const through = (overrides: Partial<PodRun> = {}) =>
  run({ costPerHrUsd: 6, startedAtMs: at(-60), ...overrides });

const settled = (fellUsd: number, runs: readonly PodRun[], minute = 121) =>
  settleGap(
    gap(fellUsd),
    { runs: Object.fromEntries(runs.map((each) => [each.podId, each])) },
    at(minute),
  );

it.each<[string, number, readonly PodRun[], estimated: number, toppedUp: number]>([
  ["a fall alone is what was spent", 5, [], 0, 0],
  ["a fall by what the pods cost is what was spent", 12, [through()], 0, 0],
  ["what is not charged yet is no top-up", 10.6, [through()], 0, 0],
  ["a fall by less than the pods cost was topped up", 2, [through()], 10, 10],
  ["a rise is a top-up, and what the pods cost on top", -20, [through()], 12, 32],
  ["a rise alone is a top-up", -20, [], 0, 20],
  ["a pod that was started meanwhile tells nothing", 2, [through({ startedAtMs: at(5) })], 0, 0],
  ["nor does one whose cost is unknown", 2, [through({ costPerHrUsd: undefined })], 0, 0],
])("%s", (_sentence, fellUsd, runs, estimatedUsd, toppedUpUsd) => {
  expect(settled(fellUsd, runs)?.spent).toEqual({
    fromMs: at(0),
    toMs: at(120),
    spentUsd: estimatedUsd,
    estimatedUsd,
    toppedUpUsd,
  });
});

it.each<[string, Partial<PodRun>]>([
  ["may be another run by now", { unsureSinceMs: at(0) }],
  ["may have run before it was first seen", { startFrom: "first-seen", startedAtMs: at(120) }],
])("it waits for a pod that %s, but not for ever", (_sentence, its) => {
  expect(settled(2, [through(its)], 129)).toBeUndefined();
  expect(settled(2, [through(its)], 130)?.spent.estimatedUsd).toBe(0);
});

it.each<[string, number, readonly PodRun[], string | undefined]>([
  [
    "by the balance",
    5,
    [],
    "nobody saw the account for 2 h 0 min. It spent about $5.00 meanwhile, estimated from the balance before and after",
  ],
  [
    "by the pods",
    -20,
    [through()],
    "nobody saw the account for 2 h 0 min. It spent about $12.00 meanwhile, estimated from the pods that ran all the time; so about $32.00 was topped up",
  ],
  ["unless nothing was spent", 0.004, [], undefined],
])("it is said %s", (_sentence, fellUsd, runs, words) => {
  expect(settled(fellUsd, runs)?.because).toBe(words);
});
