/** What the guard knows of a pod. `undefined` means unknown: never free, never idle. */
export interface Pod {
  readonly id: string;
  /** Already cleaned of what other people may have put into it; see `clean.ts`. */
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

/** Why a look failed, as far as what to do about it differs. */
export type BlindCause = "key-refused" | "unreachable" | "bad-answer";

/** One look at the account. Not seeing is a value of its own: never "fine", never "$0". */
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
}

/** How a pod is ended. A stop keeps its volume disk. */
export type EndAction = "stop" | "terminate";

/** What the guard does itself when, so long after the trip, pods still run. */
export interface Backstop {
  readonly action: EndAction;
  readonly afterMs: number;
}

/** A line in the balance. Below means `balance < belowUsd`. */
export interface Threshold {
  readonly name: string;
  readonly belowUsd: number;
  /** What is owed when it trips, in this order. */
  readonly answers: readonly ("notify" | "call-agent")[];
  readonly backstop: Backstop | undefined;
}

/** The guards of a single pod's run, the one that goes first when several are due first. */
export const podGuardNames = ["hard_timeout", "lease", "idle"] as const;

export type PodGuardName = (typeof podGuardNames)[number];

export type PodGuardAction = "notify" | "agent" | EndAction;

interface PodGuard {
  readonly action: PodGuardAction;
  /** Globs over pod ids and names: the pods it is for. */
  readonly pods: readonly string[];
}

/** From the start of the run, whatever else there is. */
export interface HardTimeoutGuard extends PodGuard {
  readonly afterMs: number;
}

export interface LeaseGuard extends PodGuard {
  /** From the start of the run; undefined: only pods that were given a lease have one. */
  readonly defaultMs: number | undefined;
  /** From the start of the run: no lease goes beyond. */
  readonly maxMs: number;
}

export interface IdleGuard extends PodGuard {
  readonly afterMs: number;
  /** Below both is idle. */
  readonly gpuPercent: number;
  readonly cpuPercent: number;
  /** So long after the start nothing counts: images are pulled, models are loaded. */
  readonly bootGraceMs: number;
  /** Whether a pod that shows no load is asked in other ways. */
  readonly hasProbes: boolean;
}

/** What a pod's run is held to; a guard that is not there is off. */
export interface PodGuards {
  readonly hardTimeout?: HardTimeoutGuard | undefined;
  readonly lease?: LeaseGuard | undefined;
  readonly idle?: IdleGuard | undefined;
  /** No end comes sooner after its warning; 0: ends come unannounced. */
  readonly warnMs: number;
  /** Of the ends that these guards bring about. */
  readonly maxEndsPerHour: number;
  /** Looks and samples further apart do not belong together. */
  readonly gapMs: number;
  /** How people call this program, with its config: for what they are told to type. */
  readonly command: string;
}

/** What the guard is asked to do. Thresholds stand highest first. */
export interface Policy {
  readonly thresholds: readonly Threshold[];
  /** Whether there is anyone to tell what is not a trip. */
  readonly tells: boolean;
  /** Globs over pod ids and names; nothing of ours ends such a pod. */
  readonly protect: readonly string[];
  readonly blindAfterMs: number;
  readonly agentAttempts: number;
  readonly podGuards: PodGuards;
}

/** What a notice is about. */
export const eventNames = [
  "trip",
  "agent",
  "backstop",
  "warn",
  ...podGuardNames,
  "burn",
  "blind",
  "sighted",
  "trouble",
  "recovered",
  "drill",
] as const;

export type EventName = (typeof eventNames)[number];

/** What the guard says in words: a trip is its own event, and drills are not its business. */
export type SaidName = Exclude<EventName, "trip" | "drill">;

/** Something owed to the world, written down before it is tried. */
export type Effect = Notify | CallAgent | CallPodAgent | EndPod | EndRun;

interface Owed {
  readonly id: string;
  readonly because: string;
  /** Tries so far. */
  readonly tries: number;
  readonly notBeforeMs: number;
}

export interface Notify extends Owed {
  readonly kind: "notify";
  readonly event: EventName;
  /** The threshold's name, or the event's. */
  readonly name: string;
  /** The balance it is about: at the crossing, or when it was last seen. */
  readonly balanceUsd?: number | undefined;
  readonly belowUsd?: number | undefined;
}

export interface CallAgent extends Owed {
  readonly kind: "call-agent";
  readonly threshold: string;
  readonly belowUsd: number;
  readonly balanceUsd: number;
}

export interface EndPod extends Owed {
  readonly kind: "end-pod";
  readonly threshold: string;
  readonly belowUsd: number;
  readonly podId: string;
  readonly action: EndAction;
}

/** One of a pod's guards has the agent look after it. */
export interface CallPodAgent extends Owed {
  readonly kind: "call-pod-agent";
  readonly guard: PodGuardName;
  /** As the history has it: `idle_30m`, `lease_expired`, `hard_timeout_8h`. */
  readonly reason: string;
  readonly podId: string;
  readonly podName: string;
}

/** One of a pod's guards ends its present run. */
export interface EndRun extends Owed {
  readonly kind: "end-run";
  readonly guard: PodGuardName;
  /** As the history has it: `idle_30m`, `lease_expired`, `hard_timeout_8h`. */
  readonly reason: string;
  readonly podId: string;
  readonly podName: string;
  readonly action: EndAction;
}

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
  /** A probe did not work, and people should know. */
  readonly hasFailed: boolean;
  /** The counters as they stand now, to be compared with next time. */
  readonly counters: Readonly<Record<string, number>>;
}

/** Time that someone has given a pod. It holds for the run in which it was given. */
export interface Lease {
  readonly endsAtMs: number;
  readonly givenAtMs: number;
}

/** What people have said of their pods, by pod id. Only commands write it. */
export interface LeaseBook {
  readonly leases: Readonly<Record<string, Lease>>;
  readonly touchedAtMs: Readonly<Record<string, number>>;
}

/** How the start of a run is known, the best first. */
export type StartSource = "uptime" | "last-started" | "begun" | "first-seen";

/** A pod from one start to the next stop, as far as it is known. */
export interface PodRun {
  readonly podId: string;
  readonly name: string;
  readonly costPerHrUsd?: number | undefined;
  readonly gpuType?: string | undefined;
  readonly region?: string | undefined;
  readonly firstSeenAtMs: number;
  readonly startedAtMs: number;
  readonly startFrom: StartSource;
  readonly lastStartedAtMs?: number | undefined;
  /** Nobody looked since then for a while: it may be another run by now. Nothing ends such a run. */
  readonly unsureSinceMs?: number | undefined;
  /** Whether its start is in the history. */
  readonly isRecorded?: boolean | undefined;
  /** How long, in all, it was seen to be idle since it was last seen active. */
  readonly idleMs: number;
  /** The last sample, if it was an idle one: what lies between two such is idle time. */
  readonly idleAtMs?: number | undefined;
  /** When the newest load was taken, by RunPod's clock: the same one twice is not two. */
  readonly takenAtMs?: number | undefined;
  /** When its load was last known, by our clock. */
  readonly loadKnownAtMs?: number | undefined;
  readonly counters?: Readonly<Record<string, number>> | undefined;
  readonly lease?: Lease | undefined;
  readonly touchedAtMs?: number | undefined;
  /** By guard: when the end to come was announced. */
  readonly warnedAtMs: Readonly<Partial<Record<PodGuardName, number>>>;
  /** By guard that tells people or calls the agent: when it last did. */
  readonly actedAtMs: Readonly<Partial<Record<PodGuardName, number>>>;
}

export const recordTypes = [
  "trip",
  "rearm",
  "agent",
  "notify",
  "backstop",
  "termination",
  "stop",
  "lease",
  "extend",
  "touch",
  "warn",
  "blind",
  "sighted",
  "start",
  "drill",
  "daemon",
] as const;

export type RecordType = (typeof recordTypes)[number];

/** What the history keeps of a pod's run. Times and costs are up to the record. */
export interface RunFacts {
  readonly podId: string;
  readonly podName: string;
  readonly gpuType?: string | undefined;
  readonly region?: string | undefined;
  readonly uptimeMs?: number | undefined;
  readonly costUsd?: number | undefined;
  readonly costPerHrUsd?: number | undefined;
  /** Until when it would have run at most, by the guards that were on. */
  readonly capAtMs?: number | undefined;
}

/** One line of the history. */
export interface HistoryRecord {
  /** Unlike any other, and the same whenever the same thing is written again. */
  readonly id: string;
  readonly atMs: number;
  readonly type: RecordType;
  /** The threshold, or why a pod was ended; null where there is none to name. */
  readonly reason: string | null;
  readonly run?: RunFacts | undefined;
  readonly because: string;
  readonly balanceUsd?: number | undefined;
  readonly belowUsd?: number | undefined;
  /** When the lease ends now. */
  readonly endsAtMs?: number | undefined;
  /**
   * An end: when the pod was last seen to run. It is not written when the history has an end of that
   * pod from then on, whoever wrote it.
   */
  readonly ranAtMs?: number | undefined;
  /** Not to be written before: someone who knows better may be about to. */
  readonly notBeforeMs?: number | undefined;
}

/** Since when something is not seen, and when people were last told. */
export interface Unseen {
  readonly sinceMs: number;
  readonly toldAtMs?: number | undefined;
  readonly lastBalanceUsd?: number | undefined;
  readonly lastBurnPerHrUsd?: number | undefined;
}

/** What outlives the process. */
export interface GuardState {
  /** By threshold name: true from the trip until the balance is back at or above the line. */
  readonly fired: Readonly<Record<string, boolean>>;
  readonly owed: readonly Effect[];
  /** By threshold name, for those that are fired: when they tripped. */
  readonly trippedAtMs: Readonly<Record<string, number>>;
  /** The account, while it is not seen. */
  readonly blind?: Unseen | undefined;
  /** The pods, while only the balance is seen. */
  readonly podsBlind?: Unseen | undefined;
  /** By what was said, when: what is true for hours is said once an hour. */
  readonly saidAtMs: Readonly<Record<string, number>>;
  /** By pod id, the runs that go on. */
  readonly runs: Readonly<Record<string, PodRun>>;
  /** When the last look was taken, and the last that showed the pods. */
  readonly lookedAtMs?: number | undefined;
  readonly podsSeenAtMs?: number | undefined;
  /** The loads, while they cannot be measured. */
  readonly unmeasured?: Unseen | undefined;
  /** When each end of the last hour that one of the pods' guards brought about was proven. */
  readonly guardEndsAtMs: readonly number[];
  /** What the history does not have yet. */
  readonly unrecorded: readonly HistoryRecord[];
  /** How many records there have been. */
  readonly recordCount: number;
  /** As this process last read it; not saved. Unknown, it may hold more time for a pod. */
  readonly leaseBook?: LeaseBook | "unknown" | undefined;
  /** The last good look of this process; it is not saved. */
  readonly lastSeen?: Seen | undefined;
}

export const emptyState: GuardState = {
  fired: {},
  owed: [],
  trippedAtMs: {},
  saidAtMs: {},
  runs: {},
  guardEndsAtMs: [],
  unrecorded: [],
  recordCount: 0,
};

/** How an effect went; moot is what nobody needs any more. `tail` is the end of what was printed. */
export interface Outcome {
  readonly kind: "done" | "failed" | "moot";
  readonly because: string;
  readonly tail: string;
  /** Set when the pod was seen to run no more: what is left of it. */
  readonly podIs?: "stopped" | "gone" | undefined;
}

export type Input =
  | { readonly kind: "look"; readonly look: Look }
  /** `activity` has the pods that were asked, by id. */
  | {
      readonly kind: "measured";
      readonly measured: Measured;
      readonly activity: Readonly<Record<string, Activity>>;
    }
  /** What people have said of their pods; "unknown" when it cannot be read. */
  | {
      readonly kind: "leases";
      readonly atMs: number;
      readonly book: LeaseBook | "unknown";
    }
  /** The history has these now. */
  | { readonly kind: "recorded"; readonly ids: readonly string[] }
  /** The watch begins or ends. */
  | { readonly kind: "daemon"; readonly atMs: number; readonly because: string }
  | {
      readonly kind: "settled";
      readonly id: string;
      readonly atMs: number;
      readonly outcome: Outcome;
    }
  /** Something of ours does not work, or does again: the state file, the log, a new config. */
  | {
      readonly kind: "trouble";
      readonly what: string;
      readonly atMs: number;
      readonly because: string;
    }
  | { readonly kind: "recovered"; readonly what: string; readonly atMs: number };

/** What happened, for the log: the same words go wherever the fact goes. */
export type GuardEvent =
  | {
      readonly kind: "trip";
      readonly threshold: string;
      readonly belowUsd: number;
      readonly balanceUsd: number;
      readonly because: string;
    }
  | { readonly kind: "rearm"; readonly threshold: string; readonly because: string }
  | { readonly kind: "moot"; readonly effect: Effect; readonly because: string }
  | {
      readonly kind: "settled";
      readonly effect: Effect;
      readonly outcome: Outcome;
      readonly again: boolean;
    }
  | {
      readonly kind: "said";
      readonly event: SaidName;
      /** The threshold's name, the guard's, or the event's. */
      readonly name: string;
      /** As the history has it. */
      readonly reason: string;
      readonly because: string;
      /** The pods that it is about. */
      readonly podIds: readonly string[];
    }
  | { readonly kind: "run-started"; readonly run: PodRun }
  | {
      readonly kind: "run-ended";
      readonly run: PodRun;
      readonly podIs: "stopped" | "gone";
      /** As the history has it: `idle_30m`, `backstop`, `ended_elsewhere`. */
      readonly reason: string;
      readonly because: string;
      /** When it was last seen to run, and until when it is taken to have run. */
      readonly ranAtMs: number;
      readonly endedAtMs: number;
    };

export interface Decision {
  readonly state: GuardState;
  readonly events: readonly GuardEvent[];
}
