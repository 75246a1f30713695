import { lineWords } from "#guard/account/lines/line.ts";
import { clusterLines } from "#commands/cluster-lines.ts";
import { unreadWords } from "#operations/unread-words.ts";
import type { GuardSettings, Settings } from "#config/settings.ts";
import { policyOf } from "#config/policy.ts";
import { type Pod, runStateOf, type Seen } from "#guard/model/account.ts";
import type { LeaseGuard } from "#guard/model/policy.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";
import { perHour, plainNumber, usd } from "#guard/text.ts";
import { billingLines } from "#report/billing.ts";
import { hoursLeftWords } from "#report/hours-left.ts";
import type { TonightRow } from "#report/tonight/sources.ts";
import { paintFor } from "#terminal/colors.ts";
import type { Context } from "#terminal/context.ts";
import { localTime } from "#terminal/local-time.ts";
import { createTable, leftOutLines } from "#terminal/table.ts";
import { columnsOf } from "#terminal/wrap.ts";
import { aheadLines, stoppedWords } from "./ahead.ts";
import { type Found, side } from "./found.ts";
import { apiLines } from "./api.ts";
import { channelLines } from "./channels.ts";
import { launchLines } from "./launch.ts";
import { outsideLines } from "./outside.ts";
import { pageLines } from "./page.ts";
import { ruleLines } from "./rules.ts";
import { tonightLines } from "./tonight.ts";

export function asText(found: Found, context: Context): string {
  const { agentEnds, look, settings, drilledAt, rules, proxy, warnings, rows } = found;
  const { balanceUsd, burnPerHrUsd } = look;
  const width = Math.max(...settings.thresholds.map(({ name }) => name.length));
  return [
    `balance: ${usd(balanceUsd)}`,
    ...billingLines(found.billingMode),
    ...podLines(look, columnsOf(context)),
    ...ruleLines(rules),
    `burn: ${burnPerHrUsd === undefined ? "unknown" : perHour(burnPerHrUsd)}`,
    `hours left: ${hoursLeftWords(look)}`,
    "thresholds:",
    ...settings.thresholds.map(
      ({ name, ...line }) =>
        `  ${name.padEnd(width)}  ${lineWords(line).padStart(8)}  balance is ${side(line, look)}`,
    ),
    ...(found.worstCase === undefined ? [] : [`worst case: ${found.worstCase}`]),
    ...guardLines(settings.guards),
    ...launchLines(settings),
    ...aheadLines(settings),
    ...channelLines(
      found.channels,
      policyOf(settings, context.paces).podGuards.command,
      Date.now(),
    ),
    ...heartbeatLines(settings),
    ...outsideLines(found.outside),
    ...pageLines(settings, policyOf(settings, context.paces).podGuards.command),
    ...(agentEnds === undefined ? [] : [`the agent ends pods with: ${agentEnds}`]),
    ...(proxy === undefined ? [] : [`proxy: ${proxy}`]),
    ...apiLines(found),
    `API key: ${settings.apiKeyFrom}`,
    ...daemonLines(found, context),
    `last good drill: ${drilledAt === undefined ? `never; run ${policyOf(settings, context.paces).podGuards.command} drill` : localTime(drilledAt.getTime())}`,
    ...warningLines(warnings, rows),
    ...tonightLines(rows, paintFor(context), columnsOf(context)),
  ].join("\n");
}

function heartbeatLines({ heartbeat }: Settings): readonly string[] {
  return heartbeat === undefined ? [] : [`heartbeat: every ${heartbeat.everyMs / 1_000} s`];
}

/** Those among the rows are shown there. */
function warningLines(warnings: readonly string[], rows: readonly TonightRow[]): readonly string[] {
  if (warnings.length > 0) {
    return ["warnings (what would fail at 3 a.m.):", ...warnings.map((each) => `  ${each}`)];
  }
  const marked = rows.filter(({ isWarning }) => isWarning).length;
  return [marked === 0 ? "warnings: (none)" : `warnings: ${marked} below, marked with !`];
}

/** Whether the config that is checked guards anything yet. */
function daemonLines({ guardPid, settings, unread }: Found, { paces }: Context): readonly string[] {
  if (guardPid === undefined) {
    const { command } = policyOf(settings, paces).podGuards;
    return [`daemon: NOT RUNNING, nothing is guarded; start it: ${command} watch`];
  }
  return [
    `daemon: pid ${guardPid}`,
    ...(unread === undefined ? [] : [`config: ${unreadWords(unread)}`]),
  ];
}

function podLines({ pods, unreadablePods }: Seen, room: number): readonly string[] {
  if (pods === "unknown") return ["pods: unknown (RunPod's answer had no list)"];
  const unreadable =
    unreadablePods > 0
      ? [`  and ${unreadablePods} that could not be read: check RunPod's console`]
      : [];
  if (pods.length === 0 && unreadable.length === 0) return ["pods: (none)"];
  const { linesOf, leftOut } = createTable({ columns: podColumns, room: room - indent.length });
  const rows = pods.map((pod) => [pod.id, pod.name, rate(pod), pod.word ?? "status unknown"]);
  return [
    "pods:",
    ...[
      ...linesOf(rows.map((row) => row.map((text) => ({ text })))),
      ...leftOutLines(leftOut(), "widen the terminal, or see --json"),
      ...pods.flatMap((pod) => clusterLines(pod, room - indent.length)),
    ].map((line) => indent + line),
    ...unreadable,
  ];
}

const indent = "  ";
const podColumns = [
  { heading: "the id" },
  { heading: "the name", least: 12 },
  { heading: "the price", goes: 2 },
  { heading: "the status", goes: 1 },
] as const;

/** What has ended costs nothing an hour but its volume. */
function rate(pod: Pod): string {
  const { costPerHrUsd } = pod;
  if (runStateOf(pod) === "ended") return "-";
  return costPerHrUsd === undefined ? "unknown/h" : perHour(costPerHrUsd);
}

/** The guards of single pods: what they do and when. */
function guardLines({
  hardTimeout,
  lease,
  idle,
  stopped,
  warnMs,
}: GuardSettings): readonly string[] {
  const rows = [
    hardTimeout && ["hard_timeout", hardTimeout.action, `after ${hoursOf(hardTimeout.afterMs)} h`],
    lease && ["lease", lease.action, leaseWords(lease)],
    idle && ["idle", idle.action, `after ${plainNumber(idle.afterMs / minuteMs)} min`],
    stopped && ["stopped", stopped.action, stoppedWords(stopped)],
  ].filter((row) => row !== undefined);
  if (rows.length === 0) return ["guards: (none)"];
  const warned =
    warnMs === 0
      ? "no warning before a stop"
      : `warning ${plainNumber(warnMs / minuteMs)} min before a stop`;
  return [
    `guards (${warned}):`,
    ...rows.map(
      ([name = "", action = "", words]) => `  ${name.padEnd(12)}  ${action.padEnd(9)}  ${words}`,
    ),
  ];
}

function leaseWords({ defaultMs, maxMs }: LeaseGuard): string {
  const most = `at most ${hoursOf(maxMs)} h`;
  return defaultMs === undefined
    ? `only when you give one, ${most}`
    : `after ${hoursOf(defaultMs)} h unless you give more, ${most}`;
}

function hoursOf(ms: number): string {
  return plainNumber(ms / hourMs);
}
