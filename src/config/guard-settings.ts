import type { StoppedGuard } from "#guard/model/policy.ts";
import { minuteMs, hourMs } from "#guard/model/time.ts";
import { repeatsOf } from "#config/ahead/repeats-schema.ts";
import { defaultPrompts } from "./default-prompts.ts";
import { withProgram } from "./paths.ts";
import { idle as idleSchema } from "./guards-schema.ts";
import type { ConfigFile } from "./schema.ts";
import type { ActivityMetric, GuardSettings } from "./settings.ts";

type Guards = ConfigFile["guards"];
type Metric = NonNullable<Guards["idle"]>["activity_metrics"][number];

/** The guards of single pods, as the program uses them. */
export function guardSettingsOf(file: Guards): GuardSettings {
  return {
    hardTimeout: file.hard_timeout ? hardTimeoutOf(file.hard_timeout) : undefined,
    lease: file.lease ? leaseOf(file.lease) : undefined,
    idle: file.idle ? idleOf(file.idle) : undefined,
    ...(file.stopped && { stopped: stoppedOf(file.stopped) }),
    warnMs: spanMs(file.warn_minutes, minuteMs),
    maxEndsPerHour: file.max_ends_per_hour,
    beforeStopCommand: withProgram(file.before_stop_command ?? []),
    ...(file.pass_api_key && { beforeStopPassesKey: true }),
    beforeStopTimeoutMs: file.before_stop_timeout_seconds * 1000,
    ...(file.before_stop_must_succeed && { beforeStopMustSucceed: true }),
  };
}

function hardTimeoutOf(
  file: NonNullable<Guards["hard_timeout"]>,
): NonNullable<GuardSettings["hardTimeout"]> {
  const { hours, action, pods, clusters, prompt = defaultPrompts.hard_timeout } = file;
  return {
    afterMs: spanMs(hours, hourMs),
    action,
    pods,
    ...named(clusters),
    prompt,
    ...repeatsOf(file),
  };
}

function leaseOf(file: NonNullable<Guards["lease"]>): NonNullable<GuardSettings["lease"]> {
  const { default_hours, max_hours, action, pods, clusters } = file;
  const { prompt = defaultPrompts.lease } = file;
  return {
    defaultMs: default_hours === null ? undefined : spanMs(default_hours, hourMs),
    maxMs: spanMs(max_hours, hourMs),
    action,
    pods,
    ...named(clusters),
    prompt,
    ...repeatsOf(file),
  };
}

function stoppedOf(file: NonNullable<Guards["stopped"]>): StoppedGuard {
  const { after_hours, action, data_loss, pods } = file;
  return {
    afterMs: spanMs(after_hours, hourMs),
    action,
    losesData: data_loss,
    pods,
    ...repeatsOf(file),
  };
}

function idleOf(file: NonNullable<Guards["idle"]>): NonNullable<GuardSettings["idle"]> {
  const activityCommand = withProgram(file.activity_command ?? []);
  const activityMetrics = file.activity_metrics.map(metricOf);
  return {
    afterMs: spanMs(file.after_minutes, minuteMs),
    gpuPercent: file.gpu_percent,
    cpuPercent: file.cpu_percent,
    gpuMemoryPercent: file.gpu_memory_percent,
    bootGraceMs: spanMs(file.boot_grace_minutes, minuteMs),
    hasProbes: activityCommand.length > 0 || activityMetrics.length > 0,
    action: file.action,
    pods: file.pods,
    ...named(file.clusters),
    prompt: file.prompt ?? defaultPrompts.idle,
    ...repeatsOf(file),
    activityCommand,
    ...(file.pass_api_key && { activityPassesKey: true }),
    activityMetrics,
  };
}

/** What counts as idle where the config has no idle guard. */
export function defaultIdle(): NonNullable<GuardSettings["idle"]> {
  return idleOf(idleSchema.parse({}));
}

/** Absent where none are named: then a config is what it was before clusters could be. */
function named(clusters: readonly string[]): { readonly clusters?: readonly string[] } {
  return clusters.length > 0 ? { clusters } : {};
}

function metricOf({ url, metric, above }: Metric): ActivityMetric {
  const activeWhen =
    above === undefined ? ({ kind: "increases" } as const) : ({ kind: "above", above } as const);
  return { url, metric, activeWhen };
}

/** Whole milliseconds. What is more than none stays more: at 0 a guard would be due at once. */
function spanMs(count: number, unitMs: number): number {
  return count === 0 ? 0 : Math.max(1, Math.round(count * unitMs));
}
