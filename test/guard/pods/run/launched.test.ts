import { describe, expect, it } from "vitest";
import type { Launch } from "#guard/model/launch.ts";
import { isOfLaunch, launchesOf } from "#guard/pods/run/launched.ts";
import { at } from "../../samples.ts";

const launch: Launch = {
  id: "abcdefg2",
  name: "qlora-rbabcdefg2",
  atMs: at(0),
  endsAtMs: at(120),
  by: { kind: "person", host: "box" },
};
const known: Launch = { ...launch, podId: "p1" };
const adopted: Launch = { ...known, name: "trainer", isAdopted: true };

describe("a pod is of a launch", () => {
  it.each<[string, Launch, { id: string; name: string }, boolean]>([
    ["by its name, while its id is not known", launch, { id: "p7", name: launch.name }, true],
    ["by its id", known, { id: "p1", name: "renamed" }, true],
    ["by its name, whatever id was answered", known, { id: "p7", name: launch.name }, true],
    ["by both", known, { id: "p1", name: launch.name }, true],
    ["and no other", known, { id: "p7", name: "trainer" }, false],
    ["though it has no name", known, { id: "p1", name: "" }, true],
    ["that was taken in, by its id", adopted, { id: "p1", name: "renamed" }, true],
    ["that was taken in, and not by a name", adopted, { id: "p7", name: "trainer" }, false],
    [
      "that lost its id, by its name",
      { ...launch, isAdopted: true },
      { id: "p7", name: launch.name },
      true,
    ],
  ])("%s", (_sentence, of, pod, expected) => {
    expect(isOfLaunch(pod, of)).toBe(expected);
    expect(launchesOf(pod, { launches: { [of.id]: of } })).toEqual(expected ? [of] : []);
  });

  it("of every launch that has its name", () => {
    const other = { ...launch, id: "b", podId: "p2" };
    const launches = { [known.id]: known, b: other };

    expect(launchesOf({ id: "p1", name: launch.name }, { launches })).toEqual([known, other]);
  });

  it("of none where the book has none", () => {
    expect(launchesOf({ id: "p1", name: launch.name }, {})).toEqual([]);
  });
});
