import type { PodSample } from "#guard/model/account.ts";
import type { IdleGuard } from "#guard/model/policy.ts";

/** A load that is older, or that far ahead of our clock, says nothing about now. */
const freshMs = 300_000;

/** Where a load begins, of the processor, the GPUs and their memory. */
type Limits = Pick<IdleGuard, "cpuPercent" | "gpuPercent" | "gpuMemoryPercent">;

export type Load = "busy" | "idle" | "unknown";

/**
 * What a sample says about a pod's load. One number at its limit is busy, also beside a time that stands
 * still, if the number is not as old as that; all of them below is idle; anything missing or stale is
 * unknown.
 */
export function loadOf(sample: PodSample | undefined, guard: Limits, nowMs: number): Load {
  if (sample === undefined) return "unknown";
  const isFresh = freshTimeOf(sample, nowMs) !== undefined;
  if (isBusy(isFresh ? sample : ofNow(sample), guard)) return "busy";
  return isFresh && isWhole(sample, guard) ? "idle" : "unknown";
}

/** No load reaches these. Of a GPU's memory not every interface tells. */
const outOfReach: Limits = { cpuPercent: Infinity, gpuPercent: Infinity, gpuMemoryPercent: 100 };

/** Whether a guard would call such a load idle, wherever its limits are: nothing in it is missing or stale. */
export function mayShowIdle(sample: PodSample, nowMs: number): boolean {
  return loadOf(sample, outOfReach, nowMs) === "idle";
}

/** When the load was taken, if that tells something about now. */
export function freshTimeOf({ takenAtMs }: PodSample, nowMs: number): number | undefined {
  const isFresh = takenAtMs !== undefined && Math.abs(nowMs - takenAtMs) <= freshMs;
  return isFresh ? takenAtMs : undefined;
}

type Numbers = Pick<PodSample, "cpuPercent" | "gpuPercents" | "gpuMemoryPercents">;

/** Without the numbers that are as old as the time beside them. */
function ofNow(sample: PodSample): Numbers {
  return {
    ...sample,
    ...(sample.isCpuTimed === true && { cpuPercent: undefined }),
    ...(sample.areGpusTimed === true && { gpuPercents: undefined }),
  };
}

function isBusy(
  { cpuPercent, gpuPercents = [], gpuMemoryPercents = [] }: Numbers,
  guard: Limits,
): boolean {
  return (
    (cpuPercent !== undefined && cpuPercent >= guard.cpuPercent) ||
    gpuPercents.some((percent) => percent !== undefined && percent >= guard.gpuPercent) ||
    // What is loaded is about to be worked on, or waits for it.
    gpuMemoryPercents.some((percent) => percent !== undefined && percent > guard.gpuMemoryPercent)
  );
}

function isWhole(
  { cpuPercent, gpuPercents, gpuMemoryPercents = [] }: Numbers,
  { gpuMemoryPercent }: Limits,
): boolean {
  if (cpuPercent === undefined || gpuPercents === undefined) return false;
  return gpuPercents.every((percent, gpu) => {
    const isMemoryKnown = gpuMemoryPercent >= 100 || gpuMemoryPercents[gpu] !== undefined;
    return percent !== undefined && isMemoryKnown;
  });
}
