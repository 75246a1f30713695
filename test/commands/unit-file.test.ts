import { describe, expect, it } from "vitest";
import { serviceSettings, withSpecifiers, wordsIn } from "#commands/unit-file.ts";

describe("the settings of a service", () => {
  it.each([
    ["are those of [Service] alone", ["[Unit]\nA=1\n[Service]\nB=2\n[Install]\nC=3"], ["B=2"]],
    [
      "leave out comments and what is no setting",
      ["[Service]\n# A=1\n;B=2\nC\n=D\nE = 5"],
      ["E=5"],
    ],
    ["may go on in the next line", ["[Service]\nA=1 \\\n2"], ["A=1  2"]],
    [
      "come in their order, those of a drop-in last",
      ["[Service]\nA=1", "[Service]\nA=2"],
      ["A=1", "A=2"],
    ],
    [
      "are taken back by an empty one",
      ["[Service]\nA=1\nB=1", "[Service]\nA=\nA=2"],
      ["B=1", "A=2"],
    ],
    ["keep a second equals sign", ["[Service]\nEnvironment=PATH=/bin"], ["Environment=PATH=/bin"]],
  ])("%s", (_sentence, texts, expected) => {
    expect(serviceSettings(texts).map(({ key, value }) => `${key}=${value}`)).toEqual(expected);
  });
});

describe("a specifier", () => {
  it("is put in, and two percent signs are one", () => {
    expect(withSpecifiers("%h/bin:100%%:%h", { h: "/home/me" })).toBe("/home/me/bin:100%:/home/me");
  });

  it.each(["%i", "%t"])("%s that is not known is refused", (specifier) => {
    expect(() => withSpecifiers(`a ${specifier}`, { t: undefined })).toThrow(specifier);
  });
});

describe("a command of a unit", () => {
  it.each([
    ["is words with spaces between", " a  b\tc ", ["a", "b", "c"]],
    ["has quotes that hold a word together", `"a b" 'c "d' e" "f`, ["a b", 'c "d', "e f"]],
    ["has empty words in quotes only", `"" ''`, ["", ""]],
    ["has a backslash before what is meant", String.raw`a\\b \"c\" d\se`, ["a\\b", '"c"', "d e"]],
    ["has letters by their numbers", String.raw`\x41\102\u0043\n`, ["ABC\n"]],
    ["may be empty", "", []],
  ])("%s", (_sentence, value, expected) => {
    expect(wordsIn(value)).toEqual(expected);
  });

  it.each([`"a`, "'a", String.raw`a\q`, "a\\"])("%s is refused, with what to do", (value) => {
    expect(() => wordsIn(value)).toThrow(/quotes or backslashes/);
  });
});
