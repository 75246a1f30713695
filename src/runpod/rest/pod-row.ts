import type { Pod, PodSample, PodStatus } from "#guard/model/account.ts";
import { idIn, statusWordIn } from "#runpod/pod-rows.ts";
import { amountIn, isJson, type Json, nameIn, numberIn } from "#runpod/readings.ts";
import { sampleIn, uptimeIn } from "./sample.ts";

/** What a row says of a pod. Nothing else of it is kept: RunPod adds what the pod is started with. */
export interface PodRow {
  readonly id: string;
  readonly pod: Pod;
  /** It is a member of this cluster. */
  readonly clusterId: string | undefined;
  /** What its state allows; undefined when that is not said. */
  readonly actions: readonly string[] | undefined;
  readonly sample: PodSample;
  /** Of its container; undefined when that is not said. */
  readonly uptimeSeconds: number | undefined;
}

/** What this program writes into each pod that it starts, and how. */
const stampKey = "RUNPODBOSS";
const stampShape = /^[a-z2-7]{8}@[A-Za-z0-9._-]{1,64}$/;
/** Of a volume; what is more is a mistake. */
const mostGb = 1_000_000;
/** Of what RunPod allows; it has four. */
const mostActions = 16;

/**
 * Nothing is filled in: what decides whether a pod may be ended is known, or it is unknown. A row that
 * does not say which pod it is of, or which cluster, is none.
 */
export function podRowIn(found: unknown, atMs: number): PodRow | undefined {
  if (!isJson(found)) return undefined;
  const id = idIn(found["id"]);
  const { cluster } = found;
  if (id === undefined || !isReadableCluster(cluster)) return undefined;
  const word = statusWordIn(found["status"]);
  const actions = actionsIn(found["actions"]);
  const { locked, cost } = found;
  const pod: Pod = {
    id,
    ...nameIn(found["name"]),
    status: statusOf(word, actions, cost),
    word,
    // 0 says that nothing is paid now: of what it costs while it runs it says nothing.
    costPerHrUsd: amountIn(cost) || undefined,
    hasNetworkVolume: hasNetworkVolumeIn(found["mounts"]),
    ...diskIn(found["mounts"]),
    isLocked: typeof locked === "boolean" ? locked : undefined,
    ...stampIn(found["env"]),
  };
  const clusterId = clusterIdIn(cluster);
  const sample = sampleIn(id, found, atMs);
  return { id, pod, clusterId, actions, sample, uptimeSeconds: uptimeIn(found) };
}

function isReadableCluster(found: unknown): boolean {
  return found === undefined || found === null || clusterIdIn(found) !== undefined;
}

function clusterIdIn(found: unknown): string | undefined {
  return isJson(found) ? idIn(found["id"]) : undefined;
}

function actionsIn(found: unknown): readonly string[] | undefined {
  if (!Array.isArray(found)) return undefined;
  const words = found.slice(0, mostActions).map(statusWordIn);
  return words.every((word) => word !== undefined) ? words : undefined;
}

/** In the words of this interface. Any other word proves neither that a pod runs nor that it does not. */
function statusOf(
  word: string | undefined,
  actions: readonly string[] | undefined,
  cost: unknown,
): PodStatus {
  switch (word) {
    case "PROVISIONING":
    case "STARTING":
      return "pending";
    case "RUNNING":
      return "running";
    case "EXITED":
      return "stopped";
    case "TERMINATED":
      return "gone";
    case "ERROR": {
      // What may be started, not stopped, and is not paid for does not run.
      const isOver = actions?.includes("start") === true && !actions.includes("stop");
      return isOver && cost === 0 ? "stopped" : "unknown";
    }
    default:
      return "unknown";
  }
}

/** The size of its own volume, which is billed while it is stopped too. */
function diskIn(mounts: unknown): Pick<Pod, "diskGb"> {
  const persistent = isJson(mounts) ? mounts["persistent"] : undefined;
  const diskGb = isJson(persistent) ? numberIn(persistent["size"], 0, mostGb) : undefined;
  return diskGb === undefined ? {} : { diskGb };
}

/** All that is read of what a pod is started with: any other value may be a secret. */
function stampIn(env: unknown): Pick<Pod, "stamp"> {
  const stamp = isJson(env) ? env[stampKey] : undefined;
  return typeof stamp === "string" && stampShape.test(stamp) ? { stamp } : {};
}

function hasNetworkVolumeIn(mounts: unknown): boolean | undefined {
  if (!isJson(mounts)) return undefined;
  const { network } = mounts;
  if (network === undefined) return false;
  if (!Array.isArray(network)) return undefined;
  if (network.length === 0) return false;
  const isNamed = network.every((each: unknown) => isJson(each) && isFilled(each["volumeId"]));
  return isNamed ? true : undefined;
}

function isFilled(value: Json[string]): boolean {
  return typeof value === "string" && value !== "";
}
