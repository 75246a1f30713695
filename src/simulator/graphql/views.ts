import type { SimulatedAccount } from "#simulator/account.ts";
import { gpuTypes } from "#simulator/gpu-types.ts";
import type { Offered } from "#simulator/market.ts";
import type { SimulatedPod, Telemetry } from "#simulator/pod.ts";

// The account in RunPod's words. What costs something to build is a function, which graphql-js calls
// only for fields that were asked for.

export function userView(account: SimulatedAccount, showsClusterPods: boolean) {
  const pods = account.pods().filter((pod) => showsClusterPods || pod.cluster === null);
  const balanceUsd = account.balanceUsd();
  return {
    clientBalance: balanceUsd,
    currentSpendPerHr: () => account.burnPerHrUsd(),
    minBalance: 0,
    clientLifetimeSpend: () => account.spentUsd(),
    creditAlertThreshold: null,
    spendLimit: 80,
    underBalance: balanceUsd <= 0,
    spendDetails: () => ({
      localStoragePerHour: 0,
      networkStoragePerHour: 0,
      gpuComputePerHour: account.podBurnPerHrUsd(),
    }),
    pods: () => pods.map((pod) => podView(pod, account.nowMs())),
  };
}

export function podView(pod: SimulatedPod, nowMs: number) {
  const uptimeSeconds =
    pod.status === "RUNNING" ? Math.floor((nowMs - pod.startedAtMs) / 1000) : null;
  return {
    id: pod.id,
    name: pod.name,
    imageName: pod.imageName,
    machineId: `machine-of-${pod.id}`,
    desiredStatus: pod.status,
    costPerHr: pod.costPerHrUsd,
    adjustedCostPerHr: pod.costPerHrUsd,
    memoryInGb: 62,
    vcpuCount: 16,
    gpuCount: pod.gpuCount,
    createdAt: () => dateTime(pod.createdAtMs),
    lastStartedAt: () => dateTime(pod.startedAtMs),
    lastStatusChange: () => `${pod.status} since ${dateTime(pod.statusChangedAtMs)}`,
    podType: "RESERVED",
    volumeInGb: pod.volumeInGb,
    containerDiskInGb: pod.containerDiskInGb,
    networkVolumeId: pod.networkVolumeId,
    locked: pod.locked,
    uptimeSeconds: uptimeSeconds ?? 0,
    runtime: () => runtimeView(pod, uptimeSeconds),
    machine: () => ({
      gpuDisplayName: gpuTypes.find((type) => type.id === pod.gpuTypeId)?.displayName ?? null,
      gpuTypeId: pod.gpuTypeId,
      location: "SE",
      dataCenterId: pod.dataCenterId,
      podHostId: pod.status === "CREATED" ? null : `${pod.id}-64411eb2`,
    }),
    latestTelemetry: () => telemetryView(pod, nowMs),
    env: pod.env,
    apiKey: "rpa_simulated_pod_key",
  };
}

function runtimeView({ status, telemetry }: SimulatedPod, uptimeInSeconds: number | null) {
  if (status !== "RUNNING" || telemetry === null) return null;
  return {
    uptimeInSeconds,
    container: {
      cpuPercent: rounded(telemetry.cpuPercent),
      memoryPercent: rounded(telemetry.memoryPercent),
    },
    gpus:
      telemetry.gpuPercents?.map((percent, index) => ({
        id: `GPU-${index}`,
        gpuUtilPercent: rounded(percent),
        memoryUtilPercent: rounded(telemetry.gpuMemoryPercents?.[index] ?? percent),
      })) ?? null,
  };
}

function telemetryView({ telemetry }: SimulatedPod, nowMs: number) {
  if (telemetry === null) return null;
  const known = (telemetry.gpuPercents ?? []).filter((percent) => percent !== null);
  const sum = known.reduce((total, percent) => total + percent, 0);
  return {
    time: dateTime(takenAtMs(telemetry, nowMs)),
    cpuUtilization: telemetry.cpuPercent,
    memoryUtilization: telemetry.memoryPercent,
    averageGpuMetrics: known.length === 0 ? null : { percentUtilization: sum / known.length },
  };
}

function takenAtMs({ takenAtMs: stillMs, everyMs = 1 }: Telemetry, nowMs: number): number {
  return stillMs ?? nowMs - (nowMs % everyMs);
}

interface LowestPriceArgs {
  readonly input?: { readonly gpuCount: number; readonly secureCloud?: boolean | null } | null;
}

export function gpuTypeView(type: Offered) {
  return {
    id: type.id,
    displayName: type.displayName,
    memoryInGb: type.memoryInGb,
    securePrice: type.securePriceUsd,
    communityPrice: type.communityPriceUsd,
    secureCloud: true,
    communityCloud: true,
    maxGpuCountSecureCloud: 8,
    maxGpuCountCommunityCloud: 8,
    lowestPrice: ({ input }: LowestPriceArgs) => {
      const isSecure = input?.secureCloud !== false;
      const gpuCount = input?.gpuCount ?? 1;
      const stock = type.stockFor(isSecure ? "SECURE" : "COMMUNITY", gpuCount);
      if (stock === "none") return { uninterruptablePrice: null, stockStatus: null };
      const eachUsd = isSecure ? type.securePriceUsd : type.communityPriceUsd;
      const stockStatus = stock.charAt(0).toUpperCase() + stock.slice(1);
      return { uninterruptablePrice: eachUsd * gpuCount, stockStatus };
    },
  };
}

function dateTime(ms: number): string {
  return new Date(ms).toISOString();
}

function rounded(percent: number | null): number | null {
  return percent === null ? null : Math.round(percent);
}
