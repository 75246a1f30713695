import { describe, expect, it } from "vitest";
import { variablesIn } from "#config/key/env-file.ts";

describe("an env file is read as systemd reads it", () => {
  it.each<[string, string, Record<string, string>]>([
    ["a line", "A=b", { A: "b" }],
    ["of Windows, with a mark before it", "\uFEFFA=b\r\nC=d\r\n", { A: "b", C: "d" }],
    ["comments and blank lines", "# A=1\n\n ; B=2\nC=3", { C: "3" }],
    ["white space around it", "  A=  b c  \n", { A: "b c" }],
    ["double quotes", 'A=" b c "', { A: " b c " }],
    ["single quotes", String.raw`A='b "c" \d'`, { A: String.raw`b "c" \d` }],
    ["quotes in the midst", `A=b"c d"e`, { A: "bc de" }],
    [
      "escapes",
      String.raw`A="a\"b\$c\d" ` + "\n" + String.raw`B=a\ b`,
      { A: String.raw`a"b$c\d`, B: "a b" },
    ],
    ["a line that goes on", "A=b\\\nc", { A: "bc" }],
    ["a quote over two lines", 'A="b\nc"\nD=e', { A: "b\nc", D: "e" }],
    ["the last of two", "A=1\nA=2", { A: "2" }],
    ["an empty value", "A=\nB=''", { A: "", B: "" }],
    ["export, which shells want", "export A=b", { A: "b" }],
    ["a value with = and # in it", "A=b=c#d", { A: "b=c#d" }],
    ["what is no assignment", "hello\n1A=b\nA B=c\n=d", {}],
    ["a quote that is never closed", 'A="b\nC=d', {}],
  ])("%s", (_sentence, text, expected) => {
    expect(Object.fromEntries(variablesIn(text))).toEqual(expected);
  });

  it("a long one takes no longer for having open quotes", () => {
    expect(variablesIn(`A="${"x\n".repeat(2_000)}`).size).toBe(0);
  });
});
