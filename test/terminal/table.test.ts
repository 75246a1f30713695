import { describe, expect, it } from "vitest";
import { createTable, cutTo, tableLines, widthOf } from "#terminal/table.ts";

describe("a table", () => {
  it("sets its columns below each other by the width of what is read", () => {
    const red = (text: string): string => `<red>${text}</red>`;
    const rows = [
      [{ text: "ID" }, { text: "Name" }, { text: "Left" }],
      [{ text: "p1" }, { text: "学習" }, { text: "EXPIRED", style: red }],
      [{ text: "long-id", style: red }, { text: "e\u0301" }, { text: "-" }],
    ];

    const lines = tableLines(rows);

    expect(lines).toEqual([
      "ID       Name  Left",
      "p1       学習  <red>EXPIRED</red>",
      "<red>long-id</red>  e\u0301     -",
    ]);
  });

  it("that comes bit by bit keeps the widths it had, and widens where it must", () => {
    const linesOf = createTable();
    const parts = [
      ["abc", "x"],
      ["a", "x"],
      ["abcde", "x"],
      ["a", "x"],
    ];

    const lines = parts.flatMap((row) => linesOf([row.map((text) => ({ text }))]));

    expect(lines).toEqual(["abc  x", "a    x", "abcde  x", "a      x"]);
  });

  it.each([
    ["letters", "trainer", 7],
    ["nothing", "", 0],
    ["letters of double width", "学習ジョブ", 10],
    ["an emoji", "🚀", 2],
    ["a letter with its accent apart", "e\u0301", 1],
  ])("gives %s their width", (_sentence, text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  it.each([
    ["what fits stays as it is", "123456789012345678901234", "123456789012345678901234"],
    ["what does not is cut and marked", "1234567890123456789012345", "123456789012345678901..."],
    ["no letter is cut in half", "学".repeat(13), `${"学".repeat(10)}...`],
  ])("%s", (_sentence, text, cut) => {
    expect(cutTo(24, text)).toBe(cut);
    expect(widthOf(cut)).toBeLessThanOrEqual(24);
  });
});
