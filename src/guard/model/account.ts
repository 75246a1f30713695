/** What the guard knows of a pod. `undefined` means unknown: never free, never idle. */
export interface Pod {
  readonly id: string;
  /** Without control and hidden characters; see `control-characters.ts`. */
  readonly name: string;
  /** As RunPod gave it. Only for comparing: never to be shown. */
  readonly rawName: string;
  /** RunPod's word: CREATED, RUNNING, RESTARTING, EXITED, PAUSED, DEAD, TERMINATED. */
  readonly status: string;
  readonly costPerHrUsd: number | undefined;
  /** Whether its data outlives a balance of $0. */
  readonly hasNetworkVolume: boolean | undefined;
  /** A locked pod refuses to be stopped. */
  readonly isLocked: boolean | undefined;
}

/** Why a poll failed, as far as what to do about it differs. */
export type BlindCause = "key-refused" | "unreachable" | "server-error" | "bad-answer";

/** The result of one poll. A failed poll is a value of its own: never "fine", never "$0". */
export type Look = Seen | Blind;

export interface Seen {
  readonly kind: "seen";
  readonly atMs: number;
  readonly balanceUsd: number;
  readonly burnPerHrUsd: number | undefined;
  readonly pods: readonly Pod[] | "unknown";
  /** Why the pods are unknown, in words. */
  readonly podsBecause?: string;
  /** Rows of pods that could not be read; they are not in `pods`. */
  readonly unreadablePods: number;
}

export interface Blind {
  readonly kind: "blind";
  readonly atMs: number;
  readonly cause: BlindCause;
  readonly because: string;
  /** RunPod asked for fewer requests, and to be left alone for so long. */
  readonly retryAfterMs?: number;
}

/** How a pod is ended. A stop keeps its volume disk. */
export type EndAction = "stop" | "terminate";

/** What was measured of a pod, apart from the look; undefined is unknown. */
export interface PodSample {
  readonly podId: string;
  /** The start of the present run by the pod's own uptime. */
  readonly bootedAtMs: number | undefined;
  /** When RunPod says that it was last started. */
  readonly lastStartedAtMs: number | undefined;
  /** When its load was taken, by RunPod's clock. */
  readonly takenAtMs: number | undefined;
  readonly cpuPercent: number | undefined;
  /** One for each GPU that the pod has, and none for a pod without; undefined when some are missing. */
  readonly gpuPercents: readonly (number | undefined)[] | undefined;
  /** How much of the memory of each GPU is in use. */
  readonly gpuMemoryPercents?: readonly (number | undefined)[] | undefined;
  /** The number is as old as `takenAtMs`; else it is of the moment of the answer. */
  readonly isCpuTimed?: boolean;
  readonly areGpusTimed?: boolean;
  readonly gpuType: string | undefined;
  readonly region: string | undefined;
}

export type Measured =
  | { readonly kind: "measured"; readonly atMs: number; readonly samples: readonly PodSample[] }
  | { readonly kind: "unmeasured"; readonly atMs: number; readonly because: string };

/** What the probes of the idle guard found out about a pod. */
export interface Activity {
  readonly isActive: boolean;
  /** What shows it, or why a probe that did not work counts as active. */
  readonly because: string;
  /** A probe failed, which must be notified. */
  readonly hasFailed: boolean;
  /** The counters as they stand now, to be compared with next time. */
  readonly counters: Readonly<Record<string, number>>;
}

/** What the probes found out about a pod that a sample had shown idle. */
export interface Probed {
  readonly sample: PodSample;
  readonly sampledAtMs: number;
  readonly activity: Activity;
}

/** Burns compute money, or is about to. */
export function isRunning({ status }: Pod): boolean {
  return status === "RUNNING" || status === "RESTARTING";
}
