import type { PodSample } from "#guard/model/account.ts";

/**
 * One sample for each pod. RunPod may list a pod several times: where its rows differ, the busiest
 * number of any counts, and beside it something is unknown, so that such a pod is busy or nobody knows.
 */
export function oneSampleAPod(samples: readonly PodSample[]): ReadonlyMap<string, PodSample> {
  const byId = new Map<string, PodSample>();
  for (const sample of samples) {
    const before = byId.get(sample.podId);
    byId.set(sample.podId, before === undefined ? sample : joined(before, sample));
  }
  return byId;
}

function joined(a: PodSample, b: PodSample): PodSample {
  const told = {
    bootedAtMs: highest(a.bootedAtMs, b.bootedAtMs),
    lastStartedAtMs: highest(a.lastStartedAtMs, b.lastStartedAtMs),
    takenAtMs: highest(a.takenAtMs, b.takenAtMs),
  };
  if (isSameLoad(a, b)) return { ...a, ...told };
  return {
    ...a,
    ...told,
    cpuPercent: highest(a.cpuPercent, b.cpuPercent),
    gpuPercents: [...(a.gpuPercents ?? []), ...(b.gpuPercents ?? []), undefined],
    gpuMemoryPercents: [...(a.gpuMemoryPercents ?? []), ...(b.gpuMemoryPercents ?? [])],
    isCpuTimed: a.isCpuTimed === true && b.isCpuTimed === true,
    areGpusTimed: a.areGpusTimed === true && b.areGpusTimed === true,
  };
}

function highest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}

function isSameLoad(a: PodSample, b: PodSample): boolean {
  return (
    a.cpuPercent === b.cpuPercent &&
    a.isCpuTimed === b.isCpuTimed &&
    a.areGpusTimed === b.areGpusTimed &&
    areSame(a.gpuPercents, b.gpuPercents) &&
    areSame(a.gpuMemoryPercents, b.gpuMemoryPercents)
  );
}

function areSame(a: PodSample["gpuPercents"], b: PodSample["gpuPercents"]): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((percent, gpu) => percent === b[gpu]);
}
