import type { Context } from "./context.ts";
import { widthOf } from "./text-width.ts";

/** How many columns there are to print in: no limit where standard output is no terminal. */
export function columnsOf({ screen }: Pick<Context, "screen">): number {
  return screen()?.columns || Infinity;
}

/** The same of standard error. */
export function errorColumns({
  isTTY,
  columns,
}: Pick<NodeJS.WriteStream, "isTTY" | "columns">): number {
  return isTTY ? columns || Infinity : Infinity;
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
    line = isEmpty ? lineStart(line, word, columns) + word : `${line} ${word}`;
    isEmpty = isEmpty && word === "";
  }
  return [...lines, line.trimEnd()];
}

/** A word that is too long stands less far in, if that helps. */
function lineStart(start: string, word: string, columns: number): string {
  const room = Math.max(0, columns - widthOf(word));
  return word === "" || room >= start.length ? start : start.slice(0, room);
}

/** What a line begins with: how far in it stands, and its number or time. */
const beginning = /^ *((?:\d+\.|\d\d:\d\d) +)?/;

/** A line that is one command to copy: in two lines the first would be run without the second. */
const command = /^ +runpodboss /;

/** Each line of a text broken so; what goes on stands two columns further in, or below what has a number or a time. */
export function wrappedText(text: string, columns: number): string {
  if (columns === Infinity) return text;
  return text
    .split("\n")
    .flatMap((line) => {
      if (command.test(line)) return [line];
      const [all = "", number] = beginning.exec(line) ?? [];
      const indent = number === undefined ? all.length + 2 : all.length;
      return wrapped(line, columns, " ".repeat(indent));
    })
    .join("\n");
}
