import type { EndAction } from "./account.ts";
import type { EventName, Severity } from "./effect.ts";

/** What the guard does itself when pods still run this long after the trip. */
export interface Backstop {
  readonly action: EndAction;
  readonly afterMs: number;
}

/** An amount of balance. Below means `balance < belowUsd`. */
export interface Threshold {
  readonly name: string;
  readonly belowUsd: number;
  /** What is done when it trips, in this order. */
  readonly answers: readonly ("notify" | "call-agent")[];
  readonly backstop: Backstop | undefined;
}

/** The guards of a single pod's run, the one that goes first when several are due first. */
export const podGuardNames = ["hard_timeout", "lease", "idle"] as const;

export type PodGuardName = (typeof podGuardNames)[number];

export type PodGuardAction = "notify" | "agent" | EndAction;

interface PodGuard {
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

/** What a pod's run is held to; a guard that is not there is off. */
export interface PodGuards {
  readonly hardTimeout?: HardTimeoutGuard | undefined;
  readonly lease?: LeaseGuard | undefined;
  readonly idle?: IdleGuard | undefined;
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
}
