/** Where a pod runs: in RunPod's own data centres, or at someone else's. */
export const clouds = ["secure", "community"] as const;

export type Cloud = (typeof clouds)[number];

/** How many of a type are free, in RunPod's words. It is no promise: a moment later it may be otherwise. */
export type Stock = "none" | "low" | "medium" | "high" | "unknown";

/** A GPU type as it is offered now, for pods with a certain number of them. */
export interface GpuOffer {
  readonly id: string;
  /** To be shown; unlike the id it may be another type's too. */
  readonly name: string;
  readonly memoryGb: number | undefined;
  readonly secure: CloudOffer;
  readonly community: CloudOffer;
}

export interface CloudOffer {
  /** Dollars an hour for one GPU; undefined: it is not offered there, or nobody knows for how much. */
  readonly perHrUsd: number | undefined;
  readonly stock: Stock;
  /** So many a pod may have at most. */
  readonly mostGpus: number | undefined;
}

/** A pod that is to be made. */
export interface PodOrder {
  readonly name: string;
  readonly gpuId: string;
  readonly gpuCount: number;
  readonly cloud: Cloud;
  /** One of the two is given. */
  readonly image: string | undefined;
  readonly templateId: string | undefined;
  /** Undefined: the template's, or RunPod's own. */
  readonly containerDiskGb: number | undefined;
  /** A disk of its own that outlives a stop; 0: none. A pod has this one or a network volume. */
  readonly volumeGb: number;
  readonly networkVolumeId: string | undefined;
  /** `8888/http`, `22/tcp`. */
  readonly ports: readonly string[];
  /** Secrets stand in it: it is shown nowhere. */
  readonly env: Readonly<Record<string, string>>;
  /** Where it may be; empty: anywhere. */
  readonly dataCenterIds: readonly string[];
  /** More is not to be paid for it, where the interface can be told so. */
  readonly mostPerHrUsd: number;
}

/** RunPod's answer to an order. Only an accepted one says what became of it. */
export type CreateAnswer =
  | {
      readonly kind: "created";
      readonly podId: string;
      readonly costPerHrUsd: number | undefined;
    }
  | {
      readonly kind: "failed";
      readonly because: string;
      readonly isReadOnlyKey: boolean;
      /** RunPod itself has said no, before it did anything. False: the pod may be there all the same. */
      readonly isRefusal: boolean;
    };

/** Who started a pod. */
export interface StartedBy {
  readonly kind: "person" | "agent";
  /** Which agent it was, as far as it says: `claude-code`. */
  readonly agent?: string | undefined;
  readonly session?: string | undefined;
  /** The machine on which the command ran. */
  readonly host: string;
}

/** A pod that was started with this program, or adopted by it. It is written down before RunPod is asked. */
export interface Launch {
  /** Of the lease: part of the pod's name, and of its stamp. */
  readonly id: string;
  /** The pod's whole name, unlike any other's. */
  readonly name: string;
  readonly atMs: number;
  /** When its lease ends, for the runs that begin before that. */
  readonly endsAtMs: number;
  readonly by: StartedBy;
  /** Undefined until it is known. */
  readonly podId?: string | undefined;
  /** RunPod has refused it: there is no such pod, as far as was seen. */
  readonly failedAtMs?: number | undefined;
  /** It was started past this program, and taken in by a hook of an agent. */
  readonly isAdopted?: boolean | undefined;
}

/** What no caller can lift: only the config says it. */
export interface LaunchCaps {
  /** Of one pod, all its GPUs together. */
  readonly mostPerHrUsd: number;
  readonly mostMs: number;
  /** Pods that run at once, whoever started them. */
  readonly mostRunning: number;
  readonly mostStartsPerHour: number;
  /** RunPod's ids of data centres; undefined: anywhere. */
  readonly regions?: readonly string[] | undefined;
  /** Globs over ids and names of GPU types; undefined: any. */
  readonly gpus?: readonly string[] | undefined;
}

/** What the guards of single pods do with a pod that someone else has started. */
export const foreignPods = ["guard", "notify", "ignore"] as const;

export type ForeignPods = (typeof foreignPods)[number];
