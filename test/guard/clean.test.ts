import fc from "fast-check";
import { expect, it } from "vitest";
import { clean } from "../../src/guard/clean.ts";

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
  expect(clean(text)).toBe(cleaned);
});

/** Halves of surrogate pairs among them. The generator's own unit "binary" takes seconds to begin. */
const character = fc
  .integer({ min: 0, max: 0x10_ffff })
  .map((point) => String.fromCodePoint(point));

it("cleaning twice is cleaning once", () => {
  fc.assert(
    fc.property(fc.string({ unit: character }), (text) => {
      expect(clean(clean(text))).toBe(clean(text));
    }),
  );
});
