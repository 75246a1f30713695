import {
  createScanner,
  parse,
  type ParseError,
  printParseErrorCode,
  type SyntaxKind,
} from "jsonc-parser";
import { type Fault, unusable } from "./explain.ts";
import { lineAndColumn } from "./place.ts";
import { repeatedKeys } from "./repeated-keys.ts";

/** No config is nested so deeply, and what reads it would run out of stack. */
const deepestNesting = 100;

/**
 * Reads JSON with comments and trailing commas. Throws a UserError with lines and columns, also when
 * a key stands twice in one object.
 */
export function parseJsonc(content: string, path: string): unknown {
  const text = content.replace(/^\uFEFF/, "");
  const tooDeep = nestedTooDeeply(text);
  if (tooDeep !== undefined) throw unusable(path, [tooDeep]);
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
  const repeated = repeatedKeys(text);
  if (repeated.length > 0) throw unusable(path, repeated);
  return value;
}

function nestedTooDeeply(text: string): Fault | undefined {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (let token = scanner.scan(); token !== tokens.end; token = scanner.scan()) {
    if (token === tokens.openBrace || token === tokens.openBracket) depth += 1;
    if (token === tokens.closeBrace || token === tokens.closeBracket) depth -= 1;
    if (depth > deepestNesting) {
      const where = lineAndColumn(text, scanner.getTokenOffset());
      return { where, what: `is nested more than ${deepestNesting} levels deep, as no config is` };
    }
  }
  return undefined;
}

/** By number: the enumeration exists for the type checker only. */
const tokens: Readonly<Record<string, SyntaxKind>> = {
  openBrace: 1,
  closeBrace: 2,
  openBracket: 3,
  closeBracket: 4,
  end: 17,
};

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
