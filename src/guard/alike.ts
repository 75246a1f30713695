/** What nobody sees. */
const unseen = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
/** The minus sign, the hyphen bullet and the minus letter are no dashes to Unicode, and look like them. */
const dashes = /[\p{Pd}\u2212\u2043\u02d7]/gu;
const spaces = /\s+/g;
/** Written alike already, but for the letter case. */
const plain = /^[!-~]*$/;

/**
 * Whether a glob (`*` any text, `?` one character) matches a text, or would if both were written
 * alike: in one letter case, composed, without spaces around and without what nobody sees.
 */
export function isAlike(text: string, glob: string): boolean {
  // Nearly every guard is for all pods, and there may be thousands.
  if (glob === "*" || matches(text.toLowerCase(), glob.toLowerCase())) return true;
  if (plain.test(text) && plain.test(glob)) return false;
  const ways = [alike, (each: string) => alike(each.replaceAll(unseen, ""))];
  return ways.some((way) => matches(way(text), way(glob)));
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

/** Glob matching in time proportional to both lengths, whatever the glob. */
function matches(text: string, glob: string): boolean {
  const letters = Array.from(text);
  const pattern = Array.from(glob);
  let at = 0;
  let inGlob = 0;
  let star = -1;
  let retryAt = 0;
  while (at < letters.length) {
    const wanted = pattern[inGlob];
    if (wanted === "*") {
      star = inGlob;
      retryAt = at;
      inGlob += 1;
    } else if (wanted === "?" || (wanted !== undefined && wanted === letters[at])) {
      at += 1;
      inGlob += 1;
    } else if (star >= 0) {
      retryAt += 1;
      at = retryAt;
      inGlob = star + 1;
    } else {
      return false;
    }
  }
  return pattern.slice(inGlob).every((wanted) => wanted === "*");
}
