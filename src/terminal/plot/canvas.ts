/** Cells of letters in which lines are drawn, dot by dot: eight to a cell in Braille, one in ASCII. */
export interface Canvas {
  /** How many dots there are across and down. */
  readonly across: number;
  readonly down: number;
  /** Dots from the left and from the top. A dotted line has gaps. */
  readonly line: (from: Dot, to: Dot, isDotted: boolean) => void;
  /** What is in each cell, row by row; a space where nothing is. */
  readonly cells: () => string[][];
}

export interface Dot {
  readonly x: number;
  readonly y: number;
}

const brailleBase = 0x2800;
/** Unicode's numbers of the dots in a cell, by row and column. */
const brailleBits = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;
const everyBraille = 3;

export function createBraille(columns: number, rows: number): Canvas {
  const bits = Array.from({ length: rows }, () => Array.from({ length: columns }, () => 0));
  return {
    across: 2 * columns,
    down: 4 * rows,
    line: (from, to, isDotted) => {
      for (const [n, { x, y }] of dotsBetween(from, to).entries()) {
        if (isDotted && n % everyBraille !== 0) continue;
        const row = bits[Math.floor(y / 4)];
        const bit = brailleBits[y % 4]?.[x % 2];
        const column = Math.floor(x / 2);
        const before = row?.[column];
        if (row !== undefined && before !== undefined && bit !== undefined)
          row[column] = before | bit;
      }
    },
    cells: () =>
      bits.map((row) =>
        row.map((each) => (each === 0 ? " " : String.fromCodePoint(brailleBase + each))),
      ),
  };
}

const everyAscii = 2;

export function createAscii(columns: number, rows: number): Canvas {
  const cells = Array.from({ length: rows }, () => Array.from({ length: columns }, () => " "));
  return {
    across: columns,
    down: rows,
    line: (from, to, isDotted) => {
      for (const [n, { x, y }] of dotsBetween(from, to).entries()) {
        const row = cells[y];
        const before = row?.[x];
        if (row === undefined || before === undefined) continue;
        if (!isDotted) row[x] = "*";
        else if (n % everyAscii === 0 && before === " ") row[x] = ".";
      }
    },
    cells: () => cells.map((row) => [...row]),
  };
}

/** All dots of a straight line, both ends with it. */
function dotsBetween(from: Dot, to: Dot): readonly Dot[] {
  const steps = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y), 1);
  return Array.from({ length: steps + 1 }, (_, n) => ({
    x: Math.round(from.x + ((to.x - from.x) * n) / steps),
    y: Math.round(from.y + ((to.y - from.y) * n) / steps),
  }));
}
