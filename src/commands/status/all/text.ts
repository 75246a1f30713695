import { oneLine } from "#control-characters.ts";
import { wordsOf } from "#errors.ts";
import { hoursLeft } from "#guard/account/lines/line.ts";
import { perHour, spanWords, usd } from "#guard/text.ts";
import type { StatusReport } from "#report/status/status.ts";
import type { Paint } from "#terminal/colors.ts";
import type { Column } from "#terminal/fit-columns.ts";
import { type Cell, createTable, leftOutLines } from "#terminal/table.ts";
import type { AccountStatus } from "./read-all.ts";

const columns: readonly Column[] = [
  { heading: "Account" },
  { heading: "Balance" },
  { heading: "Burn", goes: 2 },
  { heading: "Hours Left", goes: 1 },
  { heading: "Pods", goes: 3 },
];
const unknown: readonly Cell[] = columns.slice(1).map(() => ({ text: "?" }));

/** A row an account, with what is wrong behind it; at most so many columns wide, but for words that are longer. */
export function accountLines(
  accounts: readonly AccountStatus[],
  paint: Paint,
  room: number,
): readonly string[] {
  const heading = columns.map(({ heading: text }): Cell => ({ text, style: paint.bold }));
  const { linesOf, leftOut } = createTable({ columns, room, hasText: true });
  const rows = accounts.map((account) => rowOf(account, paint));
  return [
    ...linesOf([[...heading, { text: "" }], ...rows]),
    ...leftOutLines(leftOut(), "widen the terminal, or see --json"),
  ];
}

function rowOf({ name, found, sameKeyAs }: AccountStatus, paint: Paint): readonly Cell[] {
  const first = { text: oneLine(name) };
  if (found.kind === "unread") {
    return [first, ...unknown, { text: `CANNOT BE READ: ${inOne(found.error)}`, style: paint.red }];
  }
  const { report, fault } = found;
  const { grave, other } = wrongWith(report, fault, sameKeyAs);
  const style = grave.length > 0 ? paint.red : paint.yellow;
  return [
    first,
    ...moneyOf(report),
    podsOf(report),
    { text: [...grave, ...other].join("; "), style },
  ];
}

function moneyOf({ balance }: StatusReport): readonly Cell[] {
  if (balance === undefined) return [{ text: "?" }, { text: "?" }, { text: "?" }];
  const { balanceUsd, burnPerHrUsd } = balance;
  const hours = hoursLeft(balance);
  return [
    { text: usd(balanceUsd) },
    { text: burnPerHrUsd === undefined ? "?" : perHour(burnPerHrUsd) },
    { text: hours === undefined ? "?" : hours < Infinity ? hours.toFixed(1) : "unlimited" },
  ];
}

/** Those that are not known to have ended, of all; nothing that was seen a while ago. */
function podsOf({ pods, podsOfMs, unreadablePods }: StatusReport): Cell {
  if (pods === undefined || podsOfMs !== undefined) return { text: "?" };
  const running = pods.filter(({ uptimeMs }) => uptimeMs !== "none").length;
  const all = pods.length === running ? String(running) : `${running} of ${pods.length}`;
  return { text: unreadablePods === 0 ? all : `${all} + ?` };
}

/** What keeps an account from being guarded, and what else its owner should know. */
function wrongWith(
  report: StatusReport,
  fault: Error | undefined,
  sameKeyAs: readonly string[],
): { readonly grave: readonly string[]; readonly other: readonly string[] } {
  const { troubles, unread, isNobodyTold, lastBalance } = report;
  const fired = report.thresholds.findLast(({ is }) => is === "fired");
  const used = report.ahead.budgets.filter(
    ({ trippedAtMs, period }) => trippedAtMs !== undefined && period?.unfrozenAtMs === undefined,
  );
  return {
    grave: [
      ...daemonWords(report),
      ...report.unseen.map(({ what, sinceMs }) => `BLIND to ${what} for ${span(sinceMs, report)}`),
      ...(fault === undefined ? [] : [inOne(fault)]),
      ...(fault === undefined || lastBalance === undefined
        ? []
        : [`${usd(lastBalance.balanceUsd)} ${span(lastBalance.atMs, report)} ago`]),
      ...(fired === undefined ? [] : [`below ${oneLine(fired.name)}`]),
      ...(isNobodyTold ? ["nobody is told"] : []),
      ...(sameKeyAs.length === 0 ? [] : [`has the API key of ${fewNames(sameKeyAs)}`]),
    ],
    other: [
      ...used.map(({ budget }) => `budget ${oneLine(budget.name)} is used up`),
      ...(unread === undefined ? [] : ["the daemon has not read its config again"]),
      // What a failed poll lacks as well is no second trouble; `status` of the account tells all.
      ...(fault === undefined ? troubles.map((trouble) => `trouble: ${oneLine(trouble)}`) : []),
    ],
  };
}

function daemonWords(report: StatusReport): readonly string[] {
  const { guardPid, lookedAtMs, isLate } = report;
  if (guardPid === undefined) {
    const last = lookedAtMs === undefined ? "" : `, last poll ${span(lookedAtMs, report)} ago`;
    return [`daemon NOT RUNNING${last}`];
  }
  if (lookedAtMs === undefined) return ["the daemon has not polled yet"];
  return isLate ? [`LAST POLL ${span(lookedAtMs, report)} ago`] : [];
}

function span(sinceMs: number, { nowMs }: StatusReport): string {
  return spanWords(Math.max(0, nowMs - sinceMs));
}

/** Part of a row: without the full stop, and in one line. */
function inOne(error: unknown): string {
  return oneLine(wordsOf(error)).replaceAll(/ +/g, " ").replace(/\.$/, "");
}

const mostNamed = 3;

/** A few of them, and how many more there are. */
export function fewNames(names: readonly string[], most = mostNamed): string {
  const more = names.length > most ? ` and ${names.length - most} more` : "";
  return `${names.slice(0, most).map(oneLine).join(", ")}${more}`;
}
