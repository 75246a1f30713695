import type { EndAction } from "./account.ts";
import { type AgentGuardName, type Line, type PodGuardName, podGuardNames } from "./policy.ts";

/** What a notification is about. */
export const eventNames = [
  "trip",
  "rearm",
  "agent",
  "backstop",
  "warn",
  ...podGuardNames,
  "stopped",
  "estimate",
  "burn",
  "zero",
  "blind",
  "sighted",
  "silent",
  "heard",
  "on_it",
  "source",
  "rehearsal",
  "billing",
  "trouble",
  "recovered",
  "brief",
  "drill",
] as const;

export type EventName = (typeof eventNames)[number];

/** The events that the guard says in words: a trip is an event of its own, and the guard makes no drills. */
export type SaidName = Exclude<EventName, "trip" | "drill">;

/** How much a notification matters, the least first. */
export const severities = ["info", "warning", "critical"] as const;

export type Severity = (typeof severities)[number];

/** Something to be done, saved before it is tried. */
export type Effect =
  Notify | CallAgent | CallBudgetAgent | CallPodAgent | EndPod | EndRun | EndStopped;

interface Owed {
  readonly id: string;
  readonly because: string;
  /** Tries so far. */
  readonly tries: number;
  readonly notBeforeMs: number;
}

export interface Notify extends Owed {
  readonly kind: "notify";
  /** The name of the channel that it goes through; absent: the notify command. */
  readonly channel?: string | undefined;
  readonly severity?: Severity | undefined;
  /** The same for all that is said of one thing that lasts, for phones to group by. */
  readonly incident?: string | undefined;
  /** It says that its incident is over. */
  readonly isResolution?: boolean | undefined;
  /** What the guard will do next, unless something changes. */
  readonly next?: readonly Next[] | undefined;
  /** What to type against it. It is no part of `because`. */
  readonly remedy?: Remedy | undefined;
  /** The burn when it happened, in dollars an hour. */
  readonly burnPerHrUsd?: number | undefined;
  /** What it is: it is sent by this and its threshold, never by its name. */
  readonly event: EventName;
  /** What its words begin with: the threshold's name, the guard's, or the event's. */
  readonly name: string;
  /** The threshold that it is about. */
  readonly threshold?: string | undefined;
  /** When it happened. */
  readonly atMs?: number | undefined;
  /** What it is about and lasts: a newer one of the same topic takes the place of one not sent yet. */
  readonly topic?: string | undefined;
  /** The pods that it is about. */
  readonly podIds?: readonly string[] | undefined;
  /** The other ways by which the same was sent. */
  readonly toldBy?: readonly string[] | undefined;
  /** Of what must reach someone: the ways that there were when it happened, or that it was owed to since. */
  readonly knownWays?: readonly string[] | undefined;
  /** Why it could not be sent the last time. */
  readonly failedBecause?: string | undefined;
  /** The balance it is about: at the crossing, or when it was last seen. */
  readonly balanceUsd?: number | undefined;
  readonly belowUsd?: number | undefined;
  readonly belowHours?: number | undefined;
}

export interface Next {
  /** `stop pod trainer (p1)`, `call the agent`. */
  readonly what: string;
  readonly atMs?: number | undefined;
}

export interface Remedy {
  /** `To keep it`. */
  readonly words: string;
  /** `runpodboss touch p1`; absent where it is no command: `add it to protect in the config` is in `words`. */
  readonly command?: string | undefined;
}

export interface CallAgent extends Owed, Line {
  readonly kind: "call-agent";
  readonly threshold: string;
  readonly balanceUsd: number;
}

/** A budget is spent. */
export interface CallBudgetAgent extends Owed {
  readonly kind: "call-budget-agent";
  readonly budget: string;
  /** The beginning of its period. */
  readonly periodMs: number;
}

export interface EndPod extends Owed, Line {
  readonly kind: "end-pod";
  readonly threshold: string;
  readonly podId: string;
  readonly action: EndAction;
  /** When it was decided, or before RunPod was first asked. */
  readonly burnBefore?: BurnBefore | undefined;
}

/** One of a pod's guards calls the agent. */
export interface CallPodAgent extends Owed {
  readonly kind: "call-pod-agent";
  readonly guard: AgentGuardName;
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
  /** It is a whole cluster's end, which is proven once none of these is left. */
  readonly memberIds?: readonly string[] | undefined;
  readonly action: EndAction;
  /** RunPod was not asked for it yet, as what must work before did not: it is tried again then. */
  readonly putOffUntilMs?: number | undefined;
  /** When it was decided, or before RunPod was first asked. */
  readonly burnBefore?: BurnBefore | undefined;
}

/** A pod that has long been stopped is deleted, with the disk that is still billed. */
export interface EndStopped extends Owed {
  readonly kind: "end-stopped";
  /** As the history has it: `stopped_24h`. */
  readonly reason: string;
  readonly podId: string;
  readonly podName: string;
  /** Since when it is stopped: a pod that ran since then is not meant. */
  readonly stoppedSinceMs: number;
}

/** How an effect went; "moot" means no longer needed. `tail` is the end of what was printed. */
export interface Outcome {
  readonly kind: "done" | "failed" | "moot";
  readonly because: string;
  readonly tail: string;
  /** Whoever was asked wants to be left alone for so long. */
  readonly waitMs?: number | undefined;
  /** It failed, and trying again alone cannot help: a wrong token, an address that is not there. */
  readonly isRefused?: boolean | undefined;
  /** What people should know of it, whether it worked or not. */
  readonly remark?: string | undefined;
  /** Set when a poll showed that the pod is no longer running: what is left of it. */
  readonly podIs?: "stopped" | "gone" | undefined;
  /**
   * Set when the pod has ended by its status, and the account's burn does not show it yet; and when
   * RunPod was asked and the pod did not end, for the next try to compare with.
   */
  readonly unconfirmed?: BurnBefore | undefined;
}

/** The burn before a pod was ended, in dollars an hour; undefined is unknown. */
export interface BurnBefore {
  /** What the pod itself cost. */
  readonly costPerHrUsd?: number | undefined;
  readonly burnPerHrUsd?: number | undefined;
  /** What of it no pod explained. */
  readonly unexplainedPerHrUsd?: number | undefined;
}

/** Whether it ends a pod, for a backstop or a guard. */
export function isEnd(effect: Effect): effect is EndPod | EndRun {
  return effect.kind === "end-pod" || effect.kind === "end-run";
}

/** Why nothing was done in a dry run, which has said by then what it would have done. */
export const dryRunWords = "dry run";
