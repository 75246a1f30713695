import type { Cloud, GpuOffer } from "#guard/model/launch.ts";
import { hourMs } from "#guard/model/time.ts";
import { daysInMonth, stoppedDiskUsd } from "#guard/pods/stopped/disk-price.ts";

/** What is to be started, as far as its price depends on it. */
export interface Wanted {
  readonly offer: GpuOffer;
  readonly cloud: Cloud;
  readonly gpuCount: number;
  readonly forMs: number;
  /** The disk that outlives a stop; 0: none. */
  readonly volumeGb: number;
  /** Undefined: a template says, and it is not counted. */
  readonly containerDiskGb: number | undefined;
}

export interface Price {
  /** Of all its GPUs, an hour. */
  readonly computePerHrUsd: number;
  readonly storageGb: number;
  readonly storagePerHrUsd: number;
  readonly perHrUsd: number;
  readonly computeUsd: number;
  readonly storageUsd: number;
  readonly totalUsd: number;
}

/** By RunPod's list a disk beside a running pod costs half of what it costs once the pod is stopped. */
const runningDiskPerHrUsd = stoppedDiskUsd / 2 / (daysInMonth * 24);

/** What it comes to by RunPod's catalogue; undefined: it is not offered there, or nobody knows for how much. */
export function priceOf(wanted: Wanted): Price | undefined {
  const { offer, cloud, gpuCount, forMs, volumeGb, containerDiskGb = 0 } = wanted;
  const each = offer[cloud].perHrUsd;
  if (each === undefined) return undefined;
  const hours = forMs / hourMs;
  const computePerHrUsd = each * gpuCount;
  const storageGb = volumeGb + containerDiskGb;
  const storagePerHrUsd = storageGb * runningDiskPerHrUsd;
  const perHrUsd = computePerHrUsd + storagePerHrUsd;
  return {
    computePerHrUsd,
    storageGb,
    storagePerHrUsd,
    perHrUsd,
    computeUsd: computePerHrUsd * hours,
    storageUsd: storagePerHrUsd * hours,
    totalUsd: perHrUsd * hours,
  };
}
