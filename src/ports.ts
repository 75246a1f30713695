import type { GuardState, Look } from "./guard/model.ts";

/** Time that jumps of the wall clock do not touch and that counts a suspended machine's sleep. */
export interface Clock {
  /** Milliseconds since the epoch as they stood at the start, plus what has passed since. */
  nowMs(): number;
  /** Resolves at `untilMs` of this clock, or at once when aborted; after a suspend, at once on waking. */
  sleepUntil(untilMs: number, signal: AbortSignal): Promise<void>;
}

/** The RunPod account. */
export interface Account {
  /** Looks once, within the adapter's time and size limits. Never throws: a failure is a blind look. */
  look(signal: AbortSignal): Promise<Look>;
}

/** Keeps the guard's state across restarts. */
export interface StateStore {
  /** The saved state; an absent file is an empty state, an unreadable one is moved aside. */
  load(): Promise<GuardState>;
  /** After a crash the old or the new state is there, never a mix. Throws what the disk throws. */
  save(state: GuardState): Promise<void>;
}

/** A program to run: argv, never a shell. */
export interface Command {
  readonly argv: readonly string[];
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeLimitMs: number;
}

/** How a program ended. `tail` is the end of its output, both streams, at most 4,000 characters. */
export type Ran =
  | {
      readonly kind: "exited";
      readonly code: number;
      readonly tail: string;
      readonly tookMs: number;
    }
  | {
      readonly kind: "signalled";
      readonly by: string;
      readonly tail: string;
      readonly tookMs: number;
    }
  | { readonly kind: "timed-out"; readonly tail: string; readonly tookMs: number }
  | { readonly kind: "interrupted"; readonly tail: string; readonly tookMs: number }
  | { readonly kind: "not-started"; readonly because: string };

/** Runs programs and ends them, with everything they started. */
export interface Runner {
  /**
   * Never throws. At the time limit the whole process tree gets SIGTERM, 10 s later SIGKILL.
   * Aborting the signal ends the tree sooner (SIGTERM, 3 s, SIGKILL) and gives "interrupted".
   */
  run(command: Command, signal: AbortSignal): Promise<Ran>;
}
