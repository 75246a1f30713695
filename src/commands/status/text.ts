import { lineWords } from "#guard/account/lines/line.ts";
import { oneLine } from "#control-characters.ts";
import { apiWords } from "#guard/account/crossing.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";
import { perHour, spanWords, usd } from "#guard/text.ts";
import { billingLines } from "#report/billing.ts";
import { changeOverWords } from "#report/change-over.ts";
import { heldWords } from "#report/channels/held.ts";
import { hoursLeftWords } from "#report/hours-left.ts";
import type { Known, PodReport } from "#report/pod.ts";
import type { StatusReport, ThresholdReport } from "#report/status/status.ts";
import { aheadLines } from "./ahead-lines.ts";
import { startedByColumn } from "./started-by.ts";
import { clusterLines } from "#commands/cluster-lines.ts";
import { unreadWords } from "#operations/unread-words.ts";
import type { Column } from "#terminal/fit-columns.ts";
import type { Paint } from "#terminal/colors.ts";
import { localTime } from "#terminal/local-time.ts";
import { shortSpan } from "#terminal/short-span.ts";
import { type Cell, createTable, leftOutLines, tableLines } from "#terminal/table.ts";
import { cutTo } from "#terminal/text-width.ts";

const longestName = 24;

export interface StatusText {
  /** The pods, under their heading. */
  readonly pods: readonly string[];
  readonly footer: readonly string[];
}

/** At most so many columns wide, but for words that are longer. */
export function statusText(report: StatusReport, paint: Paint, room: number): StatusText {
  return {
    pods: [...podsHeading(report), ...podLines(report, paint, room)],
    footer: [
      ...balanceLines(report),
      ...billingLines(report.billingMode),
      ...thresholdLines(report, paint),
      ...aheadLines(report, paint),
      daemonLine(report, paint),
      ...interfaceLines(report, paint),
      ...(report.changeOver === undefined
        ? []
        : [paint.yellow(oneLine(changeOverWords(report.changeOver)))]),
      ...(report.unread === undefined ? [] : [paint.red(`config: ${unreadWords(report.unread)}`)]),
      ...(report.isNobodyTold
        ? [
            paint.red(
              "notifications: none, notify and extra_notify_command are empty, so nobody is told",
            ),
          ]
        : []),
      ...channelLines(report, paint),
      ...report.held.map((held) => `notifications: ${heldWords(held)}`),
      ...report.unseen.map(({ what, sinceMs }) =>
        paint.red(
          `blind: the daemon has not seen ${what} since ${localTime(sinceMs)}, ${agoWords(sinceMs, report)}`,
        ),
      ),
      ...report.troubles.map((trouble) => paint.yellow(`trouble: ${oneLine(trouble)}`)),
    ],
  };
}

function channelLines({ channels, command }: StatusReport, paint: Paint): readonly string[] {
  const untested = channels.filter(({ isTested }) => !isTested).map(({ name }) => name);
  if (untested.length === 0) return [];
  return [
    paint.yellow(
      `channels never tested: ${untested.join(", ")}; test them: ${command} notify test ${untested.join(" ")}`,
    ),
  ];
}

function podsHeading(report: StatusReport): readonly string[] {
  const { pods, podsOfMs, podsBecause, blind } = report;
  if (blind === undefined && podsOfMs === undefined && pods !== undefined) return [];
  const why =
    blind !== undefined ? "the poll failed" : (podsBecause ?? "RunPod's answer had no list");
  return [
    pods === undefined || podsOfMs === undefined
      ? `pods: unknown (${why})`
      : `pods: unknown (${why}); as the daemon last saw them, ${agoWords(podsOfMs, report)}:`,
  ];
}

function podLines(
  { pods, unreadablePods }: StatusReport,
  paint: Paint,
  room: number,
): readonly string[] {
  const unreadable =
    unreadablePods > 0
      ? [`and ${unreadablePods} that could not be read: check RunPod's console`]
      : [];
  if (pods === undefined) return unreadable;
  if (pods.length === 0) return unreadable.length > 0 ? unreadable : ["pods: (none)"];
  const starts = startedByColumn(pods);
  const all = [...columns, ...starts];
  const heading = all.map(({ heading: text }): Cell => ({ text, style: paint.bold }));
  const { linesOf, leftOut } = createTable({ columns: all, room });
  return [
    ...linesOf([
      heading,
      ...pods.map((pod) => [...cellsOf(pod, paint), ...starts.map(({ cell }) => cell(pod))]),
    ]),
    ...unreadable,
    ...leftOutLines(leftOut(), "widen the terminal, or see --json"),
    ...pods.flatMap((pod) => clusterLines(pod, room)),
  ];
}

const columns: readonly Column[] = [
  { heading: "ID" },
  { heading: "Name", least: 12 },
  { heading: "GPU", least: 8, goes: 6 },
  { heading: "Status", goes: 3 },
  { heading: "Uptime", goes: 4 },
  { heading: "Idle", goes: 2 },
  { heading: "Time Left" },
  { heading: "Cost Now", goes: 1 },
  { heading: "Est. Total", goes: 5 },
];

function cellsOf(pod: PodReport, paint: Paint): readonly Cell[] {
  const atLeast = pod.isAtLeast ? ">" : "";
  const money = (amount: number): string => `${atLeast}${usd(amount)}`;
  return [
    { text: cutTo(longestName, pod.id) },
    { text: cutTo(longestName, pod.name) },
    { text: cutTo(longestName, shown(pod.gpu, gpuWords)) },
    { text: cutTo(longestName, pod.status ?? "?") },
    { text: shown(pod.uptimeMs, (ms) => `${atLeast}${shortSpan(ms)}`) },
    { text: shown(pod.idleMs, shortSpan) },
    timeLeft(pod, paint),
    { text: shown(pod.costUsd, money) },
    { text: shown(pod.totalUsd, money) },
  ];
}

/** When it will be ended and why: `1m idle`; or what keeps it from that. */
function timeLeft({ heldBy, end, guardedAs, uptimeMs }: PodReport, paint: Paint): Cell {
  if (heldBy !== undefined) return { text: heldBy === "unknown" ? "?" : heldBy };
  if (end === "none" && uptimeMs !== "none") {
    if (guardedAs === "ignore") return { text: "not guarded" };
    if (guardedAs === "notify") return { text: "only told of" };
  }
  if (end === "none" || end === "unknown") return { text: shown(end, String) };
  const { leftMs, guard } = end;
  const reason = guard.replace("_", " ");
  if (leftMs <= 0) return { text: `EXPIRED ${reason}`, style: paint.red };
  if (leftMs >= hourMs) return { text: `${shortSpan(leftMs)} ${reason}` };
  const left = leftMs < minuteMs ? "<1m" : shortSpan(leftMs);
  return { text: `${left} ${reason}`, style: paint.yellow };
}

function gpuWords({ type, count }: { type: string; count: number | undefined }): string {
  return count === undefined || count === 1 ? type : `${count}x ${type}`;
}

function shown<Value>(known: Known<Value>, words: (value: Value) => string): string {
  if (known === "none") return "-";
  return known === "unknown" ? "?" : words(known);
}

function balanceLines(report: StatusReport): readonly string[] {
  const { balance, lastBalance } = report;
  if (balance !== undefined) {
    return [
      `balance: ${usd(balance.balanceUsd)}`,
      `burn: ${rate(balance.burnPerHrUsd)}`,
      `hours left: ${hoursLeftWords(balance)}`,
    ];
  }
  const { estimate } = report.ahead;
  return [
    lastBalance === undefined
      ? "balance: unknown"
      : `balance: unknown; ${agoWords(lastBalance.atMs, report)} it was ${usd(lastBalance.balanceUsd)}, burning ${rate(lastBalance.burnPerHrUsd)}`,
    ...(estimate === undefined
      ? []
      : [
          `estimate: about ${usd(estimate.balanceUsd)} now, if ${perHour(estimate.burnPerHrUsd)} has burned since ${localTime(estimate.sinceMs)}`,
        ]),
    "burn: unknown",
    "hours left: unknown",
  ];
}

function rate(perHrUsd: number | undefined): string {
  return perHrUsd === undefined ? "unknown" : perHour(perHrUsd);
}

function thresholdLines(report: StatusReport, paint: Paint): readonly string[] {
  const rows = report.thresholds.map((threshold): readonly Cell[] => [
    { text: `  ${threshold.name}` },
    { text: lineWords(threshold).padStart(8) },
    {
      text: thresholdWords(threshold, report),
      style: threshold.is === "fired" ? paint.red : undefined,
    },
  ]);
  return ["thresholds:", ...tableLines(rows)];
}

function thresholdWords(threshold: ThresholdReport, report: StatusReport): string {
  const { is, by, trippedAtMs } = threshold;
  if (is === "unknown") return "?";
  if (by === "balance") return `${is} (by the balance; no daemon has polled yet)`;
  return trippedAtMs === undefined ? is : `${is} ${agoWords(trippedAtMs, report)}`;
}

function daemonLine(report: StatusReport, paint: Paint): string {
  const { guardPid, lookedAtMs, isLate } = report;
  if (guardPid === undefined) {
    const last =
      lookedAtMs === undefined ? "no poll yet" : `last poll ${agoWords(lookedAtMs, report)}`;
    return paint.red(`daemon: NOT RUNNING, nothing is guarded; ${last}`);
  }
  if (lookedAtMs === undefined) return `daemon: pid ${guardPid}, has not polled yet`;
  const ago = agoWords(lookedAtMs, report);
  return isLate
    ? paint.red(`daemon: pid ${guardPid}, but LAST POLL ${ago}`)
    : `daemon: pid ${guardPid}, last poll ${ago}`;
}

/** Only where there is something to say: GraphQL decides until then. */
function interfaceLines(report: StatusReport, paint: Paint): readonly string[] {
  const { source, rehearsal } = report;
  const { api, sinceMs, because = "" } = source ?? {};
  const decides =
    api === undefined || sinceMs === undefined
      ? []
      : [`interface: ${apiWords(api)} decides since ${localTime(sinceMs)} (${oneLine(because)})`];
  if (rehearsal === undefined) return decides;
  const ago = agoWords(rehearsal.atMs, report);
  return rehearsal.because === undefined
    ? [...decides, `rehearsal of REST v2: worked ${ago}`]
    : [
        ...decides,
        paint.yellow(`rehearsal of REST v2: FAILED ${ago}: ${oneLine(rehearsal.because)}`),
      ];
}

function agoWords(atMs: number, { nowMs }: StatusReport): string {
  return `${spanWords(Math.max(0, nowMs - atMs))} ago`;
}
