import { describe, expect, it } from "vitest";
import { shapeFault } from "#runpod/json-shape.ts";

const tooDeep = "is nested more than 32 levels deep";
const tooMany = "holds more than 1000000 values";

describe("a text that takes too much memory once it is parsed", () => {
  it.each<[string, string, string | undefined]>([
    ["lists in lists, as deep as may be", `{"a":${"[".repeat(31)}${"]".repeat(31)}}`, undefined],
    ["lists in lists, one deeper", `{"a":${"[".repeat(32)}${"]".repeat(32)}}`, tooDeep],
    ["objects in objects", '{"a":'.repeat(33), tooDeep],
    ["lists that are never closed", "[".repeat(16 * 2 ** 20), tooDeep],
    ["a million entries", `{"a":[${"1,".repeat(999_998)}1]}`, undefined],
    ["an entry more", `{"a":[${"1,".repeat(999_999)}1]}`, tooMany],
    ["empty objects", `{"a":[${"{},".repeat(500_000)}{}]}`, tooMany],
    ["empty lists", "[],".repeat(500_001), tooMany],
    ["many small lists beside each other", `[${"[1],".repeat(1_000)}1]`, undefined],
    ["brackets within text", `{"a":"${"[{,".repeat(500_000)}"}`, undefined],
    ["brackets behind a quote that is escaped", `{"a":"\\"${"[".repeat(40)}"}`, undefined],
    ["brackets behind a backslash that is escaped", `{"a":"\\\\",${"[".repeat(40)}`, tooDeep],
    ["brackets in a text that does not end", `{"a":"${"[".repeat(40)}`, undefined],
    ["brackets in a text that ends in an escaped quote", `{"a":"${"[".repeat(40)}\\"`, undefined],
    ["an empty text, and then brackets", `{"a":"",${"[".repeat(40)}`, tooDeep],
    ["nothing", "", undefined],
  ])("%s", (_sentence, text, expected) => {
    expect(shapeFault(text)).toBe(expected);
  });
});
