import { minuteMs } from "#guard/model/time.ts";
import type { Activity, PodSample } from "#guard/model/account.ts";
import type { IdleGuard } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import { plainNumber } from "#guard/text.ts";
import { withChanges } from "./update-runs.ts";

/** A load that is older, or that far ahead of our clock, says nothing about now. */
const freshMs = 300_000;

export type Load = "busy" | "idle" | "unknown";

/**
 * What a sample says about a pod's load. One number at or above its limit is busy; all of them below
 * is idle; anything missing or stale is unknown.
 */
export function loadOf(
  sample: PodSample | undefined,
  { gpuPercent, cpuPercent }: IdleGuard,
  nowMs: number,
): Load {
  if (sample?.takenAtMs === undefined || Math.abs(nowMs - sample.takenAtMs) > freshMs) {
    return "unknown";
  }
  const gpus = sample.gpuPercents ?? [undefined];
  if (gpus.some((percent) => percent !== undefined && percent >= gpuPercent)) return "busy";
  if (sample.cpuPercent !== undefined && sample.cpuPercent >= cpuPercent) return "busy";
  const isWhole = sample.cpuPercent !== undefined && gpus.every((percent) => percent !== undefined);
  return isWhole ? "idle" : "unknown";
}

/**
 * The run after a sample. Idle time is the time between two idle samples in a row; an unknown load
 * changes nothing; activity resets it to zero.
 */
export function idleAfter(
  run: PodRun,
  sample: PodSample | undefined,
  activity: Activity | undefined,
  guard: IdleGuard,
  { nowMs, gapMs }: { readonly nowMs: number; readonly gapMs: number },
): PodRun {
  const load = loadOf(sample, guard, nowMs);
  const counters = activity?.counters ?? run.counters;
  if (load === "unknown") return withChanges(run, { idleAtMs: undefined });
  // The same measurement again tells nothing new.
  const takenAtMs = sample?.takenAtMs;
  if (takenAtMs !== undefined && run.takenAtMs !== undefined && takenAtMs <= run.takenAtMs) {
    return run;
  }
  const known = (idleMs: number, idleAtMs: number | undefined): PodRun => ({
    ...run,
    counters,
    takenAtMs,
    loadKnownAtMs: nowMs,
    idleMs,
    idleAtMs,
  });
  if (load === "busy" || activity?.isActive === true || isBooting(run, guard, nowMs)) {
    return known(0, undefined);
  }
  // Its probes have not answered: whether it is active is unknown.
  if (guard.hasProbes && activity === undefined) return known(run.idleMs, undefined);
  const sinceMs = run.idleAtMs === undefined ? Infinity : nowMs - run.idleAtMs;
  const isOneStretch = sinceMs >= 0 && sinceMs <= longestStrideMs(gapMs);
  return known(run.idleMs + (isOneStretch ? sinceMs : 0), nowMs);
}

/** A load counts for as long as it is fresh, however seldom RunPod takes one. */
export function longestStrideMs(gapMs: number): number {
  return Math.max(gapMs, freshMs);
}

export function isBooting({ startedAtMs }: PodRun, guard: IdleGuard, nowMs: number): boolean {
  return nowMs < startedAtMs + guard.bootGraceMs;
}

/** When the run will have been idle for long enough, if it stays so; undefined when it is not idle now. */
export function idleOutAtMs(
  { idleMs, idleAtMs }: PodRun,
  { afterMs }: IdleGuard,
): number | undefined {
  return idleAtMs === undefined ? undefined : idleAtMs + afterMs - idleMs;
}

export function idleReason({ afterMs }: IdleGuard): string {
  return `idle_${plainNumber(afterMs / minuteMs)}m`;
}
