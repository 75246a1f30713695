import { describe, expect, it } from "vitest";
import { bookToGoBy } from "#guard/hand-over/book-to-go-by.ts";
import type { Launch } from "#guard/model/launch.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { at, book, pod, run, seen } from "../samples.ts";

const launch = (id: string, endsAt: number, podId?: string): Launch => ({
  id,
  name: `trainer-rb${id}`,
  atMs: at(0),
  endsAtMs: at(endsAt),
  by: { kind: "person", host: "box" },
  ...(podId !== undefined && { podId }),
});

const all = [
  launch("goes-on", 61),
  launch("is-over", 60),
  launch("runs", 30, "p1"),
  launch("runs-by-name", 30),
  launch("is-there", 30, "p3"),
  launch("is-gone", 30, "p9"),
];
const said = { ...book({ p9: { endsAtMs: at(9), givenAtMs: at(1) } }), launches: byId(all) };
const runs = {
  p1: run(),
  p2: run({ podId: "p2", name: "trainer-rbruns-by-name" }),
};

function byId(launches: readonly Launch[]) {
  return Object.fromEntries(launches.map((each) => [each.id, each]));
}

describe("of launches, another guard is told", () => {
  it.each<[string, GuardState, readonly string[]]>([
    [
      "those that go on, and of pods that are there, whether they run or not",
      { ...emptyState, runs, lastSeen: seen({ pods: [pod({ id: "p3", status: "stopped" })] }) },
      ["goes-on", "runs", "runs-by-name", "is-there"],
    ],
    [
      "those of the pods that were followed last, while nobody knows which are there",
      { ...emptyState, runs, lastSeen: seen({ pods: "unknown" }) },
      ["goes-on", "runs", "runs-by-name"],
    ],
    ["those that go on, before anything was seen", emptyState, ["goes-on"]],
  ])("%s", (_sentence, state, ids) => {
    const found = bookToGoBy(said, state, at(60));

    expect(Object.keys(found.launches ?? {})).toEqual(ids);
    expect(found.leases).toBe(said.leases);
  });

  it("all, where all are wanted, and none where nothing was launched", () => {
    const alone = { ...said, launches: byId([launch("goes-on", 61)]) };

    expect(bookToGoBy(alone, emptyState, at(60))).toBe(alone);
    expect(bookToGoBy(book(), emptyState, at(60))).toEqual(book());
  });
});
