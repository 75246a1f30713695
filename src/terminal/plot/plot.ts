import type { Paint } from "#terminal/colors.ts";
import { cutTo, widthOf } from "#terminal/text-width.ts";
import { type Canvas, createAscii, createBraille, type Dot } from "./canvas.ts";
import { moneyTicks, moneyWords, timeTicks } from "./ticks.ts";

export interface PlotPoint {
  readonly atMs: number;
  /** Undefined: a gap, in which nobody looked. */
  readonly balanceUsd: number | undefined;
}

export interface Plotted {
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
  readonly points: readonly PlotPoint[];
  readonly forecast: readonly { readonly atMs: number; readonly balanceUsd: number }[];
  readonly limits: readonly { readonly label: string; readonly usd: number }[];
}

export interface PlotRoom {
  readonly columns: number;
  readonly rows: number;
  /** The terminal knows no more than ASCII. */
  readonly isAscii: boolean;
  readonly paint: Pick<Paint, "yellow">;
}

export const fewestColumns = 40;
export const mostColumns = 200;
/** Under the plot: the line of the time, and its words. */
export const axisRows = 2;
export const fewestRows = 4;

const headroom = 1.05;
const rowsPerTick = 3;
const columnsPerTick = 8;

interface Signs {
  readonly side: string;
  readonly tick: string;
  readonly corner: string;
  readonly floor: string;
  readonly floorTick: string;
  readonly limit: string;
}

const signs = { side: "│", tick: "┤", corner: "└", floor: "─", floorTick: "┬", limit: "╌" };
const asciiSigns = { side: "|", tick: "+", corner: "+", floor: "-", floorTick: "+", limit: "-" };

export interface Plot {
  readonly lines: readonly string[];
  /** The names for which there was no room. */
  readonly unnamed: readonly string[];
}

/** The curve, with its axes: at most so wide and so high. */
export function plotOf(plotted: Plotted, room: PlotRoom): Plot {
  const sign: Signs = room.isAscii ? asciiSigns : signs;
  const rows = room.rows - axisRows;
  const known = plotted.points.flatMap(({ balanceUsd }) => balanceUsd ?? []);
  const limits = plotted.limits.map(({ usd }) => usd);
  const lowestUsd = Math.min(0, ...known) * headroom;
  const highestUsd = Math.max(0.01, ...known, ...limits) * headroom;
  const ticks = moneyTicks(lowestUsd, highestUsd, Math.max(1, Math.floor(rows / rowsPerTick)));
  const words = ticks.map((usd) => moneyWords(usd, ticks));
  const margin = Math.max(...words.map(widthOf));
  const columns = room.columns - margin - 2;
  const canvas = (room.isAscii ? createAscii : createBraille)(columns, rows);
  const place = placesOn(canvas, plotted, lowestUsd, highestUsd);
  const rowOf = (usd: number): number => Math.floor((place.y(usd) * rows) / canvas.down);

  drawCurve(canvas, plotted, place.dot);
  const cells = canvas.cells();
  const unnamed = nameLimits(cells, plotted, rowOf, sign.limit, room.paint);
  const tickRows = new Map(ticks.map((usd, n) => [rowOf(usd), words[n] ?? ""]));
  const body = cells.map((row, n) => {
    const word = tickRows.get(n);
    const side = word === undefined ? sign.side : sign.tick;
    return `${(word ?? "").padStart(margin)} ${side}${row.join("")}`.trimEnd();
  });
  return { lines: [...body, ...timeAxis(plotted, columns, margin, sign)], unnamed };
}

function placesOn(
  canvas: Canvas,
  { fromMs, toMs }: Plotted,
  lowestUsd: number,
  highestUsd: number,
) {
  const x = (atMs: number): number =>
    Math.round(((atMs - fromMs) / (toMs - fromMs)) * (canvas.across - 1));
  const y = (usd: number): number =>
    Math.round(((highestUsd - usd) / (highestUsd - lowestUsd)) * (canvas.down - 1));
  const dot = (atMs: number, usd: number): Dot => ({ x: x(atMs), y: y(usd) });
  return { x, y, dot };
}

function drawCurve(
  canvas: Canvas,
  { points, forecast, toMs }: Plotted,
  dot: (atMs: number, usd: number) => Dot,
): void {
  let before: Dot | undefined;
  for (const { atMs, balanceUsd } of points) {
    const now = balanceUsd === undefined ? undefined : dot(atMs, balanceUsd);
    if (now !== undefined) canvas.line(before ?? now, now, false);
    before = now;
  }
  for (const [n, to] of forecast.entries()) {
    const from = forecast[n - 1];
    if (from === undefined || from.atMs >= toMs) continue;
    // What is met later than the plot goes is aimed at.
    const share = Math.min(1, (toMs - from.atMs) / Math.max(1, to.atMs - from.atMs));
    const endUsd = from.balanceUsd + (to.balanceUsd - from.balanceUsd) * share;
    const end = dot(from.atMs + (to.atMs - from.atMs) * share, endUsd);
    canvas.line(dot(from.atMs, from.balanceUsd), end, true);
  }
}

/** Draws the limits behind the curve, and names them where that is free; gives those that have no room. */
function nameLimits(
  cells: string[][],
  { limits }: Plotted,
  rowOf: (usd: number) => number,
  sign: string,
  paint: PlotRoom["paint"],
): readonly string[] {
  const unnamed: string[] = [];
  const byRow = new Map<number, string[]>();
  const isAscii = sign === asciiSigns.limit;
  for (const { label, usd } of limits.toSorted((a, b) => b.usd - a.usd)) {
    byRow.set(rowOf(usd), [...(byRow.get(rowOf(usd)) ?? []), label]);
  }
  for (const [n, labels] of byRow) {
    const row = cells[n];
    if (row === undefined) continue;
    const named = new Map<number, string>();
    for (const label of labels) {
      const text = Array.from(` ${isAscii ? label.replaceAll(/[^ -~]/gu, "?") : label} `);
      // A letter that is twice as wide would push what stands behind it.
      const isEven = widthOf(text.join("")) === text.length;
      const at = isEven ? freeIn(row, text.length + 1, named) : undefined;
      if (at === undefined) unnamed.push(label);
      else text.forEach((letter, m) => named.set(at + 1 + m, letter));
    }
    row.forEach((cell, column) => {
      // Its name in the colour of all words: yellow is hard to read on a light ground.
      if (cell === " ") row[column] = named.get(column) ?? paint.yellow(sign);
    });
  }
  return unnamed;
}

/** Where so many cells beside each other are free, from the left. */
function freeIn(row: readonly string[], width: number, taken: ReadonlyMap<number, string>) {
  let run = 0;
  for (const [n, cell] of row.entries()) {
    run = cell === " " && !taken.has(n) ? run + 1 : 0;
    if (run === width) return n - width + 1;
  }
  return undefined;
}

/** The time below the plot, and where now is. */
function timeAxis(
  { fromMs, toMs, nowMs }: Plotted,
  columns: number,
  margin: number,
  sign: Signs,
): readonly string[] {
  const columnOf = (atMs: number): number =>
    Math.round(((atMs - fromMs) / (toMs - fromMs)) * (columns - 1));
  const floor = Array.from({ length: columns }, () => sign.floor);
  const words = Array.from({ length: columns }, () => " ");
  const ticks = timeTicks(fromMs, toMs, Math.max(1, Math.floor(columns / columnsPerTick)));
  // Now comes first: the others give way to it.
  for (const { atMs, words: text } of [{ atMs: nowMs, words: "now" }, ...ticks]) {
    const start = columnOf(atMs) - Math.floor(text.length / 2);
    const end = start + text.length;
    const isFree = words.slice(Math.max(0, start - 1), end + 1).every((each) => each === " ");
    if (start < 0 || end > columns || !isFree) continue;
    Array.from(text).forEach((letter, n) => (words[start + n] = letter));
    floor[columnOf(atMs)] = sign.floorTick;
  }
  const indent = " ".repeat(margin + 1);
  return [`${indent}${sign.corner}${floor.join("")}`, `${indent} ${words.join("")}`.trimEnd()];
}

/** `warning $10.00`, however long the name. */
export function limitLabel(name: string, amount: string): string {
  return `${cutTo(24, name)} ${amount}`;
}
