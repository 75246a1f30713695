/** What nobody sees. */
const unseen = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
/** With the signs that are no punctuation but look the same: minus, bullet, and the long mark of Japanese. */
const dashes = /[\p{Pd}\u02d7\u2043\u2212\u2796\u30fc]/gu;
const spaces = /\s+/g;
/** Written alike already, but for the letter case. */
const plain = /^[!-~]*$/;

/** A text in the ways in which it is compared; those that come out the same are one and the same list. */
export interface Folded {
  /** Compared as it is written, and no other way. */
  readonly isPlain: boolean;
  readonly asWritten: readonly string[];
  readonly alike: readonly string[];
  /** Alike, without what nobody sees. */
  readonly inView: readonly string[];
}

/**
 * Folding costs far more than comparing, and every pod is compared with every glob at each poll, in many
 * places. What comes out depends on the text alone, so that it may be kept; of so many letters it is.
 */
const kept = new Map<string, Folded>();
const mostLettersKept = 1_000_000;
let lettersKept = 0;

export function folded(text: string): Folded {
  const found = kept.get(text);
  if (found !== undefined) return found;
  if (lettersKept >= mostLettersKept) {
    kept.clear();
    lettersKept = 0;
  }
  const made = fold(text);
  kept.set(text, made);
  lettersKept += text.length;
  return made;
}

function fold(text: string): Folded {
  const lower = text.toLowerCase();
  const asWritten = Array.from(lower);
  if (plain.test(text)) {
    return { isPlain: true, asWritten, alike: asWritten, inView: asWritten };
  }
  const inOneWay = alike(text);
  const inView = alike(text.replaceAll(unseen, ""));
  const composed = inOneWay === lower ? asWritten : Array.from(inOneWay);
  return {
    isPlain: false,
    asWritten,
    alike: composed,
    inView: inView === inOneWay ? composed : Array.from(inView),
  };
}

/**
 * One way of writing for all that looks the same: full width and ligatures as plain letters, accents
 * composed, `ß` as `ss`, every i without its dot's being a mark of its own, every dash as `-`.
 */
function alike(text: string): string {
  const inOneCase = text.normalize("NFKC").toLowerCase().toUpperCase().toLowerCase();
  return inOneCase
    .replaceAll("i\u0307", "i")
    .replaceAll("\u03c2", "\u03c3")
    .replaceAll(dashes, "-")
    .replaceAll(spaces, " ")
    .normalize("NFKC")
    .trim();
}
