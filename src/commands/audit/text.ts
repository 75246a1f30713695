import { oneLine } from "#control-characters.ts";
import { perHour, usd } from "#guard/text.ts";
import { type AuditReport, isNothingSure } from "#report/audit/audit.ts";
import { listPricesAsOf } from "#report/audit/list-prices.ts";
import type { AuditRow } from "#report/audit/row.ts";
import type { Paint } from "#terminal/colors.ts";
import { type Cell, createTable, leftOutLines } from "#terminal/table.ts";
import { cutTo } from "#terminal/text-width.ts";

const columns = [
  { heading: "A DAY" },
  { heading: "WHAT" },
  { heading: "NAME", least: 8 },
  { heading: "ID", goes: 1 },
] as const;
const longestCell = 24;
/** Nobody reads more; JSON has them all. */
const mostRows = 100;

/** At most so many columns wide, but for words that are longer. */
export function auditText(report: AuditReport, paint: Paint, room: number): readonly string[] {
  return [
    ...rowLines(report, paint, room),
    "",
    ...moneyLines(report),
    ...unreadLines(report, paint),
    "Nothing was changed.",
  ];
}

function rowLines(report: AuditReport, paint: Paint, room: number): readonly string[] {
  const { rows } = report;
  if (isNothingSure(report)) {
    return ["Nothing that bills was found, but not everything could be read: see below."];
  }
  if (rows.length === 0) return ["Nothing that bills was found."];
  const { linesOf, leftOut } = createTable({ columns, room, hasText: true });
  const heading = columns.map(({ heading: text }): Cell => ({ text, style: paint.bold }));
  const shown = rows.slice(0, mostRows);
  const left = rows.slice(mostRows);
  return [
    ...linesOf([[...heading, { text: "" }], ...shown.map((row) => cellsOf(row, paint))]),
    ...(left.length === 0 ? [] : [`and ${left.length} more, ${sumWords(left)}: see --json`]),
    ...leftOutLines(leftOut(), "widen the terminal, or see --json"),
  ];
}

function cellsOf(row: AuditRow, paint: Paint): readonly Cell[] {
  const isWaste = row.load === "idle" || row.isUnattached === true;
  return [
    { text: dayWords(row) },
    { text: row.what },
    { text: cutTo(longestCell, row.name === "" ? "-" : row.name) },
    { text: cutTo(longestCell, row.id ?? "-") },
    {
      text: oneLine(`${row.because}. ${endWords(row)}`),
      style: isWaste ? paint.yellow : undefined,
    },
  ];
}

function dayWords({ perDayUsd, priceFrom }: AuditRow): string {
  if (perDayUsd === undefined) return "unknown";
  return `${priceFrom === "account" ? "" : "about "}${usd(perDayUsd)}`;
}

function endWords({ endWith, isKept, loses }: AuditRow): string {
  if (isKept === true) return endWith;
  if (endWith.startsWith("https:")) return `See: ${endWith}`;
  const lost = loses === undefined ? "" : `, which deletes ${loses} for good`;
  return `End it${lost}: ${endWith}`;
}

function sumWords(rows: readonly AuditRow[]): string {
  const known = rows.filter(({ perDayUsd }) => perDayUsd !== undefined);
  const sum = known.reduce((left, { perDayUsd = 0 }) => left + perDayUsd, 0);
  const unknown = rows.length - known.length;
  const words = `${usd(sum)} a day`;
  return unknown === 0 ? words : `${words} and ${unknown} of unknown cost`;
}

function moneyLines(report: AuditReport): readonly string[] {
  const { rows, balanceUsd, burnPerDayUsd, unexplainedPerDayUsd, spendCapPerHrUsd } = report;
  return [
    `total: ${isNothingSure(report) ? "unknown" : sumWords(rows)}`,
    `balance: ${balanceUsd === undefined ? "unknown" : usd(balanceUsd)}`,
    `burn by RunPod's own word: ${burnPerDayUsd === undefined ? "unknown" : `${usd(burnPerDayUsd)} a day`}`,
    `unexplained: ${restWords(unexplainedPerDayUsd, report)}`,
    `spend cap: ${spendCapPerHrUsd === undefined ? "unknown" : `${perHour(spendCapPerHrUsd)}, checked when something starts; not what burns`}`,
    `"about": a list price as of ${listPricesAsOf} or of RunPod's catalogue now, or what was billed in the last hours`,
  ];
}

const leastUsd = 0.01;

function restWords(rest: number | undefined, { unknown }: AuditReport): string {
  if (rest === undefined) return "unknown, as the burn is";
  if (rest >= leastUsd) {
    const by = unknown === 0 ? "" : `; what is of unknown cost (${unknown}) is part of it`;
    return `${usd(rest)} a day of that${by}`;
  }
  return rest <= -leastUsd ? `nothing; the rows come to ${usd(-rest)} a day more` : "nothing";
}

function unreadLines({ unread }: AuditReport, paint: Paint): readonly string[] {
  const byReason = new Map<string, string[]>();
  for (const { what, because } of unread) {
    byReason.set(because, [...(byReason.get(because) ?? []), what]);
  }
  return [...byReason].map(([because, what]) =>
    paint.yellow(`not readable: ${what.join(", ")}: ${oneLine(because)}`),
  );
}
