import { minuteMs } from "#guard/model/time.ts";
import * as z from "zod";
import { type HistoryRecord, recordTypes, type RunFacts } from "#guard/model/run.ts";
import { isoOf, isoTime } from "./time-text.ts";

/** With it a line stays well below what is read as one. */
const longestBecause = 4_000;

const text = z.string().optional().catch(undefined);
const number = z.number().optional().catch(undefined);
const time = isoTime.optional().catch(undefined);

/** Other keys are left out; what is not as we write it is not known. */
const line = z.object({
  timestamp: isoTime,
  event_type: z.enum(recordTypes),
  id: z.string(),
  reason: text,
  pod_id: text,
  pod_name: text,
  gpu_type: text,
  region: text,
  uptime_minutes: number,
  cost_usd: number,
  cost_per_hr_usd: number,
  cap_at: time,
  because: text,
  balance_usd: number,
  below_usd: number,
  ends_at: time,
});

/** One line, without its end. What only matters to the writing, `ranAtMs` and `notBeforeMs`, is not kept. */
export function writeRecord(record: HistoryRecord): string {
  const { id, atMs, type, reason, run, because, balanceUsd, belowUsd, endsAtMs } = record;
  return JSON.stringify({
    timestamp: isoOf(atMs),
    event_type: type,
    reason,
    pod_id: run?.podId ?? null,
    pod_name: run?.podName ?? null,
    gpu_type: run?.gpuType ?? null,
    region: run?.region ?? null,
    uptime_minutes: rounded(run?.uptimeMs, minuteMs, 10) ?? null,
    cost_usd: rounded(run?.costUsd, 1, 10_000) ?? null,
    id,
    because: because.slice(0, longestBecause),
    balance_usd: balanceUsd,
    below_usd: belowUsd,
    ends_at: optionalIso(endsAtMs),
    cost_per_hr_usd: run?.costPerHrUsd,
    cap_at: optionalIso(run?.capAtMs),
  });
}

/** Nothing when it is no record that we know. */
export function readRecord(written: string): HistoryRecord | undefined {
  const row = line.safeParse(parsed(written)).data;
  if (row === undefined) return undefined;
  return {
    id: row.id,
    atMs: row.timestamp,
    type: row.event_type,
    reason: row.reason ?? null,
    run: runOf(row),
    because: row.because ?? "",
    balanceUsd: row.balance_usd,
    belowUsd: row.below_usd,
    endsAtMs: row.ends_at,
  };
}

function runOf(row: z.infer<typeof line>): RunFacts | undefined {
  if (row.pod_id === undefined) return undefined;
  return {
    podId: row.pod_id,
    podName: row.pod_name ?? row.pod_id,
    gpuType: row.gpu_type,
    region: row.region,
    uptimeMs: row.uptime_minutes === undefined ? undefined : row.uptime_minutes * minuteMs,
    costUsd: row.cost_usd,
    costPerHrUsd: row.cost_per_hr_usd,
    capAtMs: row.cap_at,
  };
}

function rounded(value: number | undefined, unit: number, parts: number): number | undefined {
  return value === undefined ? undefined : Math.round((value / unit) * parts) / parts;
}

/** A moment that no calendar has must not keep the rest from being written. */
function optionalIso(atMs: number | undefined): string | undefined {
  const isMoment = atMs !== undefined && !Number.isNaN(new Date(atMs).getTime());
  return isMoment ? isoOf(atMs) : undefined;
}

function parsed(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return undefined;
  }
}
