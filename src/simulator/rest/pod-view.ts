import type { PodStatus, SimulatedPod, Telemetry } from "#simulator/pod.ts";

const words: Readonly<Record<PodStatus, string>> = {
  CREATED: "PROVISIONING",
  RUNNING: "RUNNING",
  RESTARTING: "STARTING",
  EXITED: "EXITED",
  PAUSED: "EXITED",
  DEAD: "ERROR",
  TERMINATED: "TERMINATED",
};

const actions: Readonly<Record<string, readonly string[]>> = {
  PROVISIONING: ["stop", "terminate"],
  STARTING: ["stop", "terminate"],
  RUNNING: ["stop", "restart", "terminate"],
  EXITED: ["start", "terminate"],
  ERROR: ["start", "terminate"],
};

/** A pod in REST's words. */
export function podView(pod: SimulatedPod, nowMs: number) {
  const status = statusOf(pod);
  return {
    id: pod.id,
    name: pod.name,
    image: pod.imageName,
    args: "",
    disk: Math.max(1, pod.containerDiskInGb),
    ports: pod.ports,
    env: Object.fromEntries(pod.env.map(pairOf)),
    registry: null,
    status,
    actions: actionsOf(pod),
    mounts: mountsOf(pod),
    ...hardwareOf(pod),
    cloud: pod.cloud,
    dataCenterId: status === "PROVISIONING" ? null : pod.dataCenterId,
    cudaVersion: null,
    ssh: { proxy: status === "PROVISIONING" ? null : proxyOf(pod), direct: null },
    ...(pod.cluster === null ? {} : { cluster: pod.cluster }),
    template: null,
    cost: costOf(pod, status),
    locked: pod.locked,
    globalNetworking: { enabled: false },
    runtime: status === "RUNNING" ? runtimeOf(pod, nowMs) : null,
    createdAt: dateTime(pod.createdAtMs),
    startedAt: status === "PROVISIONING" ? null : dateTime(pod.startedAtMs),
  };
}

export function statusOf(pod: SimulatedPod): string {
  return pod.rest.status ?? words[pod.status];
}

/** What the pod's state allows; a lock or a cluster may forbid it all the same. */
export function actionsOf(pod: SimulatedPod): readonly string[] {
  return pod.rest.actions ?? actions[statusOf(pod)] ?? [];
}

/** 0 once a pod has ended, whatever it costs while it runs. */
function costOf(pod: SimulatedPod, status: string): number {
  const isOver = status === "EXITED" || status === "TERMINATED" || pod.status === "DEAD";
  return pod.rest.costPerHrUsd ?? (isOver ? 0 : pod.costPerHrUsd);
}

/** The way in through RunPod's own host: known once the pod has a machine. */
function proxyOf({ id }: SimulatedPod) {
  const [host, username] = ["ssh.runpod.io", `${id}-64411eb2`];
  return { host, port: 22, username, command: `ssh ${username}@${host}` };
}

function hardwareOf({ gpuCount, gpuTypeId }: SimulatedPod) {
  return gpuCount === 0
    ? { cpu: { id: "cpu3c", vcpuCount: 16, memory: 62 } }
    : { gpu: { id: gpuTypeId, count: gpuCount } };
}

/** A pod has a network volume or a disk of its own, never both; REST knows no disk below 10 GB. */
function mountsOf({ networkVolumeId, volumeInGb }: SimulatedPod) {
  const path = "/workspace";
  if (networkVolumeId !== null) return { network: [{ volumeId: networkVolumeId, path }] };
  return volumeInGb === 0 ? {} : { persistent: { size: Math.max(10, volumeInGb), path } };
}

function runtimeOf({ telemetry, startedAtMs }: SimulatedPod, nowMs: number) {
  if (telemetry === null) return null;
  return {
    uptime: Math.floor((nowMs - startedAtMs) / 1000),
    ...known("cpu", utilOf(telemetry.cpuPercent)),
    ...known("memory", utilOf(telemetry.memoryPercent)),
    ...known("gpus", gpusOf(telemetry)),
  };
}

/** What is not known is left out, and never null. */
function gpusOf({ gpuPercents, gpuMemoryPercents }: Telemetry) {
  return gpuPercents?.map((percent, index) => ({
    ...known("util", rounded(percent)),
    ...known("memoryUtil", rounded(gpuMemoryPercents?.[index] ?? percent)),
  }));
}

function utilOf(percent: number | null) {
  return percent === null ? undefined : { util: Math.round(percent) };
}

function rounded(percent: number | null): number | undefined {
  return percent === null ? undefined : Math.round(percent);
}

function known(key: string, value: unknown): Readonly<Record<string, unknown>> {
  return value === undefined ? {} : { [key]: value };
}

function pairOf(setting: string): [string, string] {
  const [name = "", ...value] = setting.split("=");
  return [name, value.join("=")];
}

export function dateTime(ms: number): string {
  return new Date(ms).toISOString();
}
