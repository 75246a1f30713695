import type { CloudName } from "./market.ts";

/** RunPod's words for what a pod is meant to be doing. */
export type PodStatus =
  "CREATED" | "RUNNING" | "RESTARTING" | "EXITED" | "PAUSED" | "DEAD" | "TERMINATED";

/** What a pod reports of itself. Null is "not reported", which is not idle. */
export interface Telemetry {
  readonly cpuPercent: number | null;
  readonly memoryPercent: number | null;
  /** One for each GPU. */
  readonly gpuPercents: readonly (number | null)[] | null;
  /** How much of each GPU's memory is in use; left out, as much as the GPU is used. */
  readonly gpuMemoryPercents?: readonly (number | null)[];
  /** When it was measured, and the time stands still, though the rest goes on; left out, it is always fresh. */
  readonly takenAtMs?: number;
  /** It is measured anew only so often: in between its time ages. */
  readonly everyMs?: number;
}

/** What REST shows of a pod where it differs from what follows from the rest. */
export interface RestWords {
  /** RunPod's list, or a word that nobody knows yet. */
  readonly status?: string;
  readonly actions?: readonly string[];
  readonly costPerHrUsd?: number;
}

export interface SimulatedPod {
  readonly id: string;
  readonly name: string;
  readonly status: PodStatus;
  /** Billed while RUNNING or on its way there; reported always, as RunPod does. */
  readonly costPerHrUsd: number;
  /** Billed for its disk while it is not RUNNING; nobody reports it. */
  readonly stoppedCostPerHrUsd: number;
  readonly gpuTypeId: string;
  readonly gpuCount: number;
  readonly cloud: CloudName;
  readonly dataCenterId: string;
  readonly imageName: string;
  readonly ports: readonly string[];
  readonly volumeInGb: number;
  readonly containerDiskInGb: number;
  /** Null: everything on the pod is lost when it is terminated. */
  readonly networkVolumeId: string | null;
  readonly locked: boolean;
  /** Null: a pod by itself. A member refuses to be stopped or terminated alone. */
  readonly cluster: { readonly id: string; readonly rank: number } | null;
  readonly rest: RestWords;
  readonly env: readonly string[];
  /** Null: nothing reported yet, as while an image is pulled. */
  readonly telemetry: Telemetry | null;
  readonly createdAtMs: number;
  readonly startedAtMs: number;
  readonly statusChangedAtMs: number;
  /** A new pod that is CREATED runs from then on; null: it is on no such way. */
  readonly runsAtMs: number | null;
}

/** A pod to add: the rate, and whatever shall differ from a busy pod with one GPU. */
export type NewPod = Partial<SimulatedPod> & Pick<SimulatedPod, "costPerHrUsd">;

/** `spareId` serves where the order names none; a pod without a name is called by its id. */
export function podFrom(order: NewPod, spareId: string, nowMs: number): SimulatedPod {
  const id = order.id ?? spareId;
  const gpuCount = order.gpuCount ?? 1;
  return {
    id,
    name: id,
    status: "RUNNING",
    stoppedCostPerHrUsd: 0,
    gpuTypeId: "NVIDIA GeForce RTX 4090",
    gpuCount,
    cloud: "SECURE",
    dataCenterId: "EU-SE-1",
    imageName: "runpod/pytorch:latest",
    ports: ["22/tcp"],
    volumeInGb: 20,
    containerDiskInGb: 20,
    networkVolumeId: null,
    locked: false,
    cluster: null,
    rest: {},
    // Present so that a test can prove that nobody asks for it.
    env: ["TOKEN=simulated-env-secret"],
    telemetry: { cpuPercent: 40, memoryPercent: 50, gpuPercents: Array(gpuCount).fill(90) },
    createdAtMs: nowMs,
    startedAtMs: nowMs,
    statusChangedAtMs: nowMs,
    runsAtMs: null,
    ...order,
  };
}
