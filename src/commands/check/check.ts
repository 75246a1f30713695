import { minuteMs, hourMs } from "#guard/model/time.ts";
import { cannotLook } from "#commands/account-error.ts";
import { unreadBy } from "#config/in-force.ts";
import { policyOf } from "#config/policy.ts";
import { loadConfig } from "#config/load.ts";
import type { GuardSettings, Settings } from "#config/settings.ts";
import { unsentNotices } from "#report/notices.ts";
import { UserError } from "#errors.ts";
import { withKept } from "#guard/account/kept.ts";
import type { GuardState } from "#guard/model/state.ts";
import { identityOf } from "#process/identity.ts";
import { watcherOf } from "#store/lock/pid-lock.ts";
import { type Pod, runStateOf, type Seen } from "#guard/model/account.ts";
import type { LeaseGuard } from "#guard/model/policy.ts";
import { type RulesInUse, rulesInUse } from "#guard/rules-in-use.ts";
import { perHour, plainNumber, rounded, usd } from "#guard/text.ts";
import { proxyOf, proxyWords } from "#http-proxy.ts";
import { hoursLeft, hoursLeftWords } from "#report/hours-left.ts";
import { savedState } from "#report/snapshot.ts";
import { createAccount } from "#runpod/account.ts";
import { createClock } from "#clock.ts";
import { lastGoodDrill } from "#store/drill-file.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import type { TonightRow } from "#report/tonight/sources.ts";
import { paintFor } from "#terminal/colors.ts";
import { createTable, leftOutLines } from "#terminal/table.ts";
import { localTime } from "#terminal/local-time.ts";
import { columnsOf } from "#terminal/wrap.ts";
import { missingPrograms } from "#commands/missing-programs.ts";
import { unreadWords } from "#commands/unread-words.ts";
import { runnerFor } from "#commands/runner-for.ts";
import { preflight } from "./preflight.ts";
import { ruleLines, rulesJson, unsurePods } from "./rules.ts";
import { rowWords, tonightLines, tonightWith } from "./tonight.ts";

export interface CheckOptions extends GlobalOptions {
  readonly json: boolean;
  readonly strict: boolean;
}

/** Polls the account once, and warns of what would fail at 3 a.m. */
export async function check(options: CheckOptions, context: Context): Promise<void> {
  const settings = await loadConfig(options.config, context.env, context.paces);
  context.hide(settings.secrets);
  const { runpodUrl: url, apiKey } = settings;
  const { request } = context.paces;
  const account = createAccount({ url, apiKey, clock: createClock(), request });
  const look = await account.look(context.interrupted);
  if (look.kind === "blind") throw cannotLook(look, settings);
  const drilledAt = await lastGoodDrill(settings.stateFile);
  const { saved } = await savedState(settings.stateFile);
  const warnings = [
    ...settings.warnings,
    ...(await preflight(settings, { ...context, runner: runnerFor(settings, context) })),
    ...unsurePods(look),
    ...(look.balanceUsd < 0
      ? ["the balance is below zero: RunPod may stop or delete every pod at any moment; top it up"]
      : []),
    ...tooLate(look, settings),
    ...unsentNotices(saved, Date.now()),
  ];
  const guardPid = await watcherOf(settings.stateFile, identityOf);
  const missing = await missingPrograms(settings, context.env);
  const rows = tonightWith(settings, look.pods, context.paces, missing);
  const through = proxyOf(new URL(url), context.env);
  const proxy = through.kind === "proxy" ? proxyWords(through) : undefined;
  const asWritten = policyOf(settings, context.paces);
  const rules = rulesInUse(look, withKept(asWritten, saved), asWritten);
  const found: Found = { look, settings, drilledAt, rules, proxy, warnings, rows, guardPid, saved };

  if (options.json) context.printData(JSON.stringify(asJson(found), null, 2));
  else context.print(asText(found, context));
  // What no config can mend is shown, but is no reason to refuse one.
  const count = warnings.length + rows.filter((row) => row.isWarning && row.isMendable).length;
  if (options.strict && count > 0) {
    throw new UserError(`${warningsWords(count)}, which --strict makes an error.`);
  }
}

/** All that is shown. */
interface Found {
  readonly look: Seen;
  readonly settings: Settings;
  readonly drilledAt: Date | undefined;
  readonly rules: RulesInUse | undefined;
  /** The proxy through which RunPod is asked. */
  readonly proxy: string | undefined;
  /** Apart from those among the rows. */
  readonly warnings: readonly string[];
  readonly rows: readonly TonightRow[];
  /** The daemon's, when it runs. */
  readonly guardPid: number | undefined;
  readonly saved: GuardState;
}

/** Whether the config that is checked guards anything yet. */
function daemonLines(
  guardPid: number | undefined,
  { inForce }: GuardState,
  settings: Settings,
  { paces }: Context,
): readonly string[] {
  if (guardPid === undefined) {
    const { command } = policyOf(settings, paces).podGuards;
    return [`daemon: NOT RUNNING, nothing is guarded; start it: ${command} watch`];
  }
  const unread = inForce?.pid === guardPid ? unreadBy(inForce, settings) : undefined;
  return [
    `daemon: pid ${guardPid}`,
    ...(unread === undefined ? [] : [`config: ${unreadWords(unread)}`]),
  ];
}

function asText(
  { look, settings, drilledAt, rules, proxy, warnings, rows, guardPid, saved }: Found,
  context: Context,
): string {
  const { balanceUsd, burnPerHrUsd } = look;
  const width = Math.max(...settings.thresholds.map(({ name }) => name.length));
  return [
    `balance: ${usd(balanceUsd)}`,
    ...podLines(look, columnsOf(context)),
    ...ruleLines(rules),
    `burn: ${burnPerHrUsd === undefined ? "unknown" : perHour(burnPerHrUsd)}`,
    `hours left: ${hoursLeftWords(hoursLeft(look))}`,
    "thresholds:",
    ...settings.thresholds.map(
      ({ name, belowUsd }) =>
        `  ${name.padEnd(width)}  ${usd(belowUsd).padStart(8)}  balance is ${side(balanceUsd, belowUsd)}`,
    ),
    ...guardLines(settings.guards),
    ...(proxy === undefined ? [] : [`proxy: ${proxy}`]),
    `API key: ${settings.apiKeyFrom}`,
    ...daemonLines(guardPid, saved, settings, context),
    `last good drill: ${drilledAt === undefined ? "never; run runpodboss drill" : localTime(drilledAt.getTime())}`,
    ...warningLines(warnings, rows),
    ...tonightLines(rows, paintFor(context), columnsOf(context)),
  ].join("\n");
}

/** Those among the rows are shown there. */
function warningLines(warnings: readonly string[], rows: readonly TonightRow[]): readonly string[] {
  if (warnings.length > 0) {
    return ["warnings (what would fail at 3 a.m.):", ...warnings.map((each) => `  ${each}`)];
  }
  const marked = rows.filter(({ isWarning }) => isWarning).length;
  return [marked === 0 ? "warnings: (none)" : `warnings: ${marked} below, marked with !`];
}

function warningsWords(count: number): string {
  return count === 1 ? "1 warning" : `${count} warnings`;
}

/** Backstops that, at the present burn, would come after the money is gone. */
function tooLate({ burnPerHrUsd }: Seen, settings: Settings): readonly string[] {
  if (burnPerHrUsd === undefined || burnPerHrUsd === 0) return [];
  return settings.thresholds.flatMap(({ name, belowUsd, backstop }) => {
    if (backstop === undefined) return [];
    const lastsS = (belowUsd / burnPerHrUsd) * 3600;
    const neededS = (settings.pollIntervalMs + backstop.afterMs) / 1000 + 30;
    if (lastsS >= neededS) return [];
    const enough = usd(Math.ceil((burnPerHrUsd * neededS) / 36) / 100);
    return [
      `threshold ${name}: at ${perHour(burnPerHrUsd)}, ${usd(belowUsd)} lasts ${lastsS.toFixed(0)} s, but the backstop may need ${neededS} s; raise below_usd to ${enough} or more`,
    ];
  });
}

function podLines({ pods, unreadablePods }: Seen, room: number): readonly string[] {
  if (pods === "unknown") return ["pods: unknown (RunPod's answer had no list)"];
  const unreadable =
    unreadablePods > 0
      ? [`  and ${unreadablePods} that could not be read: check RunPod's console`]
      : [];
  if (pods.length === 0 && unreadable.length === 0) return ["pods: (none)"];
  const { linesOf, leftOut } = createTable({ columns: podColumns, room: room - indent.length });
  const rows = pods.map((pod) => [pod.id, pod.name, rate(pod), pod.status ?? "status unknown"]);
  return [
    "pods:",
    ...[
      ...linesOf(rows.map((row) => row.map((text) => ({ text })))),
      ...leftOutLines(leftOut(), "widen the terminal, or see --json"),
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

function side(balanceUsd: number, belowUsd: number): "below" | "above" {
  return balanceUsd < belowUsd ? "below" : "above";
}

/** `null` means unknown, but for `hours_left`, where it also means that nothing burns. */
function asJson({
  look,
  settings,
  drilledAt,
  rules,
  proxy,
  warnings,
  rows,
  guardPid,
}: Found): object {
  const hours = hoursLeft(look);
  return {
    api_key_from: settings.apiKeyFrom,
    daemon_pid: guardPid ?? null,
    balance_usd: rounded(look.balanceUsd),
    burn_per_hr_usd: roundedOrNull(look.burnPerHrUsd),
    hours_left: hours === Infinity ? null : roundedOrNull(hours),
    pods:
      look.pods === "unknown"
        ? null
        : look.pods.map((pod) => ({
            id: pod.id,
            name: pod.rawName === undefined ? null : pod.name,
            cost_per_hr_usd: runStateOf(pod) === "ended" ? null : roundedOrNull(pod.costPerHrUsd),
            status: pod.status ?? null,
          })),
    unreadable_pods: look.unreadablePods,
    ...rulesJson(rules),
    thresholds: settings.thresholds.map(({ name, belowUsd }) => ({
      name,
      below_usd: belowUsd,
      balance_is: side(look.balanceUsd, belowUsd),
    })),
    guards: guardsJson(settings.guards),
    proxy: proxy ?? null,
    last_good_drill: drilledAt?.toISOString() ?? null,
    warnings: [...warnings, ...rows.filter(({ isWarning }) => isWarning).map(rowWords)],
    tonight: rows.map(({ when, outcome, isWarning }) => ({
      when,
      outcome,
      is_warning: isWarning,
    })),
  };
}

function roundedOrNull(value: number | undefined): number | null {
  return value === undefined ? null : rounded(value);
}

/** The guards of single pods: what they do and when. */
function guardLines({ hardTimeout, lease, idle, warnMs }: GuardSettings): readonly string[] {
  const rows = [
    hardTimeout && ["hard_timeout", hardTimeout.action, `after ${hoursOf(hardTimeout.afterMs)} h`],
    lease && ["lease", lease.action, leaseWords(lease)],
    idle && ["idle", idle.action, `after ${plainNumber(idle.afterMs / minuteMs)} min`],
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

/** `null` means off. */
function guardsJson({ idle, lease, hardTimeout, warnMs }: GuardSettings): object {
  return {
    idle: idle ? { action: idle.action, after_minutes: idle.afterMs / minuteMs } : null,
    lease: lease
      ? {
          action: lease.action,
          default_hours: lease.defaultMs === undefined ? null : lease.defaultMs / hourMs,
          max_hours: lease.maxMs / hourMs,
        }
      : null,
    hard_timeout: hardTimeout
      ? { action: hardTimeout.action, hours: hardTimeout.afterMs / hourMs }
      : null,
    warn_minutes: warnMs / minuteMs,
  };
}
