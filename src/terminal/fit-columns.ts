/** How a column gives way where a table does not fit. */
export interface Column {
  /** What it is called when it is left out. */
  readonly heading: string;
  /** Its cells may be shortened to this width; not at all unless given. */
  readonly least?: number;
  /** Of the columns that may be left out, the one with the highest number goes first. */
  readonly goes?: number;
}

export const gapWidth = 2;

/** The last column's text wants this much beside the others, or goes below them. */
const leastText = 24;
/** For this much of it cells are shortened, as far as they may be. */
const goodText = 40;

export interface Fit {
  /** For each column its width; undefined: it is left out. */
  readonly widths: readonly (number | undefined)[];
  /** How much is left for a text behind them; undefined: it goes below. */
  readonly text: number | undefined;
}

/**
 * Widths with which the columns fit into so much room: cells are shortened first as far as they may be,
 * then columns are left out, the least needed first. Where even that is too much, it is too wide.
 */
export function fitColumns(
  natural: readonly number[],
  columns: readonly Column[],
  room: number,
  hasText = false,
): Fit {
  if (hasText) {
    const beside = room - gapWidth - goodText;
    if (total(atLeast(natural, columns)) <= beside) {
      const widths = shortened(natural, columns, beside);
      return { widths, text: room - total(widths) - gapWidth };
    }
  }
  let widths: readonly (number | undefined)[] = natural;
  const order = columns
    .map(({ goes = 0 }, n) => ({ goes, n }))
    .filter(({ goes }) => goes > 0)
    .toSorted((a, b) => b.goes - a.goes);
  for (const { n } of order) {
    if (total(atLeast(widths, columns)) <= room) break;
    widths = widths.map((width, m) => (m === n ? undefined : width));
  }
  const fitted = shortened(widths, columns, room);
  const left = room - total(fitted) - gapWidth;
  return { widths: fitted, text: hasText && left >= leastText ? left : undefined };
}

function atLeast(
  widths: readonly (number | undefined)[],
  columns: readonly Column[],
): readonly (number | undefined)[] {
  return widths.map((width, n) => width && Math.min(width, columns[n]?.least ?? width));
}

/** The widest of those that may be shortened gives a column at a time. */
function shortened(
  natural: readonly (number | undefined)[],
  columns: readonly Column[],
  room: number,
): readonly (number | undefined)[] {
  const widths = [...natural];
  const least = atLeast(natural, columns);
  for (let over = total(widths) - room; over > 0; over -= 1) {
    let widest: number | undefined;
    widths.forEach((width = 0, n) => {
      if (width > (least[n] ?? width) && width > (widths[widest ?? -1] ?? 0)) widest = n;
    });
    if (widest === undefined) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function total(widths: readonly (number | undefined)[]): number {
  const shown = widths.filter((width) => width !== undefined);
  return shown.reduce((sum, width) => sum + width, 0) + gapWidth * Math.max(0, shown.length - 1);
}
