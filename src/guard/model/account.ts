/** What the guard knows of a pod. `undefined` means unknown: never free, never idle. */
export interface Pod {
  /** As RunPod has it: what it would be ended by. No two pods of one poll have the same. */
  readonly id: string;
  /** To be shown, without control and hidden characters; empty when it is unknown. */
  readonly name: string;
  /** As RunPod gave it. Only for comparing: never to be shown. Unknown, it may be any name. */
  readonly rawName: string | undefined;
  /** Why the name is unknown, where RunPod has said so. */
  readonly nameBecause?: string;
  /** More names, where RunPod lists the pod several times. Only for comparing. */
  readonly otherNames?: readonly string[];
  readonly status: PodStatus;
  /** RunPod's own word for that, for people; undefined when it gave none. */
  readonly word: string | undefined;
  readonly costPerHrUsd: number | undefined;
  /** Whether its data outlives a balance of $0. */
  readonly hasNetworkVolume: boolean | undefined;
  /** A locked pod refuses to be stopped. */
  readonly isLocked: boolean | undefined;
  /** The size of its own disk, which is billed while it is stopped too; 0: it has none. Absent: not known. */
  readonly diskGb?: number | undefined;
  /** `<lease id>@<host>`, where this program has started it and the interface shows that. */
  readonly stamp?: string | undefined;
  /**
   * What nobody knows of it besides, as the two interfaces do not show it alike, as in "is unknown". Nothing
   * but a person may end it.
   */
  readonly doubt?: string;
  /** This row stands for a whole cluster of pods, which can only be terminated, and only together. */
  readonly cluster?: Cluster;
}

/** One list for all of RunPod's interfaces. Pending is about to run: it takes money, or will in a moment. */
export type PodStatus = "pending" | "running" | "stopped" | "gone" | "unknown";

interface Cluster {
  readonly members: readonly ClusterMember[];
}

export interface ClusterMember {
  readonly id: string;
  /** To be shown. */
  readonly name: string;
  readonly status: PodStatus;
  readonly word: string | undefined;
  readonly costPerHrUsd: number | undefined;
}

/** RunPod's interfaces. */
export type Api = "graphql" | "rest";

/** Which interface a look came from, and why not from the other. */
export interface Source {
  readonly api: Api;
  readonly because?: string | undefined;
  /** The config asks no other. */
  readonly isConfigured?: boolean | undefined;
  /** While this one does not show all, and the other has not taken over. */
  readonly unseen?: UnseenBy | undefined;
}

/** What an interface has not shown, poll after poll. */
interface UnseenBy {
  readonly sinceMs: number;
  /** Polls in a row that it refused. */
  readonly polls: number;
  /** When the last of them was. */
  readonly countedAtMs?: number | undefined;
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
  /** RunPod did not say what burns: it was added up from the pods that run, so it proves nothing of them. */
  readonly isBurnAddedUp?: boolean;
  readonly pods: readonly Pod[] | "unknown";
  /** Why the pods are unknown, in words. */
  readonly podsBecause?: string;
  /** Rows that do not say which pod they are of; they are not in `pods`. */
  readonly unreadablePods: number;
  /** Pods and clusters that RunPod, asked for each by its id, has of late said to be gone. */
  readonly goneIds?: readonly string[];
  /** Undefined: there is only one. */
  readonly source?: Source;
  /** After a change-over: it shows more money than the interface before, and it is not known who is right. */
  readonly isRiseDoubted?: boolean;
  /** POSTPAID accounts are not stopped when the balance runs out. */
  readonly billingMode?: "PREPAID" | "POSTPAID";
  /** RunPod's rate limits allow no poll sooner than this after the last. */
  readonly paceMs?: number;
  /** Why RunPod refused a part of it, where that may mean that the interface is going away. */
  readonly refusal?: Refusal;
}

/** Retired for good; or refused for a field, an address or a rate, which may be the beginning of that. */
type Refusal = "retired" | "schema" | "route" | "rate";

export interface Blind {
  readonly kind: "blind";
  readonly atMs: number;
  readonly cause: BlindCause;
  readonly because: string;
  /** RunPod asked for fewer requests, and to be left alone for so long. */
  readonly retryAfterMs?: number;
  /** One of RunPod's rate windows is used up, and opens again after that time: nothing is amiss. */
  readonly isWindowSpent?: boolean;
  readonly source?: Source;
  readonly refusal?: Refusal;
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

/** A pod that burns compute money, or is about to; one that does not, until someone starts it; or neither is known. */
export function runStateOf({ status }: Pick<Pod, "status">): "running" | "ended" | "unknown" {
  switch (status) {
    case "pending":
    case "running":
      return "running";
    case "stopped":
    case "gone":
      return "ended";
    case "unknown":
      return "unknown";
  }
}

/** The cluster that a pod is a member of: no row of its own stands for such a pod. */
export function clusterOf(podId: string, pods: readonly Pod[]): Pod | undefined {
  return pods.find(({ cluster }) => cluster?.members.some(({ id }) => id === podId) === true);
}

/** RunPod's own word where there is one: people know it from the console. */
export function statusWordOf({ status, word }: Pick<Pod, "status" | "word">): string {
  return word ?? status;
}

export function isRunning(pod: Pod): boolean {
  return runStateOf(pod) === "running";
}

/** The pods as a list that nobody must take for all of them when a row cannot be read: then it is unknown. */
export function wholeList({
  pods,
  unreadablePods,
}: Pick<Seen, "pods" | "unreadablePods">): Seen["pods"] {
  if (pods === "unknown" || unreadablePods > 0) return "unknown";
  return pods.some(({ status, word }) => status === "unknown" && word === undefined)
    ? "unknown"
    : pods;
}

/** Whether it is known which pods run: no row is missing, and each says a word that is understood. */
export function isEveryRunKnown({
  pods,
  unreadablePods,
}: Pick<Seen, "pods" | "unreadablePods">): boolean {
  return (
    pods !== "unknown" && unreadablePods === 0 && pods.every((pod) => runStateOf(pod) !== "unknown")
  );
}
