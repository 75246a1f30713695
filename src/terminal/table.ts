/** A cell as it is read; `style` changes its looks and not its width. */
export interface Cell {
  readonly text: string;
  readonly style?: ((text: string) => string) | undefined;
}

/** Drawn twice as wide as a letter by nearly every terminal. */
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u;
/** Nearly every text, and far quicker told. */
const plain = /^[\x20-\x7e]*$/;
const none = /\p{M}/u;
const cutMark = "...";

/** Lines of columns that stand below each other, two spaces apart. */
export function tableLines(rows: readonly (readonly Cell[])[]): readonly string[] {
  return createTable()(rows);
}

/**
 * The lines of a table that comes bit by bit: its columns are as wide as what came so far asks for.
 */
export function createTable(): (rows: readonly (readonly Cell[])[]) => readonly string[] {
  const widths: number[] = [];
  return (rows) => {
    const own = rows.map((row) => row.map(({ text }) => widthOf(text)));
    for (const row of own) {
      row.forEach((width, n) => (widths[n] = Math.max(widths[n] ?? 0, width)));
    }
    return rows.map((row, r) => {
      let line = "";
      row.forEach(({ text, style = asItIs }, n) => {
        line += style(text);
        const gap = (widths[n] ?? 0) - (own[r]?.[n] ?? 0);
        if (n < row.length - 1) line += " ".repeat(gap + 2);
      });
      return line.trimEnd();
    });
  };
}

/** How many columns of a terminal a text takes. */
export function widthOf(text: string): number {
  if (plain.test(text)) return text.length;
  return Array.from(text).reduce((width, letter) => width + letterWidth(letter), 0);
}

/** At most so many columns of it, marked where it was cut. */
export function cutTo(columns: number, text: string): string {
  if (widthOf(text) <= columns) return text;
  let width = cutMark.length;
  let kept = "";
  for (const letter of text) {
    width += letterWidth(letter);
    if (width > columns) break;
    kept += letter;
  }
  return `${kept}${cutMark}`;
}

function letterWidth(letter: string): number {
  if (wide.test(letter)) return 2;
  return none.test(letter) ? 0 : 1;
}

function asItIs(text: string): string {
  return text;
}
