import type { EndAction } from "./account.ts";
import type { ForeignPods } from "./launch.ts";
import type { EventName, Severity } from "./effect.ts";

/** What the guard does itself when pods still run this long after the trip. */
export interface Backstop {
  readonly action: EndAction;
  readonly afterMs: number;
}

/** When what is told and lasts is told again: never, every hour, every day, or after 1 h, 2 h, 4 h and so on. */
export const reminds = ["once", "hourly", "daily", "doubling"] as const;

export type Remind = (typeof reminds)[number];

/** How often people hear of one thing. */
export interface Repeats {
  /** Absent: once. */
  readonly remind?: Remind | undefined;
  /** Whether all who are told are told of its end too, and not only who must know. */
  readonly tellsResolved?: boolean | undefined;
}

/** Less balance than this, or less time until it is spent; at least one of the two is given. */
export interface Line {
  /** Below means `balance < belowUsd`. */
  readonly belowUsd?: number | undefined;
  /** Below means that the balance lasts less than so many hours at the present burn. */
  readonly belowHours?: number | undefined;
}

/** A line that the balance crosses. */
export interface Threshold extends Line, Repeats {
  readonly name: string;
  /** What is done when it trips, in this order. */
  readonly answers: readonly ("notify" | "call-agent")[];
  readonly backstop: Backstop | undefined;
}

/** The guards of a single pod's run, the one that goes first when several are due first. */
export const podGuardNames = ["hard_timeout", "budget", "schedule", "lease", "idle"] as const;

export type PodGuardName = (typeof podGuardNames)[number];

/** Those that may call an agent for a pod. */
export const agentGuardNames = ["hard_timeout", "lease", "idle"] as const;

export type AgentGuardName = (typeof agentGuardNames)[number];

export function mayCallAgents(name: PodGuardName): name is AgentGuardName {
  return agentGuardNames.some((each) => each === name);
}

export type PodGuardAction = "notify" | "agent" | EndAction;

interface PodGuard extends Repeats {
  readonly action: PodGuardAction;
  /** Globs over pod ids and names: the pods it is for. No cluster is meant by them. */
  readonly pods: readonly string[];
  /** Globs over the ids and names of clusters: those that it terminates, each as a whole. None if absent. */
  readonly clusters?: readonly string[] | undefined;
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
  /** Above it, something is loaded, and the pod is not idle; 100: that does not matter. */
  readonly gpuMemoryPercent: number;
  /** So long after the start nothing counts: images are pulled, models are loaded. */
  readonly bootGraceMs: number;
  /** Whether a pod that shows no load is asked in other ways. */
  readonly hasProbes: boolean;
}

/** At moments that a calendar tells, what runs by then is ended; what is started later is left until the next. */
export interface Schedule {
  readonly name: string;
  readonly action: "notify" | "stop";
  /** Globs over pod ids and names. No cluster is meant by them. */
  readonly pods: readonly string[];
}

/** What a pod that does not run may cost: its disk is billed all the same. */
export interface StoppedGuard extends Repeats {
  /** Since it was stopped, as far as the guard has seen. */
  readonly afterMs: number;
  readonly action: "notify" | "terminate";
  /** Also pods without a network volume, whose data is deleted with them. */
  readonly losesData: boolean;
  readonly pods: readonly string[];
}

/** What may be spent in a period of the calendar, by the account or by some pods. */
export interface Budget extends Repeats {
  readonly name: string;
  readonly limitUsd: number;
  readonly per: "day" | "week" | "month";
  /** Globs over pod ids and names: what these cost. Undefined: what the account spends. */
  readonly pods?: readonly string[] | undefined;
  /** Beside telling people. */
  readonly action: "notify" | "agent" | "stop";
  /** Once it is spent, no pod that starts is left alone, until the next period or until a person lifts it. */
  readonly freezes: boolean;
}

/** What a pod's run is held to; a guard that is not there is off. */
export interface PodGuards {
  readonly hardTimeout?: HardTimeoutGuard | undefined;
  readonly lease?: LeaseGuard | undefined;
  readonly idle?: IdleGuard | undefined;
  readonly schedules?: readonly Schedule[] | undefined;
  /** Not of runs, but of what is left after them. */
  readonly stopped?: StoppedGuard | undefined;
  /** What all these do with pods that were started elsewhere; absent: as with all. */
  readonly foreign?: Exclude<ForeignPods, "guard"> | undefined;
  /** No end comes sooner after its warning; 0: no warnings. */
  readonly warnMs: number;
  /** Of the ends that these guards bring about. */
  readonly maxEndsPerHour: number;
  /** Polls and samples further apart leave a gap in what is known: nothing counts over it. */
  readonly gapMs: number;
  /** What to type for this program, with its config: for messages that say what to type. */
  readonly command: string;
}

/** A way to reach people, and what of all notifications goes through it. */
export interface ChannelPolicy {
  readonly name: string;
  /** Undefined: all. */
  readonly events?: readonly EventName[] | undefined;
  readonly minSeverity: Severity;
}

/** What the guard is asked to do. Thresholds stand highest first. */
export interface Policy {
  readonly thresholds: readonly Threshold[];
  /** Whether there is a notify command for what is not a trip. */
  readonly tells: boolean;
  /** Each gets a notification of its own, beside the notify command's. */
  readonly channels: readonly ChannelPolicy[];
  /** Globs over pod ids and names; nothing of ours ends such a pod. */
  readonly protect: readonly string[];
  readonly blindAfterMs: number;
  readonly agentAttempts: number;
  /** The end of a pod that failed is tried again after the first of these, then after twice as long, at most after the other. */
  readonly endRetry: { readonly firstMs: number; readonly mostMs: number };
  /** The same for a notification. */
  readonly noticeRetry: { readonly firstMs: number; readonly mostMs: number };
  readonly podGuards: PodGuards;
  readonly budgets?: readonly Budget[] | undefined;
  /** Whether a threshold trips on what the balance must be by now, while nobody sees it. */
  readonly tripsOnEstimate?: boolean | undefined;
}
