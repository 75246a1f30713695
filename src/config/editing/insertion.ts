import { applyEdits, createScanner, type Edit, format, type Node } from "jsonc-parser";
import type { Layout } from "./layout.ts";

/** By number: the enumeration exists for the type checker only. */
const tokens = { closeBrace: 2, closeBracket: 4, comma: 5, lineBreak: 14, end: 17 } as const;

/**
 * Adds a value behind the last one of an object or a list. Where each has a line of its own it goes below
 * that line and the comment that it may end in: a comment stays with what it was written for. Undefined
 * where nothing stands in it yet.
 */
export function insertion(
  text: string,
  parent: Node,
  key: string | number | undefined,
  value: unknown,
  layout: Layout,
): Edit[] | undefined {
  const last = parent.children?.at(-1);
  const named = parent.type === "object" ? `${JSON.stringify(String(key))}: ` : "";
  if (last === undefined) {
    const inside = text.slice(parent.offset + 1, parent.offset + parent.length - 1);
    const content = `${named}${inOneLine(value)}`;
    // Comments stand in it, and stay.
    return inside.trim() === "" ? undefined : [{ offset: parent.offset + 1, length: 0, content }];
  }
  const lastEnd = last.offset + last.length;
  const rest = restOfLine(text, lastEnd);
  if (rest === undefined) {
    return [{ offset: lastEnd, length: 0, content: `, ${named}${inOneLine(value)}` }];
  }
  const indent = /(?:^|\n)([ \t]*)[^\n]*$/.exec(text.slice(0, last.offset))?.[1] ?? "";
  const added = `${layout.eol}${indent}${named}${laidOut(value, indent, layout)}`;
  return rest.hasComma
    ? [{ offset: rest.endsAt, length: 0, content: `${added},` }]
    : [
        { offset: lastEnd, length: 0, content: "," },
        { offset: rest.endsAt, length: 0, content: added },
      ];
}

/** Where the line of the last value ends; undefined where its object or list ends in that line. */
function restOfLine(text: string, from: number): { hasComma: boolean; endsAt: number } | undefined {
  const scanner = createScanner(text, false);
  scanner.setPosition(from);
  let hasComma = false;
  for (;;) {
    const token: number = scanner.scan();
    switch (token) {
      case tokens.comma:
        hasComma = true;
        break;
      case tokens.lineBreak:
        return { hasComma, endsAt: scanner.getTokenOffset() };
      case tokens.closeBrace:
      case tokens.closeBracket:
      case tokens.end:
        return undefined;
    }
  }
}

/** As people write it: short lists in one line. */
export function laidOut(value: unknown, indent: string, layout: Layout): string {
  if (Array.isArray(value) && value.every((each) => typeof each !== "object")) {
    const line = inOneLine(value);
    if (line.length < 80) return line;
  }
  const json = JSON.stringify(value);
  const lines = applyEdits(json, format(json, undefined, layout)).split(layout.eol);
  return lines.join(`${layout.eol}${indent}`);
}

function inOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inOneLine).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  const items = entries.map(([key, inner]) => `${JSON.stringify(key)}: ${inOneLine(inner)}`);
  return items.length === 0 ? "{}" : `{ ${items.join(", ")} }`;
}
