import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isProtected, matches } from "#guard/protect.ts";
import { pod } from "./samples.ts";

describe("a glob", () => {
  it.each([
    ["trainer", "trainer", true],
    ["trainer", "train", false],
    ["trainer", "train*", true],
    ["trainer", "*er", true],
    ["trainer", "t*n*r", true],
    ["trainer", "t*x*r", false],
    ["trainer", "?rainer", true],
    ["trainer", "trainer?", false],
    ["trainer", "**", true],
    ["", "*", true],
    ["", "?", false],
    ["Trainer", "tRAINER", true],
    ["a.b", "a?b", true],
    ["axb", "a.b", false],
    ["a*b", "a*b", true],
    ["😀", "?", true],
    ["aab", "*ab", true],
  ])("%j against %j: %s", (text, glob, is) => {
    expect(matches(text, glob)).toBe(is);
  });

  it("made of any text matches that text, and so does a star in any place of it", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (before, middle, after) => {
        const text = before + middle + after;
        expect(matches(text, text)).toBe(true);
        expect(matches(text, `${before}*${after}`)).toBe(true);
      }),
    );
  });
});

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
    ["by any of several globs", pod({ name: "x" }), ["a", "x"], true],
    ["not by half a name", pod({ name: "prod-api" }), ["prod"], false],
    ["not without globs", pod(), [], false],
  ])("is protected %s", (_sentence, each, globs, is) => {
    expect(isProtected(each, globs)).toBe(is);
  });
});
