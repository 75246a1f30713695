import type { NewPod } from "./pod.ts";

/** Pods that were started together and end together; the members know it by its id. */
export interface SimulatedCluster {
  readonly id: string;
  readonly name: string;
  readonly type: "APPLICATION" | "TRAINING" | "SLURM" | "RAY";
  readonly createdAtMs: number;
}

/** A cluster to add: the members in the order of their ranks, and whatever shall differ. */
export interface NewCluster extends Partial<SimulatedCluster> {
  readonly pods: readonly NewPod[];
}

/** `spareId` serves where the order names none; a cluster without a name is called by its id. */
export function clusterFrom(
  order: Partial<SimulatedCluster>,
  spareId: string,
  nowMs: number,
): SimulatedCluster {
  const id = order.id ?? spareId;
  return { id, name: id, type: "TRAINING", createdAtMs: nowMs, ...order };
}
