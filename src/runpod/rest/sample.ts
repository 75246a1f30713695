import type { PodSample } from "#guard/model/account.ts";
import { beganMs, isJson, type Json, numberIn, timeIn, wordsIn } from "#runpod/readings.ts";

/** REST has only the long names; GraphQL's, which people know, leave out the maker. */
const makers = /^(NVIDIA (GeForce )?|AMD (Instinct )?)(?=.)/;
/** A larger count is wrong. */
const mostGpus = 256;

/**
 * What a pod's row, come at `atMs`, says of its load. What is there and usable is used, the rest is
 * unknown: the more so where nothing is told of a pod that runs.
 */
export function sampleIn(podId: string, row: Json, atMs: number): PodSample {
  const runtime = objectIn(row["runtime"]);
  const gpu = objectIn(row["gpu"]);
  return {
    podId,
    bootedAtMs: beganMs(runtime["uptime"], atMs),
    lastStartedAtMs: timeIn(row["startedAt"], atMs),
    // Only several answers tell: see load-times.ts.
    takenAtMs: undefined,
    cpuPercent: numberIn(objectIn(runtime["cpu"])["util"], 0, Infinity),
    ...gpuLoadsIn(runtime["gpus"], gpuCountIn(row)),
    gpuType: wordsIn(gpu["id"])?.replace(makers, ""),
    region: wordsIn(row["dataCenterId"]),
  };
}

/** RunPod has said 0 of pods that live. */
export function uptimeIn(row: Json): number | undefined {
  return numberIn(objectIn(row["runtime"])["uptime"], 1, Infinity);
}

/** A pod with a CPU alone has no GPU; of one that says neither, the number is unknown. */
function gpuCountIn(row: Json): number | undefined {
  if (row["gpu"] === undefined) return isJson(row["cpu"]) ? 0 : undefined;
  const count = numberIn(objectIn(row["gpu"])["count"], 1, mostGpus);
  return Number.isInteger(count) ? count : undefined;
}

function gpuLoadsIn(
  found: unknown,
  count: number | undefined,
): Pick<PodSample, "gpuPercents" | "gpuMemoryPercents"> {
  const gpus: readonly unknown[] = Array.isArray(found) ? found.slice(0, mostGpus) : [];
  const percents = (key: string) => gpus.map((each) => numberIn(objectIn(each)[key], 0, 100));
  const isEveryOneTold = count !== undefined && gpus.length >= count;
  return {
    gpuPercents: isEveryOneTold ? percents("util") : undefined,
    gpuMemoryPercents: gpus.length === 0 ? undefined : percents("memoryUtil"),
  };
}

function objectIn(value: unknown): Json {
  return isJson(value) ? value : {};
}
