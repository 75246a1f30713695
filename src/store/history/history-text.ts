import { minuteMs } from "#guard/model/time.ts";
import {
  type HistoryRecord,
  recordTypes,
  type RecordType,
  type RunFacts,
  type StartedFacts,
} from "#guard/model/run.ts";
import { isoOf, isPlainMoment, momentOf } from "#store/time-text.ts";

/** With these a line stays well below what is read as one, whatever RunPod lets a pod be called. */
const longest = { because: 4_000, name: 1_000 } as const;

/** How each line of ours begins. */
const beginning = '{"timestamp":"';
const stampBytes = "2026-01-01T00:00:00.000Z".length;

/**
 * Tells of a line that begins as ours do whether its time is before that one, and nothing of any other:
 * far less work than to read the line.
 */
export function isBefore(atMs: number): (bytes: Buffer) => boolean | undefined {
  const limit = atMs >= 0 ? optionalIso(atMs) : undefined;
  return (bytes) => {
    if (limit === undefined) return undefined;
    const stamp = stampIn(bytes);
    return stamp === undefined ? undefined : stamp < limit;
  };
}

/** The time of a line that begins as ours do, without reading the rest. */
export function timeIn(bytes: Buffer): number | undefined {
  return momentOf(stampIn(bytes));
}

/** Such times sort as texts. */
function stampIn(bytes: Buffer): string | undefined {
  const begun = bytes.toString("latin1", 0, beginning.length + stampBytes);
  const stamp = begun.slice(beginning.length);
  return begun.startsWith(beginning) && isPlainMoment(stamp) ? stamp : undefined;
}

/** One line, without its end. What only matters to the writing, `ranAtMs` and `notBeforeMs`, is not kept. */
export function writeRecord(record: HistoryRecord): string {
  return JSON.stringify(rowOf(record));
}

/** What a line holds. */
export function rowOf(record: HistoryRecord): object {
  const { id, atMs, type, reason, run, because, channel, balanceUsd, belowUsd } = record;
  return {
    timestamp: isoOf(atMs),
    event_type: type,
    reason,
    pod_id: run?.podId ?? null,
    pod_name: run?.podName.slice(0, longest.name) ?? null,
    gpu_type: run?.gpuType?.slice(0, longest.name) ?? null,
    region: run?.region?.slice(0, longest.name) ?? null,
    uptime_minutes: rounded(run?.uptimeMs, minuteMs, 10) ?? null,
    cost_usd: rounded(run?.costUsd, 1, 10_000) ?? null,
    id,
    because: because.slice(0, longest.because),
    channel: channel?.slice(0, longest.name),
    balance_usd: balanceUsd,
    below_usd: belowUsd,
    ends_at: optionalIso(record.endsAtMs),
    cost_per_hr_usd: run?.costPerHrUsd,
    cap_at: optionalIso(run?.capAtMs),
    started_by: record.startedBy && startedRow(record.startedBy),
  };
}

/**
 * Nothing when it is no record that we know; what is not as we write it is not known, and other keys
 * are left out. By hand: a schema would take twice as long, and a history has a million lines.
 */
export function readRecord(written: string): HistoryRecord | undefined {
  const row = parsed(written);
  if (row === undefined) return undefined;
  const { id, event_type: type } = row;
  const atMs = momentOf(row["timestamp"]);
  if (atMs === undefined || typeof id !== "string" || !isRecordType(type)) return undefined;
  return {
    id,
    atMs,
    type,
    reason: textOf(row["reason"]) ?? null,
    run: runOf(row),
    because: textOf(row["because"]) ?? "",
    channel: textOf(row["channel"]),
    balanceUsd: numberOf(row["balance_usd"]),
    belowUsd: numberOf(row["below_usd"]),
    endsAtMs: momentOf(row["ends_at"]),
    startedBy: startedOf(row["started_by"]),
  };
}

function startedRow({ kind, agent, session, host }: StartedFacts): object {
  const name = (text: string | undefined) => text?.slice(0, longest.name) ?? null;
  return { kind, agent: name(agent), session: name(session), host: name(host) };
}

const startedKinds: readonly StartedFacts["kind"][] = [
  "person",
  "agent",
  "runpodboss-elsewhere",
  "elsewhere",
];

function startedOf(value: unknown): StartedFacts | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { kind: found, agent, session, host } = value as Row;
  const kind = startedKinds.find((each) => each === found);
  if (kind === undefined) return undefined;
  return { kind, agent: textOf(agent), session: textOf(session), host: textOf(host) };
}

type Row = Readonly<Record<string, unknown>>;

function runOf(row: Row): RunFacts | undefined {
  const podId = textOf(row["pod_id"]);
  if (podId === undefined) return undefined;
  const uptimeMinutes = numberOf(row["uptime_minutes"]);
  return {
    podId,
    podName: textOf(row["pod_name"]) ?? podId,
    gpuType: textOf(row["gpu_type"]),
    region: textOf(row["region"]),
    uptimeMs: uptimeMinutes === undefined ? undefined : uptimeMinutes * minuteMs,
    costUsd: numberOf(row["cost_usd"]),
    costPerHrUsd: numberOf(row["cost_per_hr_usd"]),
    capAtMs: momentOf(row["cap_at"]),
  };
}

const types: ReadonlySet<unknown> = new Set(recordTypes);

function isRecordType(value: unknown): value is RecordType {
  return types.has(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function rounded(value: number | undefined, unit: number, parts: number): number | undefined {
  return value === undefined ? undefined : Math.round((value / unit) * parts) / parts;
}

/** A moment that no calendar has must not keep the rest from being written. */
function optionalIso(atMs: number | undefined): string | undefined {
  if (atMs === undefined) return undefined;
  const at = new Date(atMs);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

function parsed(written: string): Row | undefined {
  try {
    const value: unknown = JSON.parse(written);
    return typeof value === "object" && value !== null ? (value as Row) : undefined;
  } catch {
    return undefined;
  }
}
