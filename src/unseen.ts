/**
 * Control and format characters: they move a terminal's cursor, reverse the direction of text or
 * hide in it. A line end stays.
 */
const unseen = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
/** Pairs of backslash and letter, so that an escaped backslash before a `u` is not taken for an escape. */
const escape = /\\(?:u[0-9a-fA-F]{4}|.)/g;

/** Writes them in a line of JSON as JSON escapes: the same values, with nothing left to obey. */
export function escapeUnseen(jsonLine: string): string {
  return jsonLine.replace(unseen, (found) => {
    const units = Array.from({ length: found.length }, (_, at) => found.charCodeAt(at));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
  });
}

/** Drops them from the values of a line of JSON that `escapeUnseen` has seen; line ends stay. */
export function withoutUnseen(jsonLine: string): string {
  return jsonLine.replace(escape, (found) => {
    switch (found[1]) {
      case "u":
      case "b":
      case "f":
      case "r":
        return "";
      case "t":
        return " ";
      default:
        return found;
    }
  });
}
