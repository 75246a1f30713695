import { describe, expect, it } from "vitest";
import { escapeUnseen, withoutUnseen } from "../src/unseen.ts";

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
    const escaped = escapeUnseen(lineOf(value));

    expect(JSON.parse(escaped)).toEqual({ value });
    expect(escaped).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(JSON.parse(withoutUnseen(escaped))).toEqual({ value: shown });
  });
});
