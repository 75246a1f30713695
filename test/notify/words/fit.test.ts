import { describe, expect, it } from "vitest";
import { bytes, characters, fit } from "#notify/words/fit.ts";

describe("a text that is too long is cut", () => {
  it.each([
    ["not at all when it fits", "balance", 7, "balance"],
    ["with a mark for what is left out", "balance", 6, "balan…"],
    ["to nothing where not even the mark fits", "balance", 0, ""],
    ["never within an emoji", "ab😀cd", 4, "ab…"],
    ["never within a flag", "ab🇩🇪cd", 5, "ab…"],
    ["never within a family", "ab👩‍👩‍👧‍👦cd", 9, "ab…"],
    ["never between a letter and its accent", "abe\u0301cd", 4, "ab…"],
    ["without a space before the mark", "one two", 5, "one…"],
  ])("%s", (_sentence, text, most, expected) => {
    expect(fit(text, most, characters)).toBe(expected);
  });

  it.each([
    ["ä", 10, "ääää".slice(0, 3)],
    ["中", 12, "中中中"],
    ["😀", 11, "😀😀"],
  ])("by the bytes of %s", (each, most, left) => {
    const cut = fit(each.repeat(100), most, bytes);

    expect(cut).toBe(`${left}…`);
    expect(bytes(cut)).toBeLessThanOrEqual(most);
  });

  it("by what escapes make of it", () => {
    const escaped = (text: string) => text.replaceAll("&", "&amp;").length;

    expect(fit("&&&&&", 11, escaped)).toBe("&&…");
  });

  it("however long it is", () => {
    expect(fit("👩‍👩‍👧‍👦".repeat(200_000), 1_000, bytes).length).toBeLessThan(1_000);
    expect(fit(`e${"\u0301".repeat(1_000_000)}`, 1_000, characters).length).toBeLessThanOrEqual(
      1_000,
    );
  });
});
