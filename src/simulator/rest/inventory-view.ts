import type { SimulatedEndpoint, SimulatedVolume } from "#simulator/inventory.ts";
import type { Offered } from "#simulator/market.ts";
import { dateTime } from "./pod-view.ts";

export function volumeView({ id, name, sizeGb, dataCenterId, type }: SimulatedVolume) {
  return { id, name, size: sizeGb, dataCenter: dataCenterId, type };
}

export function endpointView(endpoint: SimulatedEndpoint) {
  const { id, name, workersMin, workersMax, idleTimeoutSeconds, pool, gpuCount } = endpoint;
  return {
    id,
    name,
    image: "runpod/pytorch:latest",
    args: "",
    disk: 20,
    ports: [],
    env: {},
    registry: null,
    gpu: { pools: [pool], count: gpuCount, allowedCudaVersions: [], minCudaVersion: null },
    workers: {
      min: workersMin,
      max: workersMax,
      ...(idleTimeoutSeconds === null ? {} : { idleTimeout: idleTimeoutSeconds }),
    },
    scaling:
      idleTimeoutSeconds === null
        ? { type: "REQUEST_COUNT", requestCount: 4 }
        : { type: "QUEUE_DELAY", queueDelay: 4 },
    dataCenterIds: ["EU-SE-1"],
    networkVolumes: endpoint.networkVolumeIds,
    timeout: 300_000,
    flashboot: "OFF",
    createdAt: dateTime(endpoint.createdAtMs),
  };
}

export function workersView({ id, workers, gpuCount, gpuTypeId, createdAtMs }: SimulatedEndpoint) {
  const count = (status: string) => workers.filter((one) => one === status).length;
  return {
    workers: workers.map((status, index) => ({
      id: `${id}-worker${index + 1}`,
      status,
      isStale: false,
      version: 1,
      gpuCount,
      image: "runpod/pytorch:latest",
      uptimeSeconds: null,
      gpuTypeId,
      dataCenterId: "EU-SE-1",
      startedAt: dateTime(createdAtMs),
    })),
    summary: {
      running: count("RUNNING"),
      idle: count("IDLE"),
      initializing: count("INITIALIZING"),
      throttled: count("THROTTLED"),
      unhealthy: count("UNHEALTHY"),
      total: workers.length,
    },
    endpointVersion: 1,
  };
}

/** `stock` is shown where it was asked for. */
export function gpuTypeView(type: Offered, stock?: string) {
  return {
    id: type.id,
    name: type.displayName,
    pool: type.pool,
    manufacturer: "NVIDIA",
    memory: type.memoryInGb,
    secure: true,
    community: true,
    price: {
      secure: type.securePriceUsd,
      community: type.communityPriceUsd,
      serverless: type.serverlessPriceUsd,
    },
    maxCount: { secure: 8, community: 8 },
    ...(stock === undefined ? {} : { availability: stock.toUpperCase() }),
  };
}

export const cpuTypeView = {
  id: "cpu3c",
  name: "Compute-Optimized",
  group: "Gen 3",
  vcpu: { min: 2, max: 32 },
  ramGbPerVcpu: 2,
  price: { securePerVcpu: 0.03, serverlessPerVcpu: 0.04 },
};
