import { describe, expect, it } from "vitest";
import { createTable, leftOutLines, tableLines } from "#terminal/table.ts";
import { cutTo, widthOf } from "#terminal/text-width.ts";

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
    const { linesOf } = createTable();
    const parts = [
      ["abc", "x"],
      ["a", "x"],
      ["abcde", "x"],
      ["a", "x"],
    ];

    const lines = parts.flatMap((row) => linesOf([row.map((text) => ({ text }))]));

    expect(lines).toEqual(["abc  x", "a    x", "abcde  x", "a      x"]);
  });

  const columns = [
    { heading: "ID" },
    { heading: "Name", least: 6 },
    { heading: "GPU", goes: 2 },
    { heading: "Cost", goes: 1 },
  ];
  const rows = [
    ["ID", "Name", "GPU", "Cost"],
    ["p1", "训练任务-中文名字-🚀", "RTX 4090", "$1.49"],
    ["p2", "a-rather-long-name", "A40", "$0.40"],
  ].map((row) => row.map((text) => ({ text })));

  it.each([
    ["all fits", 41, [41], []],
    ["names are shortened first", 30, [30], []],
    ["then the least needed column goes", 25, [25], ["GPU"]],
    ["and the next", 12, [12], ["GPU", "Cost"]],
    ["and no more than may go", 5, [10], ["GPU", "Cost"]],
  ])("in the room there is: %s", (_sentence, room, [widest], missing) => {
    const { linesOf, leftOut } = createTable({ columns, room });

    const lines = linesOf(rows);

    expect(Math.max(...lines.map(widthOf))).toBe(widest);
    expect(leftOut()).toEqual(missing);
  });

  it("says what it left out, and nothing where that is nothing", () => {
    expect(leftOutLines(["GPU", "Cost"], "see --json")).toEqual([
      "(no room for GPU, Cost: see --json)",
    ]);
    expect(leftOutLines([], "see --json")).toEqual([]);
  });

  it.each([
    ["beside its columns", 40, ["p1  a text that breaks at spaces, to fit", "    the room"]],
    [
      "below them where there is little",
      26,
      ["p1", "    a text that breaks at", "    spaces, to fit the", "    room"],
    ],
    [
      "as it is where there is no terminal",
      Infinity,
      ["p1  a text that breaks at spaces, to fit the room"],
    ],
  ])("a text behind them stands %s", (_sentence, room, lines) => {
    const { linesOf } = createTable({ columns: [{ heading: "ID" }], room, hasText: true });

    const row = [{ text: "p1" }, { text: "a text that breaks at spaces, to fit the room" }];

    expect(linesOf([row])).toEqual(lines);
  });

  it.each([
    ["letters", "trainer", 7],
    ["nothing", "", 0],
    ["letters of double width", "学習ジョブ", 10],
    ["an emoji", "🚀", 2],
    ["a letter with its accent apart", "e\u0301", 1],
    ["letters of full width", "ＡＢ", 4],
    ["radicals and marks of Chinese", "⺀。", 4],
    ["a flag", "🇩🇪", 2],
    ["a heart", "❤️", 1],
    ["a mark that stands beside its letter", "क्षि", 3],
    ["colours none", "\u001b[31mred\u001b[39m", 3],
  ])("gives %s their width", (_sentence, text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  it.each([
    ["what fits stays as it is", "123456789012345678901234", "123456789012345678901234"],
    ["what does not is cut and marked", "1234567890123456789012345", "12345678901234567890123…"],
    ["no letter is cut in half", "学".repeat(13), `${"学".repeat(11)}…`],
  ])("%s", (_sentence, text, cut) => {
    expect(cutTo(24, text)).toBe(cut);
    expect(widthOf(cut)).toBeLessThanOrEqual(24);
  });
});
