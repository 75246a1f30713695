import type { Context } from "./context.ts";
import { widthOf } from "./table.ts";

/** How many columns there are to print in: no limit where standard output is no terminal. */
export function columnsOf({ screen }: Pick<Context, "screen">): number {
  return screen()?.columns || Infinity;
}

/**
 * The text in lines of at most so many columns, broken at spaces; every line but the first begins with
 * `indent`. A word that is longer than a line stays whole: it may be a path or a command to copy.
 */
export function wrapped(text: string, columns: number, indent = ""): readonly string[] {
  if (widthOf(text) <= columns) return [text];
  const start = /^ */.exec(text)?.[0] ?? "";
  const lines: string[] = [];
  let line = start;
  let isEmpty = true;
  for (const word of text.slice(start.length).split(" ")) {
    if (!isEmpty && widthOf(line) + 1 + widthOf(word) > columns) {
      lines.push(line.trimEnd());
      line = indent;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = isEmpty && word === "";
  }
  return [...lines, line.trimEnd()];
}

/** Each line broken so, what goes on indented by two more columns than the line itself. */
export function wrappedLines(lines: readonly string[], columns: number): readonly string[] {
  return lines.flatMap((line) => {
    const indent = /^ */.exec(line)?.[0] ?? "";
    return wrapped(line, columns, `${indent}  `);
  });
}
