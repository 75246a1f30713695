import { expect, it } from "vitest";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { isSameWhenSaved } from "#guard/outbox/needs-save.ts";
import { book, seen } from "../samples.ts";

it.each<[sentence: string, change: Partial<GuardState>, isSame: boolean]>([
  ["nothing", {}, true],
  ["what was last seen", { lastSeen: seen() }, true],
  ["what was last read", { leaseBook: book() }, true],
  ["when it last looked", { lookedAtMs: 1 }, false],
  ["what is owed", { owed: [] }, false],
])("a state in which %s changed: is it the same on the disk? %s", (_sentence, change, isSame) => {
  expect(isSameWhenSaved(emptyState, { ...emptyState, ...change })).toBe(isSame);
});

it("a state that has lost something is another", () => {
  expect(isSameWhenSaved({ ...emptyState, lookedAtMs: 1 }, emptyState)).toBe(false);
});
