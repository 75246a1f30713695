import { parse, type ParseError, printParseErrorCode } from "jsonc-parser";
import { unusable } from "./explain.ts";

/** Reads JSON with comments and trailing commas. Throws a UserError with lines and columns. */
export function parseJsonc(content: string, path: string): unknown {
  const text = content.replace(/^\uFEFF/, "");
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  if (errors.length > 0) {
    throw unusable(
      path,
      errors.slice(0, 5).map(({ error, offset, length }) => ({
        where: lineAndColumn(text, offset),
        what: syntaxWords(printParseErrorCode(error), text.slice(offset, offset + length)),
      })),
    );
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw unusable(path, [{ where: "line 1", what: "must be an object in braces: { … }" }]);
  }
  return value;
}

function syntaxWords(code: string, found: string): string {
  switch (code) {
    case "InvalidSymbol":
      return `is not JSON here${shortWord(found)} (text needs double quotes; NaN and Infinity are not numbers)`;
    case "CommaExpected":
      return "a comma is missing before this";
    case "ValueExpected":
      return "a value is missing here";
    case "PropertyNameExpected":
      return "a key in double quotes is missing here";
    case "ColonExpected":
      return "a colon is missing after the key";
    case "CloseBraceExpected":
      return "a closing brace } is missing";
    case "CloseBracketExpected":
      return "a closing bracket ] is missing";
    case "UnexpectedEndOfString":
      return "a closing quote is missing";
    default:
      return `is not JSON (${code})`;
  }
}

/** A short word helps to find the place; a long one may be the API key. */
function shortWord(found: string): string {
  return /^-?[A-Za-z]{1,9}$/.test(found) ? `: ${found}` : "";
}

function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/** Keys that start with `_` are notes and are ignored. */
export function withoutNotes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNotes);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.startsWith("_"))
      .map(([key, inner]) => [key, withoutNotes(inner)]),
  );
}
