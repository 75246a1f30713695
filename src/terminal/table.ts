import { type Column, fitColumns, gapWidth } from "./fit-columns.ts";
import { cutTo, widthOf } from "./text-width.ts";
import { wrapped } from "./wrap.ts";

/** A cell as it is read; `style` changes its looks and not its width. */
export interface Cell {
  readonly text: string;
  readonly style?: ((text: string) => string) | undefined;
}

/** How a table is made to fit. */
export interface TableShape {
  readonly columns: readonly Column[];
  /** So many columns of a terminal; Infinity: what is not shown there stays as wide as it is. */
  readonly room: number;
  /** Behind the columns each row has a text, which is broken at its spaces. */
  readonly hasText?: boolean;
}

export interface Table {
  /** The lines of these rows. */
  readonly linesOf: (rows: readonly (readonly Cell[])[]) => readonly string[];
  /** The headings of the columns that there was no room for, as yet. */
  readonly leftOut: () => readonly string[];
}

/** A text that goes below its row stands so far in. */
const below = "    ";

/** Lines of columns that stand below each other, two spaces apart. */
export function tableLines(rows: readonly (readonly Cell[])[]): readonly string[] {
  return createTable().linesOf(rows);
}

/**
 * A table that comes bit by bit: its columns are as wide as what came so far asks for, and there is
 * room for.
 */
export function createTable({
  columns = [],
  room = Infinity,
  hasText = false,
}: Partial<TableShape> = {}): Table {
  const natural: number[] = [];
  let leftOut: readonly string[] = [];
  const cellsOf = (row: readonly Cell[]) => (hasText ? row.slice(0, -1) : row);

  function linesOf(rows: readonly (readonly Cell[])[]): readonly string[] {
    for (const row of rows) {
      cellsOf(row).forEach(({ text }, n) => {
        natural[n] = Math.max(natural[n] ?? 0, widthOf(text));
      });
    }
    const { widths, text: textWidth } = fitColumns(natural, columns, room, hasText);
    leftOut = widths.flatMap((width, n) =>
      width === undefined ? [columns[n]?.heading ?? ""] : [],
    );
    return rows.flatMap((row) => {
      const shown = cellsOf(row).flatMap((cell, n) => {
        const width = widths[n];
        return width === undefined ? [] : [{ ...cell, width, text: cutTo(width, cell.text) }];
      });
      const line = shown
        .map(({ text, style = asItIs, width }) => style(text) + " ".repeat(width - widthOf(text)))
        .join(" ".repeat(gapWidth));
      const text = hasText ? row.at(-1) : undefined;
      return text === undefined || text.text === ""
        ? [line.trimEnd()]
        : withText(line, text, textWidth, room);
    });
  }

  return { linesOf, leftOut: () => leftOut };
}

/** The text beside the line, or below it where there is too little room. */
function withText(
  line: string,
  { text, style = asItIs }: Cell,
  width: number | undefined,
  room: number,
): readonly string[] {
  if (width === undefined) {
    const lines = wrapped(text, room - below.length);
    return [line.trimEnd(), ...lines.map((each) => `${below}${style(each)}`)];
  }
  const gap = " ".repeat(gapWidth);
  const [first = "", ...more] = wrapped(text, width);
  const start = " ".repeat(widthOf(line));
  return [line + gap + style(first), ...more.map((each) => start + gap + style(each))];
}

/** What is said where columns were left out; nothing where none was. */
export function leftOutLines(leftOut: readonly string[], elsewhere: string): readonly string[] {
  return leftOut.length === 0 ? [] : [`(no room for ${leftOut.join(", ")}: ${elsewhere})`];
}

function asItIs(text: string): string {
  return text;
}
