import uPlot from "uplot";
import { type Drawn, readOf } from "./drawn.ts";
import type { Ink, Inks } from "./inks.ts";
import { placeLabels } from "./place-labels.ts";
import { moneyTicks, timeTicks } from "./ticks.ts";

export interface Plot {
  readonly draw: (drawn: Drawn) => void;
  readonly resize: (width: number) => void;
  /** The colours are others. */
  readonly repaint: () => void;
  /** Undefined: on nothing. */
  readonly stand: (n: number | undefined) => void;
}

type Column = (number | null | undefined)[];

const font = '12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const labelHeight = 14;
const narrow = 480;
const time = timeTicks();

function heightFor(width: number): number {
  return width < narrow ? 210 : 270;
}

/** All that knows of uPlot. */
export function createPlot(
  host: HTMLElement,
  inks: Inks,
  first: Drawn,
  onRead: (n: number | undefined) => void,
): Plot {
  let drawn = first;
  const axis = {
    stroke: () => inks.of("words"),
    grid: { stroke: () => inks.of("grid"), width: 1 },
    ticks: { show: false },
    font,
  };
  const chart = new uPlot(
    {
      width: host.clientWidth,
      height: heightFor(host.clientWidth),
      legend: { show: false },
      padding: [12, 12, 0, 0],
      // A finger that scrolls the page, or a mouse that passes, changes nothing.
      cursor: { y: false, drag: { x: false, y: false, setScale: false }, points: { size: 9 } },
      scales: {
        x: { time: true, range: () => [drawn.fromS, drawn.toS] },
        y: { range: () => [drawn.lowestUsd, drawn.highestUsd] },
      },
      axes: [
        {
          ...axis,
          space: 64,
          size: 30,
          values: (_, splits, _n, _space, step) => time(splits, step),
        },
        {
          ...axis,
          space: 40,
          size: 56,
          values: (_, splits, _n, _space, step) => moneyTicks(splits, step),
        },
      ],
      series: [
        {},
        {
          stroke: () => inks.of("line"),
          width: 2,
          points: {
            show: true,
            size: 5,
            fill: () => inks.of("line"),
            filter: (plot, n) => aloneIn(plot.data[n] as Column),
          },
        },
        {
          stroke: () => inks.of("ahead"),
          width: 2,
          dash: [2, 5],
          cap: "round",
          points: { show: false },
        },
      ],
      hooks: {
        drawAxes: [(plot) => drawLimits(plot, drawn, inks)],
        draw: [(plot) => drawNames(plot, drawn, inks), (plot) => drawMeetings(plot, drawn, inks)],
        setCursor: [(plot) => onRead(plot.cursor.idx ?? undefined)],
      },
    },
    columnsOf(drawn),
    host,
  );
  return {
    draw: (next) => {
      drawn = next;
      chart.setData(columnsOf(drawn));
    },
    resize: (width) => {
      if (width > 0 && width !== chart.width) chart.setSize({ width, height: heightFor(width) });
    },
    repaint: () => chart.redraw(),
    stand: (n) => {
      const [atS, usd] = (n === undefined ? undefined : readOf(drawn, n)?.point) ?? [];
      chart.setCursor(
        atS === undefined || usd === undefined
          ? { left: -10, top: -10 }
          : { left: chart.valToPos(atS, "x"), top: chart.valToPos(usd, "y") },
      );
    },
  };
}

function columnsOf({ points, forecast: { line } }: Drawn): uPlot.AlignedData {
  return [
    [...points, ...line].map(([atS]) => atS),
    [...points.map(([, usd]) => usd), ...line.map(() => null)],
    [...points.map(() => null), ...line.map(([, usd]) => usd)],
  ];
}

/** Those that no line leads to. */
function aloneIn(column: Column): number[] {
  return column.flatMap((usd, n) =>
    typeof usd === "number" &&
    typeof column[n - 1] !== "number" &&
    typeof column[n + 1] !== "number"
      ? [n]
      : [],
  );
}

/** Where it lies in the canvas, whose pixels may be smaller than the page's. */
function placesIn(plot: uPlot) {
  const { left, top, width, height } = plot.bbox;
  return {
    ratio: uPlot.pxRatio,
    left,
    top,
    right: left + width,
    bottom: top + height,
    x: (atS: number) => Math.round(plot.valToPos(atS, "x", true)),
    y: (usd: number) => Math.round(plot.valToPos(usd, "y", true)),
  };
}

/** The thresholds across, and where now is. */
function drawLimits(plot: uPlot, { thresholds, nowS }: Drawn, inks: Inks): void {
  const { ctx } = plot;
  const { ratio, left, top, right, bottom, x, y } = placesIn(plot);
  ctx.save();
  ctx.lineWidth = ratio;
  ctx.setLineDash([]);
  ctx.strokeStyle = inks.of("grid");
  stroke(ctx, x(nowS), top, x(nowS), bottom);
  ctx.strokeStyle = inks.of("limit");
  ctx.setLineDash([6 * ratio, 4 * ratio]);
  for (const { usd } of thresholds) stroke(ctx, left, y(usd), right, y(usd));
  ctx.restore();
}

/** The names of the thresholds, the highest first, over all that is drawn. */
function drawNames(plot: uPlot, { thresholds }: Drawn, inks: Inks): void {
  const { ctx } = plot;
  const { ratio, left, right, y } = placesIn(plot);
  ctx.save();
  write(ctx, ratio);
  const shown = thresholds.toSorted((a, b) => b.usd - a.usd);
  const places = placeLabels(
    shown.map(({ label, usd }) => ({ y: y(usd), width: ctx.measureText(label).width })),
    { left: left + 6 * ratio, right, height: labelHeight * ratio },
  );
  shown.forEach(({ label }, n) => {
    const place = places[n];
    if (place !== undefined) overAll(ctx, label, place.left, place.y - 4 * ratio, inks, "limit");
  });
  ctx.restore();
}

/** A ring where the forecast meets something, and the time of it where there is room. */
function drawMeetings(plot: uPlot, { forecast, clock, toS }: Drawn, inks: Inks): void {
  const { ctx } = plot;
  const { ratio, right, x, y } = placesIn(plot);
  ctx.save();
  write(ctx, ratio);
  let until = -Infinity;
  for (const { atS, usd } of forecast.meets) {
    if (atS > toS) continue;
    ctx.lineWidth = 2 * ratio;
    ctx.beginPath();
    ctx.arc(x(atS), y(usd), 4 * ratio, 0, 2 * Math.PI);
    ctx.fillStyle = inks.of("ground");
    ctx.strokeStyle = inks.of("limit");
    ctx.fill();
    ctx.stroke();
    const words = clock(atS);
    const { width } = ctx.measureText(words);
    const start = Math.min(x(atS) - width / 2, right - width);
    if (start < until + 6 * ratio) continue;
    overAll(ctx, words, start, y(usd) - 9 * ratio, inks, "words");
    until = start + width;
  }
  ctx.restore();
}

function write(ctx: CanvasRenderingContext2D, ratio: number): void {
  ctx.font = font.replace("12px", `${12 * ratio}px`);
  ctx.textAlign = "left";
  ctx.textBaseline = "alphabetic";
  ctx.lineJoin = "round";
  ctx.setLineDash([]);
}

/** With an edge of the ground around it, to be read on any line. */
function overAll(
  ctx: CanvasRenderingContext2D,
  words: string,
  x: number,
  y: number,
  inks: Inks,
  ink: Ink,
): void {
  ctx.lineWidth = 4 * uPlot.pxRatio;
  ctx.strokeStyle = inks.of("ground");
  ctx.strokeText(words, x, y);
  ctx.fillStyle = inks.of(ink);
  ctx.fillText(words, x, y);
}

function stroke(
  ctx: CanvasRenderingContext2D,
  fromX: number,
  fromY: number,
  toX: number,
  toY: number,
): void {
  ctx.beginPath();
  ctx.moveTo(fromX, fromY);
  ctx.lineTo(toX, toY);
  ctx.stroke();
}
