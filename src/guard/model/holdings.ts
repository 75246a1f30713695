import type { PodStatus } from "./account.ts";

/** What was asked for, or why nobody knows: the one is never taken for the other. */
export type Part<Value> = { readonly kind: "read"; readonly value: Value } | Unread;

export interface Unread {
  readonly kind: "unread";
  readonly because: string;
}

export interface List<Row> {
  readonly rows: readonly Row[];
  /** Rows that do not say what they are of; they are not in `rows`. */
  readonly unreadable: number;
}

/** What the account holds that may bill, each part as far as the key may read it. */
export interface Holdings {
  readonly atMs: number;
  readonly pods: Part<List<HeldPod>>;
  readonly volumes: Part<List<NetworkVolume>>;
  readonly endpoints: Part<List<ServerlessEndpoint>>;
  readonly clusters: Part<List<HeldCluster>>;
  readonly billing: Part<Billing>;
  /** What may burn at most when something starts; it says nothing of what burns. */
  readonly spendCapPerHrUsd: Part<number>;
}

/** `undefined` is unknown, in all of these. */
interface Held {
  readonly id: string;
  /** To be shown. */
  readonly name: string;
}

export interface HeldPod extends Held {
  readonly status: PodStatus;
  readonly word: string | undefined;
  readonly costPerHrUsd: number | undefined;
  readonly isLocked: boolean | undefined;
  /** The disk that outlives a stop; 0: it has none. */
  readonly volumeDiskGb: number | undefined;
  readonly networkVolumeIds: readonly string[] | undefined;
  /** It is a member of this cluster. */
  readonly clusterId: string | undefined;
}

export interface NetworkVolume extends Held {
  readonly sizeGb: number | undefined;
  readonly tier: "standard" | "high-performance" | undefined;
}

export interface ServerlessEndpoint extends Held {
  readonly workersMin: number | undefined;
  /** A worker is placed on a GPU of one of these pools. */
  readonly pools: readonly string[];
  readonly gpuCount: number | undefined;
  /** Of a worker without GPUs: one of these. */
  readonly cpus: readonly { readonly id: string; readonly vcpuCount: number | undefined }[];
  readonly networkVolumeIds: readonly string[] | undefined;
  readonly workers: Part<Workers>;
}

/** How many there are now of each kind. */
export interface Workers {
  readonly running: number;
  readonly idle: number;
  readonly starting: number;
  /** These wait for a machine, or are not well: whether they bill is not known. */
  readonly other: number;
}

export interface HeldCluster extends Held {
  readonly podCount: number | undefined;
  readonly gpuTypeId: string | undefined;
  readonly gpusPerPod: number | undefined;
}

/** What was billed in the last hours, by RunPod's names for the categories. */
export interface Billing {
  readonly hours: number;
  /** The hour is not over: it may come to more. */
  readonly isSoFar: boolean;
  readonly usd: Readonly<Record<string, number>>;
  /** The categories whose amounts cannot be used. */
  readonly unusable: readonly string[];
}

/** What RunPod's catalogue asks; an account may have been given other prices. */
export interface Prices {
  readonly gpus: Part<readonly GpuPrice[]>;
  readonly cpus: Part<readonly CpuPrice[]>;
}

export interface GpuPrice {
  readonly id: string;
  /** Where serverless workers are placed on it. */
  readonly pool: string | undefined;
  /** Dollars an hour for one. */
  readonly securePerHrUsd: number | undefined;
  readonly communityPerHrUsd: number | undefined;
  readonly serverlessPerHrUsd: number | undefined;
}

export interface CpuPrice {
  readonly id: string;
  /** Dollars an hour for one vCPU. */
  readonly securePerHrUsd: number | undefined;
  readonly serverlessPerHrUsd: number | undefined;
}
