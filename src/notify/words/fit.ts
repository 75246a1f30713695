const ellipsis = "…";
/** The longest sequence that is one character to a reader, an emoji of many parts, has hardly more. */
const longestCharacter = 64;

/** How long a service finds a text. No prefix of a text is longer than the text. */
export type Measure = (text: string) => number;

const encoder = new TextEncoder();

export const bytes: Measure = (text) => encoder.encode(text).byteLength;

/** UTF-16 units: no service counts more of them than these. */
export const characters: Measure = (text) => text.length;

/**
 * The text, or as much of its start as fits with a "…" after it, cut between two characters as a reader
 * sees them. Empty where not even that fits.
 */
export function fit(text: string, most: number, measure: Measure): string {
  // Nothing is measured that cannot fit: a unit measures at least 1.
  if (text.length <= most && measure(text) <= most) return text;
  const start = text.slice(0, Math.max(0, Math.floor(most)) + longestCharacter);
  let fits = -1;
  let tooLong = start.length + 1;
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (measure(start.slice(0, middle) + ellipsis) <= most) fits = middle;
    else tooLong = middle;
  }
  return fits < 0 ? "" : start.slice(0, wholeUpTo(start, fits)).trimEnd() + ellipsis;
}

let segmenter: Intl.Segmenter | undefined;

/** The last boundary between two characters at or before that index. */
function wholeUpTo(text: string, index: number): number {
  if (index >= text.length) return text.length;
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  const from = Math.max(0, index - longestCharacter);
  const near = text.slice(from, index + longestCharacter);
  let boundary = 0;
  for (const { index: at } of segmenter.segment(near)) {
    if (from + at > index) break;
    boundary = at;
  }
  // A window that opens within a character has none before it: better half a cluster than half a text.
  return boundary === 0 && from > 0 ? wholeCodePointUpTo(text, index) : from + boundary;
}

function wholeCodePointUpTo(text: string, index: number): number {
  return /[\uD800-\uDBFF]$/.test(text.slice(0, index)) ? index - 1 : index;
}
