import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanName, escapeHidden, oneLine, printable, withoutHidden } from "#control-characters.ts";

const lineOf = (value: unknown): string => `${JSON.stringify({ value })}\n`;

describe("a line of JSON", () => {
  it.each([
    ["an escape sequence", "\u001b[31mred", "[31mred"],
    ["a sequence that starts with one C1 character", "\u009b31mred", "31mred"],
    ["bells and deletes", "a\u0007b\u007fc", "abc"],
    ["text that turns around", "a\u202eb\u2066c", "abc"],
    ["characters of no width, also beyond 16 bits", "a\u200bb\ufeffc\u{e0041}d", "abcd"],
    ["a carriage return that would hide the line", "good\rbad", "goodbad"],
    ["a tab", "a\tb", "a b"],
    ["a line end, which stays", "a\nb", "a\nb"],
    ["a backslash before a u, which stays", String.raw`\u001b \n`, String.raw`\u001b \n`],
    ["letters of any kind, which stay", "é 漢 🚀", "é 漢 🚀"],
  ])("with %s", (_sentence, value, shown) => {
    const escaped = escapeHidden(lineOf(value));

    expect(JSON.parse(escaped)).toEqual({ value });
    expect(escaped).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(JSON.parse(withoutHidden(escaped))).toEqual({ value: shown });
  });
});

describe("a name", () => {
  it.each([
    ["a plain name", "llama-70b qlora", "llama-70b qlora"],
    ["letters of any script", "überprüfung 訓練 ∑", "überprüfung 訓練 ∑"],
    ["control characters", "a\u0000b\u001b[31mc\nd\u0085e", "ab[31mcde"],
    ["bidi marks", "a\u202eb\u2066c\u200fd\u061ce", "abcde"],
    ["zero-width characters", "a\u200bb\u200dc\ufeffd\u2060e\u00adf", "abcdef"],
    ["invisible fillers and tags", "a\u3164b\u115fc\u{e0041}d\u{fe0f}e", "abcde"],
    ["line and paragraph separators", "a\u2028b\u2029c", "abc"],
    ["half a surrogate pair", "a\ud83db", "ab"],
    ["65 characters are cut to 64", "x".repeat(65), "x".repeat(64)],
    ["characters are counted whole", "😀".repeat(65), "😀".repeat(64)],
  ])("%s", (_sentence, text, cleaned) => {
    expect(cleanName(text)).toBe(cleaned);
  });

  /** Halves of surrogate pairs among them. The generator's own unit "binary" takes seconds to begin. */
  const character = fc
    .integer({ min: 0, max: 0x10_ffff })
    .map((point) => String.fromCodePoint(point));

  it("cleaning twice is cleaning once", () => {
    fc.assert(
      fc.property(fc.string({ unit: character }), (text) => {
        expect(cleanName(cleanName(text))).toBe(cleanName(text));
      }),
    );
  });
});

it.each([
  ["a line end", "a\nb", "a b", "a\nb"],
  ["an escape sequence", "a\u001b[2Jb", "a [2Jb", "a[2Jb"],
  ["several in a row", "a\r\n\u202eb", "a b", "a\nb"],
  ["letters of any kind", "é 漢 🚀", "é 漢 🚀", "é 漢 🚀"],
])("%s in words of one line, and of several", (_sentence, text, inOneLine, inSeveral) => {
  expect(oneLine(text)).toBe(inOneLine);
  expect(printable(text)).toBe(inSeveral);
});
