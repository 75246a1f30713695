/**
 * Makes text from outside safe to show: control and format characters move a terminal's
 * cursor, reverse the direction of text or hide in it. The functions stand from the strictest to the
 * mildest.
 */
const lineEnd = String.raw`(?!\n)`;
const hidden = String.raw`\p{Cc}\p{Cf}\p{Zl}\p{Zp}`;
const hiddenInNames = new RegExp(
  String.raw`[${hidden}\p{Cs}\p{Default_Ignorable_Code_Point}]`,
  "gu",
);
const hiddenRuns = new RegExp(`[${hidden}]+`, "gu");
const hiddenInLines = new RegExp(`${lineEnd}[${hidden}]`, "gu");
/** Pairs of backslash and letter, so that an escaped backslash before a `u` is not taken for an escape. */
const escape = /\\(?:u[0-9a-fA-F]{4}|.)/g;

const longestName = 64;
/** Nothing to do, as nearly always: the check below costs far more. */
const plainLines = /^[\x20-\x7e\n]*$/;
const plainName = /^[\x20-\x7e]{0,64}$/;

/** A name or an id: what cannot be seen is removed, and at most 64 characters are kept. */
export function cleanName(text: string): string {
  if (plainName.test(text)) return text;
  return Array.from(text.replace(hiddenInNames, "")).slice(0, longestName).join("");
}

/** Words in one line: line ends and what cannot be seen become a space. */
export function oneLine(words: string): string {
  return words.replace(hiddenRuns, " ");
}

/** Text of several lines: line ends stay, the rest of what cannot be seen is removed. */
export function printable(text: string): string {
  return text.replace(hiddenInLines, "");
}

/** A line of JSON: what cannot be seen is written as JSON escapes, so that the values are the same. */
export function escapeHidden(jsonLine: string): string {
  if (plainLines.test(jsonLine)) return jsonLine;
  return jsonLine.replace(hiddenInLines, (found) => {
    const units = Array.from({ length: found.length }, (_, at) => found.charCodeAt(at));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
  });
}

/** Drops the escapes of `escapeHidden` from the values of a line of JSON; line ends stay. */
export function withoutHidden(jsonLine: string): string {
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
