import type { PodSample } from "#guard/model/account.ts";
import { idIn, tooManyRows } from "#runpod/pod-rows.ts";
import { beganMs, numberIn, timeIn, wordsIn } from "#runpod/readings.ts";
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
  return {
    podId,
    bootedAtMs: beganMs(runtime?.uptimeInSeconds, atMs),
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
