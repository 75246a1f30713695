import { oneLine } from "#control-characters.ts";
import { perHour, plainNumber } from "#guard/text.ts";
import type { BarringCap, Loosening, OfferRow, OffersReport } from "#report/launch/offers.ts";
import type { Paint } from "#terminal/colors.ts";
import { type Cell, createTable, leftOutLines } from "#terminal/table.ts";
import { cutTo } from "#terminal/text-width.ts";

const longestName = 32;

/** At most so many columns wide, but for words that are longer. */
export function gpusText(
  report: OffersReport,
  {
    paint,
    room,
    command,
  }: { readonly paint: Paint; readonly room: number; readonly command: string },
): readonly string[] {
  if (report.rows.length === 0) return nothingFits(report);
  return [
    ...rowLines(report, paint, room),
    "",
    "Prices and stock are RunPod's at this moment; they may be others when a pod is started.",
    capLine(report),
    `What one would cost: ${command} estimate --gpu NAME --hours HOURS${likeAsked(report)}`,
  ];
}

/** What an estimate takes otherwise: one GPU, in the secure cloud. */
function likeAsked({ filters: { gpuCount, cloud } }: OffersReport): string {
  const count = gpuCount === 1 ? "" : ` --count ${gpuCount}`;
  return `${count}${cloud === undefined ? "" : ` --cloud ${cloud}`}`;
}

function rowLines({ rows, filters }: OffersReport, paint: Paint, room: number): readonly string[] {
  const isOfMany = filters.gpuCount > 1;
  const columns = [
    { heading: "GPU", least: 12 },
    { heading: "MEMORY" },
    { heading: "CLOUD" },
    { heading: isOfMany ? `${filters.gpuCount} GPUS` : "PRICE" },
    ...(isOfMany ? [{ heading: "EACH", goes: 1 }] : []),
    { heading: "STOCK" },
  ];
  const { linesOf, leftOut } = createTable({ columns, room, hasText: true });
  const headings = columns.map(({ heading: text }): Cell => ({ text, style: paint.bold }));
  const cellsOf = (row: OfferRow): readonly Cell[] => [
    { text: cutTo(longestName, oneLine(row.gpuName)) },
    { text: row.memoryGb === undefined ? "unknown" : `${plainNumber(row.memoryGb)} GB` },
    { text: row.cloud },
    { text: priceWords(row.perHrUsd) },
    ...(isOfMany ? [{ text: priceWords(row.perGpuHrUsd) }] : []),
    { text: row.stock, style: row.stock === "none" ? paint.yellow : undefined },
    { text: barredWords(row.barredBy), style: paint.yellow },
  ];
  return [
    ...linesOf([[...headings, { text: "" }], ...rows.map(cellsOf)]),
    ...leftOutLines(leftOut(), "widen the terminal, or see --json"),
  ];
}

function priceWords(perHrUsd: number | undefined): string {
  return perHrUsd === undefined ? "unknown" : perHour(perHrUsd);
}

function barredWords(caps: readonly BarringCap[]): string {
  const words = { max_price_per_hr: "above max_price_per_hr", gpus: "not in your gpus" } as const;
  return caps.map((cap) => words[cap]).join(", ");
}

function capLine({ caps }: OffersReport): string {
  if (caps === undefined) return "The config has no launch, so that none can be started.";
  const gpus = caps.gpus === undefined ? "" : ` of the types ${caps.gpus.map(oneLine).join(", ")}`;
  return `launch in the config: pods${gpus} of at most ${perHour(caps.mostPerHrUsd)}.`;
}

function nothingFits({ filters, loosen }: OffersReport): readonly string[] {
  const { mostPerHrUsd, leastMemoryGb, cloud, gpuCount } = filters;
  const given = [
    ...(mostPerHrUsd === undefined ? [] : ["--max-price"]),
    ...(leastMemoryGb === undefined ? [] : ["--min-vram"]),
    ...(gpuCount === 1 ? [] : ["--count"]),
    ...(cloud === undefined ? [] : ["--cloud"]),
  ];
  if (given.length === 0) return ["RunPod offers nothing now. Try again later."];
  return [
    "Nothing that RunPod offers now fits.",
    ...(loosen.length > 0
      ? loosen.map(looserWords)
      : [`Loosen ${given.join(given.length === 2 ? " and " : ", ")}.`]),
  ];
}

function looserWords({ filter, to }: Loosening): string {
  switch (filter) {
    case "max_price":
      return `The cheapest of what else fits: --max-price ${to}`;
    case "min_vram":
      return `The most memory of what else fits: --min-vram ${to}`;
    case "count":
      return `The most GPUs of what else fits: --count ${to}`;
    case "cloud":
      return `Somewhere else there is one: --cloud ${to}`;
  }
}
