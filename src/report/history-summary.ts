import { hourMs } from "#guard/model/time.ts";
import type { HistoryRecord, RunFacts } from "#guard/model/run.ts";

/** Totals of the events. */
export interface HistorySummary {
  /** Runs that ended. */
  readonly sessions: number;
  readonly hours: Sum;
  readonly costUsd: Sum;
  readonly saved: Saved;
}

/** The total of the known values, and how many are unknown. */
export interface Sum {
  readonly total: number;
  readonly unknown: number;
}

export interface Saved extends Sum {
  /** How many runs the guards ended, by reason. */
  readonly endsByReason: ReadonlyMap<string, number>;
}

const ours = /^(?:idle_.*|lease_expired|hard_timeout_.*|backstop)$/;

/**
 * `events` are those asked for; `all` also tell when a pod that was ended began to run again. An end
 * of ours has saved at most what its pod would have cost from then until the first of its cap, its
 * next start and now.
 */
export function summaryOf(
  events: readonly HistoryRecord[],
  all: readonly HistoryRecord[],
  nowMs: number,
): HistorySummary {
  const ends = events.flatMap(endIn);
  const oursOnly = ends.filter(({ reason }) => ours.test(reason));
  const starts = all.filter(({ type }) => type === "start");
  return {
    sessions: ends.length,
    hours: sumOf(ends.map(({ run }) => hoursOf(run?.uptimeMs))),
    costUsd: sumOf(ends.map(({ run }) => run?.costUsd)),
    saved: {
      ...sumOf(oursOnly.map((end) => savedBy(end, starts, nowMs))),
      endsByReason: countsOf(oursOnly.map(({ reason }) => reason)),
    },
  };
}

interface End {
  readonly atMs: number;
  readonly reason: string;
  readonly run: RunFacts | undefined;
}

function endIn({ type, atMs, reason, run }: HistoryRecord): readonly End[] {
  if (type !== "stop" && type !== "termination") return [];
  // A pod that was stopped before and is deleted by hand has no run that could end.
  const wasStopped = type === "termination" && reason === "manual" && run?.uptimeMs === undefined;
  return wasStopped ? [] : [{ atMs, reason: reason ?? "", run }];
}

function savedBy(
  { atMs, run }: End,
  starts: readonly HistoryRecord[],
  nowMs: number,
): number | undefined {
  if (run?.costPerHrUsd === undefined) return undefined;
  // A run may have begun long before anyone saw it.
  const next = starts
    .filter((start) => start.run?.podId === run.podId && start.atMs > atMs)
    .map((start) => start.atMs - (start.run?.uptimeMs ?? 0));
  const untilMs = Math.min(run.capAtMs ?? Infinity, nowMs, ...next);
  return (run.costPerHrUsd * Math.max(0, untilMs - atMs)) / hourMs;
}

function hoursOf(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / hourMs;
}

function sumOf(values: readonly (number | undefined)[]): Sum {
  const known = values.filter((value) => value !== undefined);
  return {
    total: known.reduce((sum, value) => sum + value, 0),
    unknown: values.length - known.length,
  };
}

function countsOf(reasons: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return counts;
}
