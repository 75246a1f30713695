/** What the guard knows of a pod. `undefined` means unknown: never free, never idle. */
export interface Pod {
  readonly id: string;
  /** Already cleaned of what other people may have put into it; see `clean.ts`. */
  readonly name: string;
  /** RunPod's word: CREATED, RUNNING, RESTARTING, EXITED, PAUSED, DEAD, TERMINATED. */
  readonly status: string;
  readonly costPerHrUsd: number | undefined;
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
  /** Rows of pods that could not be read; they are not in `pods`. */
  readonly unreadablePods: number;
}

export interface Blind {
  readonly kind: "blind";
  readonly atMs: number;
  readonly cause: BlindCause;
  readonly because: string;
}

/** A line in the balance. Below means `balance < belowUsd`. */
export interface Threshold {
  readonly name: string;
  readonly belowUsd: number;
  /** What is owed when it trips, in this order. */
  readonly answers: readonly Effect["kind"][];
}

/** What the guard is asked to do. Thresholds stand highest first. */
export interface Policy {
  readonly thresholds: readonly Threshold[];
}

/** Something owed to the world, written down before it is tried. */
export interface Effect {
  readonly kind: "notify" | "call-agent";
  readonly id: string;
  readonly threshold: string;
  readonly belowUsd: number;
  /** The balance at the crossing. */
  readonly balanceUsd: number;
  readonly because: string;
}

/** What outlives the process. */
export interface GuardState {
  /** By threshold name: true from the trip until the balance is back at or above the line. */
  readonly fired: Readonly<Record<string, boolean>>;
  readonly owed: readonly Effect[];
}

export const emptyState: GuardState = { fired: {}, owed: [] };

/** How an effect went. `tail` is the end of what the program printed. */
export interface Outcome {
  readonly kind: "done" | "failed";
  readonly because: string;
  readonly tail: string;
}

export type Input =
  | { readonly kind: "look"; readonly look: Look }
  | { readonly kind: "settled"; readonly id: string; readonly outcome: Outcome };

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
  | { readonly kind: "settled"; readonly effect: Effect; readonly outcome: Outcome };

export interface Decision {
  readonly state: GuardState;
  readonly events: readonly GuardEvent[];
}
