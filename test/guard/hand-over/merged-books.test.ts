import { describe, expect, it } from "vitest";
import { mergedBooks } from "#guard/hand-over/merged-books.ts";
import type { Launch } from "#guard/model/launch.ts";
import type { LeaseBook } from "#guard/model/run.ts";

const launch: Launch = {
  id: "l1",
  name: "qlora-rbl1",
  atMs: 1,
  endsAtMs: 9,
  by: { kind: "person", host: "box" },
};
const launched = (...all: readonly Launch[]): LeaseBook =>
  book({ launches: Object.fromEntries(all.map((each) => [each.id, each])) });
const book = (rows: Partial<LeaseBook>): LeaseBook => ({ leases: {}, touchedAtMs: {}, ...rows });
const lease = (endsAtMs: number, givenAtMs: number): LeaseBook =>
  book({ leases: { p1: { endsAtMs, givenAtMs } } });

describe("of what people have said to either of two guards", () => {
  it.each<[sentence: string, mine: LeaseBook, theirs: LeaseBook, both: LeaseBook]>([
    [
      "all of both holds",
      book({ touchedAtMs: { p1: 5 } }),
      book({ touchedAtMs: { p2: 6 } }),
      book({ touchedAtMs: { p1: 5, p2: 6 } }),
    ],
    ["the later end of a lease holds", lease(10, 1), lease(12, 2), lease(12, 2)],
    [
      "the later end holds where it was given before the other, as if given then",
      lease(12, 1),
      lease(10, 2),
      lease(12, 2),
    ],
    [
      "the later touch holds",
      book({ touchedAtMs: { p1: 9 } }),
      book({ touchedAtMs: { p1: 7 } }),
      book({ touchedAtMs: { p1: 9 } }),
    ],
    [
      "the later word on who ends a pod holds",
      book({ endedAtMs: { p1: 1 } }),
      book({ endedAtMs: { p1: 3 } }),
      book({ endedAtMs: { p1: 3 } }),
    ],
    [
      "what one skipped and the other lifted holds",
      book({ skippedMs: { night: 4 } }),
      book({ unfrozenAtMs: { daily: 2 } }),
      book({ skippedMs: { night: 4 }, unfrozenAtMs: { daily: 2 } }),
    ],
    [
      "what either has launched is launched",
      launched(launch),
      launched({ ...launch, id: "l2" }),
      launched(launch, { ...launch, id: "l2" }),
    ],
    ["what one has launched is launched", launched(launch), book({}), launched(launch)],
    ["what the other has launched is launched", book({}), launched(launch), launched(launch)],
    [
      "of a launch that both know, what either knows of its pod holds",
      launched({ ...launch, failedAtMs: 3 }),
      launched({ ...launch, name: "another", podId: "p1" }),
      launched({ ...launch, failedAtMs: 3, podId: "p1" }),
    ],
    [
      "of a launch that both know, what this one knows of its pod holds",
      launched({ ...launch, podId: "p2" }),
      launched({ ...launch, failedAtMs: 3, podId: "p1" }),
      launched({ ...launch, failedAtMs: 3, podId: "p2" }),
    ],
    [
      "a pod called __proto__ is a pod",
      book({}),
      book({ touchedAtMs: Object.fromEntries([["__proto__", 3]]) }),
      book({ touchedAtMs: Object.fromEntries([["__proto__", 3]]) }),
    ],
  ])("%s", (_sentence, mine, theirs, both) => {
    expect(mergedBooks(mine, theirs)).toEqual(both);
  });

  it("the same once more changes nothing", () => {
    const [mine, theirs] = [lease(12, 1), lease(10, 2)];
    const once = mergedBooks(mine, theirs);

    expect(mergedBooks(once, theirs)).toEqual(once);
  });
});
