import { expect, it } from "vitest";
import { differIn } from "#guard/model/slices.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { book, seen } from "../samples.ts";

it.each<[sentence: string, change: Partial<GuardState>, durable: boolean, learned: boolean]>([
  ["nothing", {}, false, false],
  ["what was last seen", { lastSeen: seen() }, false, false],
  ["what was last read", { leaseBook: book() }, false, false],
  ["when it last looked", { lookedAtMs: 1 }, false, true],
  ["the runs", { runs: {} }, false, true],
  ["what is owed", { owed: [] }, true, false],
  ["what the history does not have", { unrecorded: [] }, true, false],
])("where %s changed, the durable part differs: %s, the learned one: %s", (...row) => {
  const [, change, durable, learned] = row;
  const after = { ...emptyState, ...change };

  expect(differIn("durable", emptyState, after)).toBe(durable);
  expect(differIn("learned", emptyState, after)).toBe(learned);
});

it("a state that has lost something is another", () => {
  expect(differIn("learned", { ...emptyState, lookedAtMs: 1 }, emptyState)).toBe(true);
});
