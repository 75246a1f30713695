import { describe, expect, it } from "vitest";
import { isProtected } from "#guard/protect.ts";
import { pod } from "./samples.ts";

describe("a pod", () => {
  it.each([
    ["by its id", pod({ id: "abc" }), ["abc"], true],
    ["by its name", pod({ name: "prod-api" }), ["prod-*"], true],
    [
      "by its name as RunPod gave it",
      pod({ name: "prod", rawName: "prod\u200b-1" }),
      ["prod?-1"],
      true,
    ],
    [
      "by its name as it is shown",
      pod({ name: "prod-1", rawName: "prod\u001b[0m-1" }),
      ["prod-1"],
      true,
    ],
    [
      "by neither of the two",
      pod({ name: "prod-1", rawName: "prod\u001b[0m-1" }),
      ["dev-*"],
      false,
    ],
    ["by any of several globs", pod({ name: "x" }), ["a", "x"], true],
    ["not by half a name", pod({ name: "prod-api" }), ["prod"], false],
    ["not without globs", pod(), [], false],
  ])("is protected %s", (_sentence, each, globs, is) => {
    expect(isProtected(each, globs)).toBe(is);
  });
});

it("a pod that was listed under two names is protected by either, and by a star behind the whole name", () => {
  const twice = { id: "p1", name: "b", rawName: "b", otherNames: ["keep-me", "b"] };
  const unnamed = { id: "p1", name: "", rawName: undefined };
  const onceNamed = { ...unnamed, otherNames: ["keep-me"] };

  expect([isProtected(twice, ["keep-me"]), isProtected(twice, ["b*"])]).toEqual([true, true]);
  expect(isProtected(onceNamed, ["keep-*"])).toBe(true);
  expect([isProtected(twice, ["c"]), isProtected(unnamed, ["b"])]).toEqual([false, false]);
});
