import type { EndAction, Look, Measured, Pod } from "#guard/model/account.ts";
import type { Holdings, Part, Prices } from "#guard/model/holdings.ts";
import type { CreateAnswer, GpuOffer, PodOrder } from "#guard/model/launch.ts";
import type { HistoryRecord, LeaseBook } from "#guard/model/run.ts";
import type { Moments } from "#guard/model/spend.ts";
import type { GuardState } from "#guard/model/state.ts";

/** Time that jumps only when it is told to follow the wall clock, and counts a suspended machine's sleep. */
export interface Clock {
  /** Whole milliseconds since the epoch. */
  nowMs(): number;
  /**
   * Resolves when the time until then has passed, or at once when aborted; after a suspend, at once on
   * waking. No jump of the clock makes it wait for more or less.
   */
  sleepUntil(untilMs: number, signal: AbortSignal): Promise<void>;
  /** Follows the wall clock, if that was set since, and tells by how much: ahead is more than 0. */
  follow?(): number;
  /** How long, in all, nobody can have looked: the machine slept, or this process stood still. */
  pausedMs?(): number;
}

/** Knows when days begin and schedules come. */
export interface Calendar {
  /** What it says of a moment, and in words what it could not tell of which budget or schedule. */
  momentsAt(
    atMs: number,
  ): Promise<{ readonly moments: Moments; readonly faults: readonly string[] }>;
}

/** RunPod's answer to the end of a pod. It proves nothing: only the next poll does. */
export type EndAnswer =
  | { readonly kind: "accepted" }
  | {
      readonly kind: "failed";
      readonly because: string;
      readonly isReadOnlyKey: boolean;
      /** One of RunPod's rate windows is used up, and opens again after this. */
      readonly windowOpensInMs?: number;
    };

/** What is to be ended: a pod, or a whole cluster. */
type EndTarget = Pick<Pod, "id" | "cluster">;

/** Sees the RunPod account: its balance, burn, pods and their loads. */
export interface Looking {
  /** Polls once, within the adapter's time and size limits. Never throws: a failed poll is a blind look. */
  look(signal: AbortSignal): Promise<Look>;
  /**
   * Reads the loads of the pods, in a request of its own within the same limits, so that it cannot make
   * a poll fail. Never throws.
   */
  measure(signal: AbortSignal): Promise<Measured>;
}

/** Ends what runs in it. */
export interface Ending {
  /** Asks once for the end of a pod or a cluster, within the same limits. Never throws. */
  end(target: EndTarget, action: EndAction, signal: AbortSignal): Promise<EndAnswer>;
}

/** The RunPod account, as far as the guard needs it. */
export type Account = Looking & Ending;

/** What something is launched with. */
export interface Launching {
  /** Asks for the prices of the catalogue, within the adapter's limits. Never throws: each part says why it is not there. */
  gpuPrices(signal: AbortSignal): Promise<Prices>;
}

/** Makes pods. */
export interface Creating {
  /** What is offered now for pods with so many GPUs, within the adapter's limits. Never throws. */
  offers(gpuCount: number, signal: AbortSignal): Promise<Part<readonly GpuOffer[]>>;
  /**
   * Asks once for a pod, within the same limits, and never again by itself. Never throws. Whatever it
   * answers, only a poll tells whether the pod is there.
   */
  create(order: PodOrder, signal: AbortSignal): Promise<CreateAnswer>;
  /** `user@host` for ssh; undefined: not known yet, or there is none. Never throws. */
  sshOf(podId: string, signal: AbortSignal): Promise<string | undefined>;
}

/** Reads what the account holds that may bill, whether a pod explains it or not. It changes nothing. */
export interface Inventory {
  /** Asks for all parts, within the adapter's limits. Never throws: each part fails on its own. */
  inventory(signal: AbortSignal): Promise<Holdings>;
}

/** Keeps the guard's state across restarts. */
export interface StateStore {
  /** The saved state; an absent file is an empty state, what cannot be read is set aside. */
  load(): Promise<GuardState>;
  /**
   * Saves what must not be lost. After a crash the old or the new is there, never a mix. Throws what
   * the disk throws.
   */
  save(state: GuardState): Promise<void>;
  /** Saves what can be learned again, in the same way, apart from the rest. */
  saveLearned(state: GuardState): Promise<void>;
}

/** Where the history is kept. */
export interface Recorder {
  /**
   * Appends what is not there yet: no id twice, and no end of a pod that has one already since it was
   * last seen to run. It is on the disk when this resolves. Throws what the disk throws.
   */
  append(records: readonly HistoryRecord[]): Promise<void>;
}

/** Where the balance and the burn of each minute are kept. */
export interface SampleStore {
  /** Keeps at most one a minute. Throws what the disk throws. */
  add(sample: BalanceSample): Promise<void>;
}

export interface BalanceSample {
  readonly atMs: number;
  readonly balanceUsd: number;
  readonly burnPerHrUsd: number | undefined;
}

/** Reads the leases and touches: see `LeaseBook`. */
export interface LeaseReader {
  /** A file that is not there is an empty book. Throws when it is there and cannot be understood. */
  read(): Promise<LeaseBook>;
}

/** How this very program was started, so that others can start it again. */
export interface OwnProgram {
  /** Without its arguments. */
  readonly argv: readonly string[];
  /** Its working folder, where relative paths of the config begin; undefined when that was gone. */
  readonly folder: string | undefined;
}

/** A program to run: argv, never a shell. */
export interface Command {
  readonly argv: readonly string[];
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Taken out of it. */
  readonly unsetEnv?: readonly string[];
  /** The secrets it gets: RunPod's API key, or what an agent needs. None unless given. */
  readonly trust?: "api-key" | "agent" | undefined;
  /** Where it runs; this process's working folder unless given. */
  readonly cwd?: string;
  /** Written to its standard input, which is then closed; closed from the start unless given. */
  readonly stdin?: string;
  /** How much of its standard output is kept whole, beside the tail. Nothing unless given. */
  readonly keepStdoutBytes?: number;
  readonly timeLimitMs: number;
}

/** How a program ended. `tail` is the end of its output, both streams, at most 4,000 characters. */
export type Ran =
  | {
      readonly kind: "exited";
      readonly code: number;
      readonly tail: string;
      /** Whole, if it was to be kept; undefined when there was more than was to be kept. */
      readonly stdout?: string | undefined;
      /** Something was written to its standard error. */
      readonly wroteErrors?: boolean;
      readonly tookMs: number;
    }
  | {
      readonly kind: "signalled";
      readonly by: string;
      readonly tail: string;
      readonly tookMs: number;
    }
  | {
      readonly kind: "timed-out";
      readonly tail: string;
      /** As above: what it had printed by the limit. */
      readonly stdout?: string | undefined;
      readonly tookMs: number;
    }
  | { readonly kind: "interrupted"; readonly tail: string; readonly tookMs: number }
  | { readonly kind: "not-started"; readonly because: string };

/** Runs programs and ends them, with everything they started. */
export interface Runner {
  /**
   * Never throws. At the time limit the whole process tree gets SIGTERM, 10 s later SIGKILL.
   * Aborting the signal ends the tree sooner (SIGTERM, 2 s, SIGKILL) and gives "interrupted".
   */
  run(command: Command, signal: AbortSignal): Promise<Ran>;
}
