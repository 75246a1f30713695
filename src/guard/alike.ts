import { folded } from "./folded.ts";

/**
 * Whether a glob (`*` any text, `?` one character) matches a text, or would if both were written
 * alike: in one letter case, composed, without spaces around and without what nobody sees.
 */
export function isAlike(text: string, glob: string): boolean {
  // Nearly every guard is for all pods, and there may be thousands.
  if (glob === "*") return true;
  const [one, other] = [folded(text), folded(glob)];
  if (matches(one.asWritten, other.asWritten)) return true;
  if (one.isPlain && other.isPlain) return false;
  const isTriedAlike = one.alike === one.asWritten && other.alike === other.asWritten;
  if (!isTriedAlike && matches(one.alike, other.alike)) return true;
  const isTriedInView = one.inView === one.alike && other.inView === other.alike;
  return !isTriedInView && matches(one.inView, other.inView);
}

/** Glob matching in time proportional to both lengths, whatever the glob. */
function matches(letters: readonly string[], pattern: readonly string[]): boolean {
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
  while (pattern[inGlob] === "*") inGlob += 1;
  return inGlob === pattern.length;
}
