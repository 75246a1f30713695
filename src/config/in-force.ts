import { createHash } from "node:crypto";
import { resolve } from "node:path";
import type { InForce } from "#guard/model/state.ts";
import type { Budget, Policy, Repeats, Schedule } from "#guard/model/policy.ts";
import { isMarkOf, secretMark } from "./secret-mark.ts";
import type { Settings } from "./settings.ts";

/** By setting, the key of the config that it is made of. */
const keyOf = {
  pollIntervalMs: "poll_interval_seconds",
  maxRuntimeMs: "max_runtime_seconds",
  stateFile: "state_file",
  logFile: "log_file",
  claudeCommand: "claude_command",
  claudeTimeoutMs: "claude_timeout_seconds",
  claudeAttempts: "claude_attempts",
  agentPermissions: "agent_permissions",
  agentMaxTurns: "agent_max_turns",
  agentMaxBudgetUsd: "agent_max_budget_usd",
  notifyCommand: "extra_notify_command",
  notifyPassesKey: "pass_api_key",
  notifyTimeoutMs: "notify_timeout_seconds",
  channels: "notify",
  heartbeat: "heartbeat",
  brief: "brief",
  http: "http",
  outside: "outside",
  blindAfterMs: "blind_after_seconds",
  protect: "protect",
  thresholds: "thresholds",
  guards: "guards",
  budgets: "budgets",
  schedules: "schedules",
  foreignPods: "foreign_pods",
  tripsOnEstimate: "trip_on_estimate",
  poll: "poll",
  historyDays: "history_days",
  dryRun: "dry_run",
  api: "api",
  runpodUrl: "runpod_url",
  restUrl: "rest_url",
  restBalancePath: "rest_balance_path",
} as const satisfies Partial<Record<keyof Settings, string>>;

type Marked = keyof typeof keyOf;

/** They hold secrets that may be short: a plain hash of one could be tried out. */
const holdSecrets: readonly Marked[] = ["channels", "heartbeat", "http", "outside"];

/** What can only be chosen at the start of the daemon. */
export const chosenAtStart = ["stateFile", "logFile", "dryRun", "maxRuntimeMs"] as const;

const needsRestart: readonly string[] = chosenAtStart.map((key) => keyOf[key]);

/** What a daemon has in force. Nothing secret: of commands and prompts only that they changed can be told. */
export function inForceOf(
  settings: Settings,
  { thresholds, protect, podGuards, budgets, tripsOnEstimate }: Policy,
  by: Pick<InForce, "pid" | "sinceMs" | "timeZone">,
): InForce {
  const { warnMs, maxEndsPerHour, gapMs, hardTimeout, lease, idle, stopped } = podGuards;
  const { schedules, foreign } = podGuards;
  return {
    ...by,
    // Whoever reads it stands elsewhere.
    configPath: resolve(settings.configPath),
    marks: marksOf(settings),
    policy: {
      thresholds,
      protect,
      ...(budgets !== undefined && { budgets: budgets.map(plainBudget) }),
      ...(tripsOnEstimate !== undefined && { tripsOnEstimate }),
      podGuards: {
        warnMs,
        maxEndsPerHour,
        gapMs,
        hardTimeout: hardTimeout && {
          action: hardTimeout.action,
          pods: hardTimeout.pods,
          ...(hardTimeout.clusters !== undefined && { clusters: hardTimeout.clusters }),
          afterMs: hardTimeout.afterMs,
          ...repeatsOf(hardTimeout),
        },
        lease: lease && {
          action: lease.action,
          pods: lease.pods,
          ...(lease.clusters !== undefined && { clusters: lease.clusters }),
          defaultMs: lease.defaultMs,
          maxMs: lease.maxMs,
          ...repeatsOf(lease),
        },
        idle: idle && {
          action: idle.action,
          pods: idle.pods,
          ...(idle.clusters !== undefined && { clusters: idle.clusters }),
          afterMs: idle.afterMs,
          gpuPercent: idle.gpuPercent,
          cpuPercent: idle.cpuPercent,
          gpuMemoryPercent: idle.gpuMemoryPercent,
          bootGraceMs: idle.bootGraceMs,
          hasProbes: idle.hasProbes,
          ...repeatsOf(idle),
        },
        ...(stopped !== undefined && { stopped }),
        ...(schedules !== undefined && { schedules: schedules.map(plainSchedule) }),
        ...(foreign !== undefined && { foreign }),
      },
    },
  };
}

function repeatsOf({ remind, tellsResolved }: Repeats): Repeats {
  return {
    ...(remind !== undefined && { remind }),
    ...(tellsResolved !== undefined && { tellsResolved }),
  };
}

function plainBudget(budget: Budget): Budget {
  const { name, limitUsd, per, pods, action, freezes } = budget;
  const ofPods = pods !== undefined && { pods };
  return { name, limitUsd, per, ...ofPods, action, freezes, ...repeatsOf(budget) };
}

function plainSchedule({ name, action, pods }: Schedule): Schedule {
  return { name, action, pods };
}

/** The config differs from what the daemon has in force. */
export interface Unread {
  readonly keys: readonly string[];
  readonly sinceMs: number;
  readonly pid: number;
  /** Some of it is read only at the start. */
  readonly needsRestart: boolean;
}

/** What has changed in the config since the daemon read it; undefined: nothing, or nobody knows. */
export function unreadBy({ marks, sinceMs, pid }: InForce, settings: Settings): Unread | undefined {
  const keys = (Object.keys(keyOf) as readonly Marked[]).flatMap((setting) => {
    const key = keyOf[setting];
    const mark = Object.hasOwn(marks, key) ? marks[key] : undefined;
    if (mark !== undefined && isUnknown(setting, settings)) return [];
    const isUnread =
      mark === undefined ? isAskedFor(setting, settings) : !isUnchanged(mark, setting, settings);
    return isUnread ? [key] : [];
  });
  if (keys.length === 0) return undefined;
  const isOlder = keys.some((key) => !Object.hasOwn(marks, key));
  return {
    keys,
    sinceMs,
    pid,
    needsRestart: isOlder || keys.some((key) => needsRestart.includes(key)),
  };
}

/** Whether it asks for something that a daemon of an older version, which has no such key, does not do. */
function isAskedFor(setting: Marked, settings: Settings): boolean {
  const { channels, heartbeat, brief, http, outside } = settings;
  const { budgets, schedules, foreignPods, tripsOnEstimate } = settings;
  const asked: Partial<Record<Marked, boolean>> = {
    channels: channels.length > 0,
    heartbeat: heartbeat !== undefined,
    brief: brief !== undefined,
    http: http !== undefined,
    outside: outside !== undefined,
    budgets: budgets.length > 0,
    schedules: schedules.length > 0,
    foreignPods: foreignPods !== undefined,
    tripsOnEstimate: tripsOnEstimate === true,
  };
  return asked[setting] ?? false;
}

/** Whoever reads the config here may lack a variable that the daemon has. */
function isUnknown(setting: Marked, { missing }: Settings): boolean {
  return missing !== undefined && holdSecrets.includes(setting);
}

function marksOf(settings: Settings): Readonly<Record<string, string>> {
  const keys = Object.keys(keyOf) as readonly Marked[];
  return Object.fromEntries(keys.map((key) => [keyOf[key], markOf(key, settings)]));
}

function isUnchanged(mark: string, key: Marked, settings: Settings): boolean {
  const text = textOf(key, settings);
  return isSecret(key, text) ? isMarkOf(mark, text) : mark === plainMark(text);
}

function markOf(key: Marked, settings: Settings): string {
  const text = textOf(key, settings);
  return isSecret(key, text) ? secretMark(text) : plainMark(text);
}

function isSecret(key: Marked, text: string): boolean {
  return holdSecrets.includes(key) && text !== "" && text !== "[]";
}

function plainMark(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

function textOf(key: Marked, settings: Settings): string {
  const { ownPodId } = settings;
  // A shell in the daemon's own pod may not know that pod's id.
  const value =
    key === "protect" && ownPodId !== undefined ? settings.protect.slice(0, -1) : settings[key];
  return JSON.stringify(value) ?? "";
}
