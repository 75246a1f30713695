import type { Launch, StartedBy } from "./launch.ts";
import type { PodGuardName } from "./policy.ts";

/** Time that someone has given a pod. It holds for the run in which it was given. */
export interface Lease {
  readonly endsAtMs: number;
  readonly givenAtMs: number;
  /** When it was given by the clock of then, if ours was set since: by this it is known again. */
  readonly saidAtMs?: number | undefined;
}

/** The leases and touches of pods, and whom a command ended, by pod id; what was skipped and lifted. Only commands write it. */
export interface LeaseBook {
  readonly leases: Readonly<Record<string, Lease>>;
  readonly touchedAtMs: Readonly<Record<string, number>>;
  /** When a command began to end it: absent in what was written before that was kept. */
  readonly endedAtMs?: Readonly<Record<string, number>> | undefined;
  /** By schedule name: the moment that a person passes over. */
  readonly skippedMs?: Readonly<Record<string, number>> | undefined;
  /** By budget name: when a person lifted its freeze. */
  readonly unfrozenAtMs?: Readonly<Record<string, number>> | undefined;
  /** By lease id: the pods that were started, or are about to be. */
  readonly launches?: Readonly<Record<string, Launch>> | undefined;
}

/** How the start of a run is known, the best first. */
export type StartSource = "uptime" | "last-started" | "begun" | "first-seen";

/** A pod from one start to the next stop, as far as it is known. */
export interface PodRun {
  readonly podId: string;
  readonly name: string;
  /** It is a whole cluster's, and its id is that. */
  readonly isCluster?: boolean | undefined;
  readonly costPerHrUsd?: number | undefined;
  readonly gpuType?: string | undefined;
  readonly region?: string | undefined;
  readonly firstSeenAtMs: number;
  /** The same by the clock of then, if ours was set since: what the run is known by outside. */
  readonly namedAtMs?: number | undefined;
  readonly startedAtMs: number;
  readonly startFrom: StartSource;
  /** Its start is from an earlier process: by the clock of then, and not told by RunPod since. */
  readonly isSaved?: boolean | undefined;
  /** How much longer it has run by what else tells of its start. */
  readonly disputedMs?: number | undefined;
  readonly lastStartedAtMs?: number | undefined;
  /** The last poll that showed its pod not to run, if one has shown it shortly before this run. */
  readonly notRunningAtMs?: number | undefined;
  /** Its pod was pending when it began, and RunPod has not told yet since when it runs. */
  readonly isStarting?: boolean | undefined;
  /** Of a run that began pending: the first poll that showed its pod to run. */
  readonly runsSinceMs?: number | undefined;
  /** A poll has shown its pod not to run any more, while an end of it is owed: it ran until then. */
  readonly stoppedAtMs?: number | undefined;
  /** No poll has worked since then for a while: it may be another run by now. Nothing ends such a run. */
  readonly unsureSinceMs?: number | undefined;
  /** Whether its start is in the history. */
  readonly isRecorded?: boolean | undefined;
  /** How long, in all, it was seen to be idle since it was last seen active. */
  readonly idleMs: number;
  /** The last new sample, if it was an idle one: what lies between two such is idle time. */
  readonly idleAtMs?: number | undefined;
  /** The last idle sample, be it the same measurement again. */
  readonly idleSeenAtMs?: number | undefined;
  /** Since it was last active: for how long it was idle in vain, as its load was unknown in between. */
  readonly lostIdleMs?: number | undefined;
  /** When its load was last busy or unknown: samples from before that count no more. */
  readonly notIdleAtMs?: number | undefined;
  /** Why its probes did not work when last asked. */
  readonly probeFault?: string | undefined;
  /** When the newest load was taken, by RunPod's clock: the same one twice is not two. */
  readonly takenAtMs?: number | undefined;
  /** When its load was last known, by our clock. */
  readonly loadKnownAtMs?: number | undefined;
  readonly counters?: Readonly<Record<string, number>> | undefined;
  readonly lease?: Lease | undefined;
  /** The last touch, as it stands in the book. */
  readonly touchedAtMs?: number | undefined;
  /** By guard: when the end to come was announced. */
  readonly warnedAtMs: Readonly<Partial<Record<PodGuardName, number>>>;
  /** By guard: the end that was announced then; one that was put off since is announced anew. */
  readonly warnedOfMs?: Readonly<Partial<Record<PodGuardName, number>>> | undefined;
  /** By guard: what was announced to be done then. A stop that was announced announces no terminate. */
  readonly warnedActions?: Readonly<Partial<Record<PodGuardName, string>>> | undefined;
  /** By guard: which schedule or budget was named then; one that takes its place is announced anew. */
  readonly warnedNames?: Readonly<Partial<Record<PodGuardName, string>>> | undefined;
  /** By guard whose action is "notify" or "agent": when it last acted. */
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
  "silent",
  "heard",
  "source",
  "start",
  "drill",
  "daemon",
  "budget",
  "schedule",
  "skip",
  "unfreeze",
  "stopped",
  "launch",
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

/**
 * So many records wait at most for a disk that takes none; beyond that the oldest go. Who reads the
 * history from its end relies on it to know where to stop.
 */
export const mostUnrecorded = 10_000;

/** Who started a pod, as far as that was known then. */
export interface StartedFacts {
  /** With this program on another machine, or without it. */
  readonly kind: StartedBy["kind"] | "runpodboss-elsewhere" | "elsewhere";
  readonly agent?: string | undefined;
  readonly session?: string | undefined;
  readonly host?: string | undefined;
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
  /** Of a notification: the channel that it was for; absent: the notify command. */
  readonly channel?: string | undefined;
  readonly balanceUsd?: number | undefined;
  readonly belowUsd?: number | undefined;
  /** Of the start of a run; absent: nobody knew. */
  readonly startedBy?: StartedFacts | undefined;
  /** When the lease ends now. */
  readonly endsAtMs?: number | undefined;
  /**
   * An end: when the pod was last seen to run. It is not written when the history has an end of that
   * pod from then on.
   */
  readonly ranAtMs?: number | undefined;
  /** Not to be written before: someone who knows better may be about to. */
  readonly notBeforeMs?: number | undefined;
}
