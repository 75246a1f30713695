import { cleanName } from "#control-characters.ts";
import { idIn, tooManyRows } from "#runpod/pod-rows.ts";
import type { PodSample } from "#guard/model/account.ts";
import { dayMs, minuteMs } from "#guard/model/time.ts";
import { accountIn } from "./look.ts";

/** A query of its own: a field that is unknown or slow here must not make the poll fail. */
export const measureDocument = /* GraphQL */ `
  query Measure {
    myself {
      pods {
        id
        gpuCount
        lastStartedAt
        runtime {
          uptimeInSeconds
          container {
            cpuPercent
          }
          gpus {
            gpuUtilPercent
            memoryUtilPercent
          }
        }
        latestTelemetry {
          time
          cpuUtilization
          averageGpuMetrics {
            percentUtilization
          }
        }
        machine {
          gpuDisplayName
          gpuTypeId
          dataCenterId
          location
        }
      }
    }
  }
`;

/** An older time is a clock's zero, such as year 1 or 1970. */
const longestAgoMs = 3650 * dayMs;
/** Clocks differ by minutes; a time further ahead than this is wrong. */
const farthestAheadMs = 5 * minuteMs;
/** A larger count is wrong. */
const mostGpus = 256;

/**
 * A pod as RunPod tells of it, or anything else: every part may be missing, null or of another kind,
 * and `?.` reads past all of these. By hand, as zod takes several times as long for it.
 */
interface Gpu {
  readonly gpuUtilPercent?: unknown;
  readonly memoryUtilPercent?: unknown;
}

interface Row {
  readonly id?: unknown;
  readonly gpuCount?: unknown;
  readonly lastStartedAt?: unknown;
  readonly runtime?: {
    readonly uptimeInSeconds?: unknown;
    readonly container?: { readonly cpuPercent?: unknown } | null;
    readonly gpus?: unknown;
  } | null;
  readonly latestTelemetry?: {
    readonly time?: unknown;
    readonly cpuUtilization?: unknown;
    readonly averageGpuMetrics?: { readonly percentUtilization?: unknown } | null;
  } | null;
  readonly machine?: {
    readonly gpuDisplayName?: unknown;
    readonly gpuTypeId?: unknown;
    readonly dataCenterId?: unknown;
    readonly location?: unknown;
  } | null;
}

/**
 * Reads RunPod's answer that came at `atMs`; a string says why it cannot be used. What is there and
 * usable is used, the rest is unknown, and a row without an id is left out.
 */
export function readTelemetry(data: unknown, atMs: number): readonly PodSample[] | string {
  const account = accountIn(data);
  if (typeof account === "string") return account;
  const { pods } = account as { pods?: unknown };
  if (!Array.isArray(pods)) return "the answer has no pods";
  const tooMany = tooManyRows(pods);
  if (tooMany !== undefined) return tooMany;
  const samples = pods.flatMap((row: Row | null) => sampleIn(row, atMs) ?? []);
  if (samples.length === 0 && pods.length > 0) return "no pod in the answer can be read";
  return samples;
}

function sampleIn(row: Row | null, atMs: number): PodSample | undefined {
  const podId = idIn(row?.id);
  if (row === null || podId === undefined) return undefined;
  const { runtime, latestTelemetry, machine } = row;
  const cpuPercent = numberIn(runtime?.container?.cpuPercent, 0, Infinity);
  const timedCpuPercent = percentIn(latestTelemetry?.cpuUtilization, Infinity);
  const uptimeSeconds = numberIn(runtime?.uptimeInSeconds, 0, Infinity) ?? 0;
  return {
    podId,
    bootedAtMs: uptimeSeconds > 0 ? likely(atMs - uptimeSeconds * 1000, atMs) : undefined,
    lastStartedAtMs: timeIn(row.lastStartedAt, atMs),
    takenAtMs: timeIn(latestTelemetry?.time, atMs),
    cpuPercent: cpuPercent ?? timedCpuPercent,
    ...(cpuPercent === undefined && timedCpuPercent !== undefined && { isCpuTimed: true }),
    ...gpuLoadsIn(row),
    gpuType: wordsIn(machine?.gpuDisplayName) ?? wordsIn(machine?.gpuTypeId),
    region: wordsIn(machine?.dataCenterId) ?? wordsIn(machine?.location),
  };
}

/**
 * Where not every GPU is told of, their average stands for one: one at least is as busy as that, and
 * of the others nothing is known.
 */
function gpuLoadsIn({
  gpuCount,
  runtime,
  latestTelemetry,
}: Row): Pick<PodSample, "gpuPercents" | "gpuMemoryPercents" | "areGpusTimed"> {
  const told: readonly (Gpu | null)[] = Array.isArray(runtime?.gpus) ? runtime.gpus : [];
  const gpuMemoryPercents =
    told.length === 0 ? undefined : told.map((gpu) => numberIn(gpu?.memoryUtilPercent, 0, 100));
  const known = told.map((gpu) => numberIn(gpu?.gpuUtilPercent, 0, 100));
  const count = numberIn(gpuCount, 0, mostGpus);
  if (count === undefined || !Number.isInteger(count)) {
    return { gpuPercents: undefined, gpuMemoryPercents };
  }
  if (known.length >= count) return { gpuPercents: known, gpuMemoryPercents };
  const average = percentIn(latestTelemetry?.averageGpuMetrics?.percentUtilization, 100);
  if (average === undefined) return { gpuPercents: undefined, gpuMemoryPercents };
  const gpuPercents = Array.from({ length: count }, (_, index) =>
    index === 0 ? average : undefined,
  );
  return { gpuPercents, gpuMemoryPercents, areGpusTimed: true };
}

/**
 * RunPod does not say whether these count to 100 or to 1, so that what is not above 1 could be
 * idleness or a full load; and a 0 could be nothing reported.
 */
function percentIn(value: unknown, most: number): number | undefined {
  const percent = numberIn(value, 0, most);
  return percent !== undefined && percent > 1 ? percent : undefined;
}

function numberIn(value: unknown, least: number, most: number): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= least && value <= most
    ? value
    : undefined;
}

/** RFC 3339: a time without an offset would be read by this machine's zone. */
const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function timeIn(value: unknown, atMs: number): number | undefined {
  if (typeof value !== "string" || !dateTime.test(value)) return undefined;
  return isDay(value.slice(0, 10)) ? likely(Date.parse(value), atMs) : undefined;
}

/** `Date` takes 31 February for 3 March. */
function isDay(date: string): boolean {
  const midnight = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(date);
}

function likely(ms: number, atMs: number): number | undefined {
  const isLikely = ms >= atMs - longestAgoMs && ms <= atMs + farthestAheadMs;
  return isLikely ? Math.round(ms) : undefined;
}

function wordsIn(value: unknown): string | undefined {
  return typeof value === "string" ? cleanName(value).trim() || undefined : undefined;
}
