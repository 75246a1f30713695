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

/** What the guard is asked to do. Thresholds stand highest first. */
export interface Policy {
  readonly thresholds: readonly Threshold[];
  /** Whether there is anyone to tell what is not a trip. */
  readonly tells: boolean;
  /** Globs over pod ids and names; nothing of ours ends such a pod. */
  readonly protect: readonly string[];
  readonly blindAfterMs: number;
  readonly agentAttempts: number;
}

/** What a notice is about. */
export const eventNames = [
  "trip",
  "agent",
  "backstop",
  "burn",
  "blind",
  "sighted",
  "trouble",
  "recovered",
  "drill",
] as const;

export type EventName = (typeof eventNames)[number];

/** Something owed to the world, written down before it is tried. */
export type Effect = Notify | CallAgent | EndPod;

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
  /** The last good look of this process; it is not saved. */
  readonly lastSeen?: Seen | undefined;
}

export const emptyState: GuardState = { fired: {}, owed: [], trippedAtMs: {}, saidAtMs: {} };

/** How an effect went; moot is what nobody needs any more. `tail` is the end of what was printed. */
export interface Outcome {
  readonly kind: "done" | "failed" | "moot";
  readonly because: string;
  readonly tail: string;
}

export type Input =
  | { readonly kind: "look"; readonly look: Look }
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
  | { readonly kind: "said"; readonly event: EventName; readonly because: string };

export interface Decision {
  readonly state: GuardState;
  readonly events: readonly GuardEvent[];
}
