import { hourMs } from "#guard/model/time.ts";
import type { HistoryRecord } from "#guard/model/run.ts";

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

/**
 * At most what the pods that the guard ended would have cost from then until the first of their cap,
 * their next start and now.
 */
export interface Saved extends Sum {
  /** How many ends of the guard's there were, the most first. */
  readonly endsByReason: readonly ReasonCount[];
}

interface ReasonCount {
  readonly reason: string;
  readonly count: number;
}

/** Takes in one record after the other, in any order, and keeps a few bytes of some of them. */
export interface Summing {
  /** A record that is none of the events may still be the start that a saving lasts until. */
  add(record: HistoryRecord, isEvent: boolean): void;
  /** What those that were taken in come to. */
  summary(nowMs: number): HistorySummary;
}

const ours = /^(?:idle_.*|lease_expired|hard_timeout_.*|budget_.*|schedule_.*|backstop)$/;

export function createSumming(): Summing {
  const hours = createSum();
  const costUsd = createSum();
  const pods = new Map<string, PodTimes>();
  const counts = new Map<string, number>();
  let sessions = 0;
  let withoutRate = 0;

  function timesOf(podId: string): PodTimes {
    const times = pods.get(podId) ?? {
      starts: { atMs: [], beganAtMs: [] },
      ends: { atMs: [], costPerHrUsd: [], capAtMs: [] },
    };
    pods.set(podId, times);
    return times;
  }

  function addStart({ atMs, run }: HistoryRecord): void {
    if (run === undefined) return;
    const { starts } = timesOf(run.podId);
    starts.atMs.push(atMs);
    // A run may have begun long before anyone saw it.
    starts.beganAtMs.push(atMs - (run.uptimeMs ?? 0));
  }

  function addEnd({ atMs, reason, run }: HistoryRecord): void {
    sessions += 1;
    hours.add(run?.uptimeMs === undefined ? undefined : run.uptimeMs / hourMs);
    costUsd.add(run?.costUsd);
    if (reason === null || !ours.test(reason)) return;
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
    if (run?.costPerHrUsd === undefined) {
      withoutRate += 1;
      return;
    }
    const { ends } = timesOf(run.podId);
    ends.atMs.push(atMs);
    ends.costPerHrUsd.push(run.costPerHrUsd);
    ends.capAtMs.push(run.capAtMs ?? Infinity);
  }

  return {
    add(record, isEvent) {
      if (record.type === "start") addStart(record);
      else if (isEvent && isEnd(record)) addEnd(record);
    },
    summary: (nowMs) => ({
      sessions,
      hours: hours.sum(),
      costUsd: costUsd.sum(),
      saved: {
        total: Array.from(pods.values(), (times) => savedOf(times, nowMs)).reduce(add, 0),
        unknown: withoutRate,
        endsByReason: mostFirst(counts),
      },
    }),
  };
}

interface PodTimes {
  readonly starts: Starts;
  readonly ends: Ends;
}

/** The ends of the guard's, a few bytes each. */
interface Ends {
  readonly atMs: number[];
  readonly costPerHrUsd: number[];
  readonly capAtMs: number[];
}

interface Starts {
  /** When each was seen. */
  readonly atMs: number[];
  readonly beganAtMs: number[];
}

function isEnd({ type, reason, run }: HistoryRecord): boolean {
  if (type !== "stop" && type !== "termination") return false;
  // A pod that was stopped before and is deleted by hand has no run that could end.
  const wasStopped = type === "termination" && reason === "manual" && run?.uptimeMs === undefined;
  return !wasStopped;
}

function savedOf({ starts, ends }: PodTimes, nowMs: number): number {
  const seen = lastFirst(starts.atMs);
  let later = 0;
  let nextMs = Infinity;
  let total = 0;
  for (const n of lastFirst(ends.atMs)) {
    const atMs = ends.atMs[n] ?? NaN;
    for (let start = seen[later]; start !== undefined; start = seen[later]) {
      if (!((starts.atMs[start] ?? NaN) > atMs)) break;
      nextMs = Math.min(nextMs, starts.beganAtMs[start] ?? Infinity);
      later += 1;
    }
    const untilMs = Math.min(ends.capAtMs[n] ?? Infinity, nowMs, nextMs);
    total += ((ends.costPerHrUsd[n] ?? 0) * Math.max(0, untilMs - atMs)) / hourMs;
  }
  return total;
}

function lastFirst(times: readonly number[]): readonly number[] {
  return [...times.keys()].sort((a, b) => (times[b] ?? 0) - (times[a] ?? 0));
}

function createSum() {
  let total = 0;
  let unknown = 0;
  return {
    add(value: number | undefined): void {
      if (value === undefined) unknown += 1;
      else total += value;
    },
    sum: (): Sum => ({ total, unknown }),
  };
}

function add(sum: number, more: number): number {
  return sum + more;
}

function mostFirst(counts: ReadonlyMap<string, number>): readonly ReasonCount[] {
  return Array.from(counts, ([reason, count]) => ({ reason, count })).toSorted(
    (a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1),
  );
}
