import { describe, expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import type { Launch } from "#guard/model/launch.ts";
import type { LeaseBook } from "#guard/model/run.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import { afterSaving } from "../../../store/saved-state.ts";
import { at, book, noticesOf, policy } from "../../samples.ts";

const adoption: Launch = {
  id: "abcdefg2",
  name: "trainer",
  atMs: at(0),
  endsAtMs: at(240),
  by: { kind: "agent", agent: "claude-code", session: "4f2a\u202e", host: "box" },
  podId: "p1",
  isAdopted: true,
};
const launched = (changes: Partial<Launch> = {}): LeaseBook => ({
  ...book(),
  launches: { [adoption.id]: { ...adoption, ...changes } },
});
const read = (state: GuardState, minute: number, leases: LeaseBook | "unknown"): GuardState =>
  decide(state, { kind: "leases", atMs: at(minute), book: leases }, policy).state;
const told = (state: GuardState) => noticesOf(state.owed).map(({ because }) => because);
const who = "pod trainer (p1) was started by an agent (claude-code, session 4f2a) past runpodboss";

describe("a pod that was started past runpodboss and taken in", () => {
  it.each<[string, LeaseBook | "unknown", number, readonly string[]]>([
    [
      "is told of, with its lease",
      launched(),
      1,
      [`${who}; it now has a lease that ends in 3 h 59 min`],
    ],
    ["is told of after its lease, too", launched(), 300, [`${who}; its lease is over`]],
    [
      "is told of before its id is known",
      launched({ podId: undefined }),
      1,
      [
        "pod trainer was started by an agent (claude-code, session 4f2a) past runpodboss; it now has a lease that ends in 3 h 59 min",
      ],
    ],
    ["is not told of a day after its lease", launched(), 240 + 24 * 60, []],
    ["is none that was started with it", launched({ isAdopted: undefined }), 1, []],
    ["is not known while nobody can read the book", "unknown", 1, []],
    ["is not known of an empty book", book(), 1, []],
  ])("%s", (_sentence, leases, minute, words) => {
    expect(told(read(emptyState, minute, leases))).toEqual(words);
  });

  it("is told of as a warning, once, over restarts and a book that nobody can read", () => {
    const first = read(emptyState, 1, launched());
    const restarted = afterRestart(afterSaving(first));
    const again = read(read(read(first, 2, launched()), 3, "unknown"), 4, launched());

    expect(noticesOf(first.owed)).toMatchObject([{ severity: "warning", podIds: ["p1"] }]);
    expect(told(again)).toEqual(told(first));
    expect(told(read(restarted, 5, launched()))).toEqual(told(first));
  });

  it("is forgotten with its place in the book", () => {
    const first = read(emptyState, 1, launched());

    expect(Object.keys(first.reminded ?? {})).toEqual(["adopted:abcdefg2"]);
    expect(read(first, 2, book()).reminded).toBeUndefined();
  });
});
