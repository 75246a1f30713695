import { describe, expect, it } from "vitest";
import { type By, protectables, protectList } from "#commands/setup/answers/protect-list.ts";
import type { Pod } from "#guard/model/account.ts";

const pod = (id: string, name: string, rawName = name): Pod => ({
  id,
  name,
  rawName,
  status: "running",
  word: "RUNNING",
  costPerHrUsd: 1,
  hasNetworkVolume: false,
  isLocked: false,
});

const db = pod("p1", "db");
const web = pod("p2", "web");
const trainA = pod("p3", "train");
const trainB = pod("p4", "train");
const pods = [db, web, trainA, trainB];

describe("the list of protected pods", () => {
  it.each<
    readonly [string, readonly string[], readonly Pod[], readonly string[], By, readonly string[]]
  >([
    ["a pod by its name", [], pods, ["p1"], "name", ["db"]],
    ["a pod by its id", [], pods, ["p1"], "id", ["p1"]],
    ["one of two of a name, by its id", [], pods, ["p3"], "name", ["p3"]],
    [
      "what is protected already is not added again",
      ["db"],
      pods,
      ["p1", "p2"],
      "name",
      ["db", "web"],
    ],
    ["one that is taken back", ["db", "web"], pods, ["p2"], "name", ["web"]],
    ["entries for pods that are not there stay", ["gone", "x9"], pods, [], "name", ["gone", "x9"]],
    ["patterns stay, whatever is chosen", ["tr*"], pods, ["p1"], "name", ["tr*", "db"]],
    ["one of two that a name had protected", ["train"], pods, ["p4"], "name", ["p4"]],
    ["a name that is written otherwise", ["DB "], pods, ["p1"], "name", ["DB "]],
    ["a pod without a name", [], [pod("p9", "")], ["p9"], "name", ["p9"]],
    ["a name that is a pattern", [], [pod("p9", "*")], ["p9"], "name", ["p9"]],
    ["a name that cannot be shown", [], [pod("p9", "db", "d\u0007b")], ["p9"], "name", ["p9"]],
    ["nobody", [], pods, [], "name", []],
  ])("%s", (_sentence, before, seen, chosen, by, after) => {
    expect(protectList(before, seen, chosen, by)).toEqual(after);
  });
});

it("a pod says why its name cannot stand for it, and which pattern protects it", () => {
  const [first, , third] = protectables(pods, ["d*"]);

  expect(first).toMatchObject({ isProtected: true, pattern: "d*", noName: undefined });
  expect(third).toMatchObject({ isProtected: false, noName: "another pod has its name" });
});

it("a name that another pod has in another letter case protects that one, too: it goes by its id", () => {
  expect(protectList([], [db, pod("p9", "DB")], ["p1"], "name")).toEqual(["p1"]);
});
