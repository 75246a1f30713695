import { minuteMs } from "#guard/model/time.ts";
import type { Activity, PodSample } from "#guard/model/account.ts";
import type { IdleGuard } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import { plainNumber } from "#guard/text.ts";
import { freshTimeOf, loadOf } from "./load.ts";
import { withChanges } from "#guard/pods/run/update-runs.ts";

export interface Sampled {
  readonly nowMs: number;
  /** Idle samples further apart than this do not span the time between them. */
  readonly strideMs: number;
}

/**
 * The run after a sample. Idle time is the time between two idle samples, both taken anew. Activity of
 * any kind, whenever it is seen, resets it to zero; so does a time without idle samples longer than the
 * stride. An unknown load that is shorter adds nothing and takes nothing.
 */
export function idleAfter(
  run: PodRun,
  sample: PodSample,
  activity: Activity | undefined,
  guard: IdleGuard,
  { nowMs, strideMs }: Sampled,
): PodRun {
  const load = loadOf(sample, guard, nowMs);
  const counters = activity?.counters ?? run.counters;
  const takenAtMs = freshTimeOf(sample, nowMs) ?? run.takenAtMs;
  const told = { counters, loadKnownAtMs: nowMs };
  if (load === "busy" || activity?.isActive === true) {
    return { ...run, ...told, ...notIdle(nowMs), takenAtMs };
  }
  if (load === "unknown") return withUnknownLoad(run, nowMs);
  if (isBooting(run, guard, nowMs)) return { ...run, ...told, ...notIdle(nowMs), takenAtMs };
  // Whether it is active is known when its probes have answered.
  if (guard.hasProbes && activity === undefined) return run;
  // It was asked before something else was seen.
  if (run.notIdleAtMs !== undefined && nowMs < run.notIdleAtMs) {
    return withChanges(run, { counters });
  }
  const lastMs = run.idleSeenAtMs ?? run.idleAtMs ?? -Infinity;
  const isSpanned = nowMs >= lastMs && nowMs - lastMs <= strideMs;
  const idleMs = isSpanned ? run.idleMs : 0;
  const fromMs = isSpanned ? run.idleAtMs : undefined;
  const lostIdleMs = isSpanned ? run.lostIdleMs : lostAfter(run, nowMs);
  const seen = { ...run, ...told, idleSeenAtMs: nowMs, lostIdleMs };
  // The same measurement again tells nothing new.
  if (takenAtMs === run.takenAtMs) return { ...seen, idleMs, idleAtMs: fromMs };
  return { ...seen, takenAtMs, idleMs: idleMs + nowMs - (fromMs ?? nowMs), idleAtMs: nowMs };
}

/** Of a longer time without loads people are told for itself. */
const longestGapMs = 5 * minuteMs;

/** With the idle time that ends here, and with the gap behind it. */
function lostAfter(
  { idleSeenAtMs, idleMs, lostIdleMs }: PodRun,
  nowMs: number,
): number | undefined {
  if (idleSeenAtMs === undefined) return lostIdleMs;
  const gapMs = Math.min(Math.max(0, nowMs - idleSeenAtMs), longestGapMs);
  return (lostIdleMs ?? 0) + idleMs + gapMs;
}

/** No idle time is left, whether it counted or not. */
export const neverIdle = {
  idleMs: 0,
  idleAtMs: undefined,
  idleSeenAtMs: undefined,
  lostIdleMs: undefined,
} as const;

/** It is active: what was idle before counts no more, nor does an answer that was asked for before. */
export function notIdle(nowMs: number) {
  return { ...neverIdle, notIdleAtMs: nowMs } as const;
}

/** No idle time goes on over a moment at which the load is not known. */
export function withUnknownLoad(run: PodRun, nowMs: number): PodRun {
  return withChanges(run, { idleAtMs: undefined, notIdleAtMs: nowMs });
}

/** One that is still pending has not booted, however long that takes. */
export function isBooting(run: PodRun, { bootGraceMs }: IdleGuard, nowMs: number): boolean {
  const { startedAtMs, isStarting, runsSinceMs } = run;
  if (isStarting === true && runsSinceMs === undefined) return true;
  return nowMs < Math.max(startedAtMs, runsSinceMs ?? startedAtMs) + bootGraceMs;
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
