import { randomBytes, scryptSync } from "node:crypto";

/**
 * What tells that a text has stayed the same, and holds no word of it: salted, and slow to try out, as the
 * text may hold short secrets.
 */
export function secretMark(text: string, salt: string = randomBytes(12).toString("hex")): string {
  return `${salt}:${scryptSync(text, salt, 16).toString("hex")}`;
}

/** False for whatever is no such mark. */
export function isMarkOf(mark: string, text: string): boolean {
  const end = mark.indexOf(":");
  return end > 0 && secretMark(text, mark.slice(0, end)) === mark;
}
