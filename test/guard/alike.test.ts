import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAlike } from "#guard/alike.ts";

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
    expect(isAlike(text, glob)).toBe(is);
  });

  it("made of any text matches that text, and so does a star in any place of it", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (before, middle, after) => {
        const text = before + middle + after;
        expect(isAlike(text, text)).toBe(true);
        expect(isAlike(text, `${before}*${after}`)).toBe(true);
      }),
    );
  });
});

describe("a glob matches what looks like it", () => {
  it.each([
    ["an accent that is composed here and not there", "cafe\u0301", "caf\u00e9"],
    ["the other way round", "caf\u00e9", "cafe\u0301"],
    ["letters of full width", "\uff4b\uff45\uff45\uff50-me", "keep-me"],
    ["a glob of full width", "keep-me", "\uff4b\uff45\uff45\uff50-me"],
    ["a space behind the name", "keep-me ", "keep-me"],
    ["a space behind the glob", "keep-me", "keep-me "],
    ["a no-break space behind the name", "keep-me\u00a0", "keep-me"],
    ["a no-break space within", "keep\u00a0me", "keep me"],
    ["two spaces within", "keep  me", "keep me"],
    ["a capital \u0130", "\u0130stanbul", "istanbul"],
    ["a \u0130 in the glob, and no dot", "ISTANBUL", "\u0130stanbul"],
    ["a dotless i", "\u0131stanbul", "ISTANBUL"],
    ["a \u00df", "stra\u00dfe", "STRASSE"],
    ["a capital \u1e9e", "STRA\u1e9eE", "strasse"],
    ["a \u00df and one letter for it", "stra\u00dfe", "stra?e"],
    ["a ligature", "\ufb01le", "file"],
    [
      "a sigma in the middle and at the end",
      "\u03bf\u03b4\u03bf\u03c2",
      "\u039f\u0394\u039f\u03a3",
    ],
    ["a sigma before a star", "\u03a3\u039f\u03a3\u0391", "\u03c3\u03bf\u03c3*"],
    ["a dash that does not break", "keep\u2011me", "keep-me"],
    ["a minus sign", "keep\u2212me", "keep-me"],
    ["a minus sign, raised", "keep\u207bme", "keep-me"],
    ["a minus sign in the glob", "keep-me", "keep\u2212me"],
    ["an en dash", "keep\u2013me", "keep\u2014me"],
    ["a dash of full width", "keep\uff0dme", "keep-me"],
    ["the long mark of Japanese, and its narrow form", "keep\u30fcme", "keep\uff70me"],
    ["a bullet that is a dash", "keep\u2043me", "keep-me"],
    ["what nobody sees, in the name", "keep\u200b-me", "keep-me"],
    ["what nobody sees, in the glob", "keep-me", "\ufeffkeep-me"],
  ])("%s", (_sentence, text, glob) => {
    expect(isAlike(text, glob)).toBe(true);
  });

  it.each([
    ["another accent", "caf\u00e8", "caf\u00e9"],
    ["no accent", "cafe", "caf\u00e9"],
    ["a space within", "keep me", "keepme"],
    ["another letter", "keep-mee\u00a0", "keep-me"],
  ])("but not %s", (_sentence, text, glob) => {
    expect(isAlike(text, glob)).toBe(false);
  });

  it("whatever was done to a name by who wrote it", () => {
    const ways: readonly ((name: string) => string)[] = [
      (name) => name.normalize("NFD"),
      (name) => name.normalize("NFKC"),
      (name) => ` ${name}\u00a0`,
      (name) => name.toUpperCase(),
      (name) => name.toLowerCase(),
    ];
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.constantFrom(...ways), (name, way) => {
        expect(isAlike(way(name), name)).toBe(true);
        expect(isAlike(name, way(name))).toBe(true);
      }),
    );
  });
});

it("gives the same answers for more names than are remembered", () => {
  const names = Array.from({ length: 45_000 }, (_, n) => `训练-${n}`);

  const found = () => names.filter((name) => isAlike(name, "训练-4499?"));

  expect([found().length, found().length]).toEqual([10, 10]);
});

it("is right however many long texts came before: not all of them are kept", () => {
  const names = Array.from({ length: 1_100 }, (_, n) => `${n}-${"x".repeat(1_000)}`);

  const found = names.map((name) => isAlike(name, `${name.slice(0, 8)}*`));

  expect(found.every(Boolean)).toBe(true);
  expect(isAlike(names[0] ?? "", "1-*")).toBe(false);
});
