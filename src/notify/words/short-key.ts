/**
 * A key for services that take letters, digits, dashes and underscores, at most 64 of them. The same for
 * the same text, and another for another, as good as certainly.
 */
export function shortKey(text: string): string {
  const readable = text.replaceAll(/[^A-Za-z0-9_-]+/g, "-").slice(0, 40);
  return `${readable}-${hash(text, 0x811c9dc5)}${hash(text, 0x050c5d1f)}`;
}

/** FNV-1a over UTF-16 units: no secret, only a name. */
function hash(text: string, seed: number): string {
  let value = seed;
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  }
  return (value >>> 0).toString(16).padStart(8, "0");
}
