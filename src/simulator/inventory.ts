/** Storage that goes on billing whatever runs. */
export interface SimulatedVolume {
  readonly id: string;
  readonly name: string;
  readonly sizeGb: number;
  readonly dataCenterId: string;
  readonly type: "STANDARD" | "HIGH_PERFORMANCE";
  readonly burnPerHrUsd: number;
}

type WorkerStatus = "RUNNING" | "IDLE" | "INITIALIZING" | "THROTTLED" | "UNHEALTHY";

export interface SimulatedEndpoint {
  readonly id: string;
  readonly name: string;
  readonly workersMin: number;
  readonly workersMax: number;
  /** Null: not reported, as for queues that scale on the count of requests. */
  readonly idleTimeoutSeconds: number | null;
  readonly gpuTypeId: string;
  readonly gpuCount: number;
  readonly pool: string;
  readonly networkVolumeIds: readonly string[];
  readonly workers: readonly WorkerStatus[];
  readonly burnPerHrUsd: number;
  readonly createdAtMs: number;
}

/** What burns that is no pod. Nothing of it unless added; each may drain the balance. */
export interface Inventory {
  addNetworkVolume(order?: Partial<SimulatedVolume>): SimulatedVolume;
  networkVolumes(): readonly SimulatedVolume[];
  addEndpoint(order?: Partial<SimulatedEndpoint>): SimulatedEndpoint;
  endpoints(): readonly SimulatedEndpoint[];
  /** Dollars of each bucket, under RunPod's names for the categories. */
  setBilling(amounts: Readonly<Record<string, number>>): void;
  billing(): Readonly<Record<string, number>>;
  inventoryBurnPerHrUsd(): number;
}

export interface InventoryOptions {
  readonly nowMs: () => number;
  /** Brings the books up to now, before the burn changes. */
  readonly settle: () => void;
}

export function createInventory({ nowMs, settle }: InventoryOptions): Inventory {
  const volumes = new Map<string, SimulatedVolume>();
  const endpoints = new Map<string, SimulatedEndpoint>();
  let billing: Readonly<Record<string, number>> = {};

  return {
    addNetworkVolume(order = {}) {
      settle();
      const id = order.id ?? `volume${volumes.size + 1}`;
      const volume: SimulatedVolume = {
        id,
        name: id,
        sizeGb: 100,
        dataCenterId: "EU-SE-1",
        type: "STANDARD",
        burnPerHrUsd: 0,
        ...order,
      };
      volumes.set(id, volume);
      return volume;
    },
    networkVolumes: () => [...volumes.values()],
    addEndpoint(order = {}) {
      settle();
      const id = order.id ?? `endpoint${endpoints.size + 1}`;
      const endpoint: SimulatedEndpoint = {
        id,
        name: id,
        workersMin: 0,
        workersMax: 3,
        idleTimeoutSeconds: 5,
        gpuTypeId: "NVIDIA GeForce RTX 4090",
        gpuCount: 1,
        pool: "ADA_24",
        networkVolumeIds: [],
        workers: [],
        burnPerHrUsd: 0,
        createdAtMs: nowMs(),
        ...order,
      };
      endpoints.set(id, endpoint);
      return endpoint;
    },
    endpoints: () => [...endpoints.values()],
    setBilling(amounts) {
      billing = amounts;
    },
    billing: () => billing,
    inventoryBurnPerHrUsd() {
      let perHrUsd = 0;
      for (const { burnPerHrUsd } of [...volumes.values(), ...endpoints.values()]) {
        perHrUsd += burnPerHrUsd;
      }
      return perHrUsd;
    },
  };
}
