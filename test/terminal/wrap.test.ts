import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { widthOf } from "#terminal/text-width.ts";
import { columnsOf, wrapped, wrappedText } from "#terminal/wrap.ts";

describe("a text for people", () => {
  it.each([
    ["stays as it is where it fits", "to the room", 11, ["to the room"]],
    ["breaks at its spaces", "to the room of it", 11, ["to the room", "of it"]],
    ["keeps how far in it stands", "    to the room", 12, ["    to the", "room"]],
    [
      "keeps a long word whole",
      "see /a/path/of/some/length now",
      10,
      ["see", "/a/path/of/some/length", "now"],
    ],
    ["counts wide letters twice", "学習 ジョブ", 10, ["学習", "ジョブ"]],
    [
      "counts colours as nothing",
      "\u001b[31mto the room\u001b[39m",
      11,
      ["\u001b[31mto the room\u001b[39m"],
    ],
    ["keeps what stands apart apart", "a    b c", 6, ["a    b", "c"]],
  ])("%s", (_sentence, text, columns, lines) => {
    expect(wrapped(text, columns)).toEqual(lines);
  });

  it("goes on a little further in, line by line", () => {
    expect(wrappedText("one two three\n  four five six", 10)).toBe(
      "one two\n  three\n  four\n    five\n    six",
    );
  });

  it("leaves whole a line that is a command to copy: its first half would run without the second", () => {
    const command = "  runpodboss start --quote q-aaaaaaaa --image IMAGE";

    expect(wrappedText(`one two three\n${command}`, 10)).toBe(`one two\n  three\n${command}`);
  });

  it("of words that fit no line is ever too wide, and no word is lost", () => {
    const word = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 8 })
      .filter((each) => !/\s/.test(each));
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1 }),
        fc.integer({ min: 20, max: 60 }),
        (words, columns) => {
          const text = wrappedText(words.join(" "), columns);
          for (const line of text.split("\n")) expect(widthOf(line)).toBeLessThanOrEqual(columns);
          expect(text.split(/\s+/)).toEqual(words.join(" ").split(/\s+/));
        },
      ),
    );
  });

  it.each([
    ["as wide as the terminal", { columns: 60, rows: 24 }, 60],
    ["without an end where there is none", undefined, Infinity],
    ["without an end where the terminal does not say", { columns: 0, rows: 0 }, Infinity],
  ])("is %s", (_sentence, screen, columns) => {
    expect(columnsOf({ screen: () => screen })).toBe(columns);
  });
});
