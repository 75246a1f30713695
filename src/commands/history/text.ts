import { cleanName, oneLine } from "#control-characters.ts";
import type { HistoryRecord } from "#guard/model/run.ts";
import { plainNumber, podWords, usd } from "#guard/text.ts";
import type { HistorySummary, Saved } from "#report/history-summary.ts";
import type { HistoryReport } from "#report/history.ts";
import { savedWords } from "#report/saved-words.ts";
import { localTime } from "#terminal/local-time.ts";
import { shortSpan } from "#terminal/short-span.ts";
import { type Cell, createTable, leftOutLines } from "#terminal/table.ts";
import { cutTo } from "#terminal/text-width.ts";

const longestReason = 32;
const longestPod = 44;
/** Of a record, before what it says. */
const columns = [
  { heading: "the time" },
  { heading: "what" },
  { heading: "why", least: 8, goes: 1 },
  { heading: "the pod", least: 10 },
  { heading: "the uptime", goes: 3 },
  { heading: "the cost", goes: 2 },
] as const;
/** More lines than these are not held to set their columns below each other. */
const alignedAtOnce = 5_000;

/** One line for each event, and the totals; in parts, each ending where a line does. */
export async function* historyText(
  { events, summary }: HistoryReport,
  ofHours: number,
  room: number,
): AsyncGenerator<string> {
  const { linesOf, leftOut } = createTable({ columns, room, hasText: true });
  let waiting: (readonly Cell[])[] = [];
  let told = 0;
  for await (const records of events()) {
    for (const record of records) waiting.push(cellsOf(record));
    if (told === 0 && waiting.length < alignedAtOnce) continue;
    yield linesOf(waiting).join("\n");
    told += waiting.length;
    waiting = [];
  }
  if (waiting.length > 0) yield linesOf(waiting).join("\n");
  if (waiting.length + told === 0) yield "no events";
  yield* leftOutLines(leftOut(), "widen the terminal, or see --json");
  yield ["", ...summaryLines(summary(), ofHours)].join("\n");
}

function cellsOf({ atMs, type, reason, run, because }: HistoryRecord): readonly Cell[] {
  return [
    localTime(atMs),
    type,
    cutTo(longestReason, cleanName(reason ?? "-")),
    run === undefined
      ? "-"
      : cutTo(longestPod, podWords({ id: cleanName(run.podId), name: cleanName(run.podName) })),
    run === undefined ? "-" : run.uptimeMs === undefined ? "?" : shortSpan(run.uptimeMs),
    run === undefined ? "-" : run.costUsd === undefined ? "?" : usd(run.costUsd),
    oneLine(because),
  ].map((text) => ({ text }));
}

export function summaryLines(
  { sessions, hours, costUsd, saved }: HistorySummary,
  ofHours: number,
): readonly string[] {
  return [
    `runs that ended in the last ${plainNumber(ofHours)} h: ${sessions}`,
    `hours: ${hours.total.toFixed(1)}${alsoUnknown(hours.unknown, "time")}`,
    `cost: ${usd(costUsd.total)}${alsoUnknown(costUsd.unknown, "cost")}`,
    savedLine(saved),
  ];
}

function savedLine(saved: Saved): string {
  const endsByReason = saved.endsByReason.map(({ reason, count }) => ({
    reason: cleanName(reason),
    count,
  }));
  return savedWords({ ...saved, endsByReason });
}

function alsoUnknown(count: number, what: string): string {
  return count === 0 ? "" : `, and ${count} of unknown ${what}`;
}
