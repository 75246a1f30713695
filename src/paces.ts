/**
 * Every wait that makes the guard as quick or as patient as it is, in milliseconds. They are handed
 * in, so that tests can be quick where people need patience; nothing else may differ in a test.
 */
export interface Paces {
  /** The smallest `poll_interval_seconds` that a config may ask for. */
  readonly leastPollMs: number;
  /** After a poll that failed the next comes this much later; then each time twice as late, up to the poll interval. */
  readonly firstRetryMs: number;
  /** Two polls are never closer than this, whatever comes due between them. */
  readonly leastGapMs: number;
  readonly request: RequestPaces;
  readonly proof: ProofPaces;
  readonly launch: LaunchPaces;
  /** The waits before each look for what an agent that was refused something ended all the same. */
  readonly agentProofMs: readonly number[];
  /** The end of a pod that failed is tried again after the first of these, then after twice as long, at most after the other. */
  readonly endRetry: { readonly firstMs: number; readonly mostMs: number };
  /** The same for a notification that failed. */
  readonly noticeRetry: { readonly firstMs: number; readonly mostMs: number };
  /** The same for an end by hand, and for the first words to a guard outside, each tried a few times in all. */
  readonly endByHandRetryMs: number;
  readonly programEnd: ProgramEndPaces;
  /** How long a disk may take to save the state. */
  readonly saveLimitMs: number;
  /** How long a daemon may take to read its files and take its lock. */
  readonly startLimitMs: number;
  /** How long a poll may take with all that belongs to it, and how long a round of measuring the pods. */
  readonly pollLimitMs: number;
  readonly measureLimitMs: number;
  /** How long a new config may take to be read. */
  readonly reloadLimitMs: number;
  /** How often a daemon says in its lock that it lives, and when it counts as dead where nobody can look. */
  readonly lock: { readonly beatMs: number; readonly staleAfterMs: number };
  /** A shutdown that does not come to its end by itself is cut off, so that Ctrl-C always works. */
  readonly shutdownLimitMs: number;
  /** How often a daemon looks for a secret that was not there at its start. */
  readonly missingSecretMs: number;
  /** How soon a page that could not be served is tried again. */
  readonly pageAgainMs: number;
  /** How long telling people of a daemon that cannot start may take, whatever limits its ways have. */
  readonly tellLimitMs: number;
  /** How long the last heartbeat may take, when the daemon ends. */
  readonly lastBeatMs: number;
  /** How long a daemon that ends by itself waits for all notifications together. */
  readonly lastNoticesMs: number;
  /** How long the last lines of the log, and what else is on its way, may take at the end. */
  readonly lastWordsMs: number;
  /** How long `status --all` waits for each account. */
  readonly statusLimitMs: number;
  /** `status --watch` looks again after this. */
  readonly statusEveryMs: number;
  readonly hook: HookPaces;
  /** How long whoever presses Tab waits for the pods of an account. */
  readonly completionLimitMs: number;
}

/** A request to RunPod. */
export interface RequestPaces {
  readonly timeLimitMs: number;
  /** After so long without an answer a look is asked for again beside the first; an end is no longer waited for. */
  readonly askAgainMs: number;
  /** It is not waited for any longer than this, whatever keeps it from its end. */
  readonly giveUpMs: number;
  /** Polls refused closer together than this count as one. */
  readonly refusalsApartMs?: number | undefined;
  /** Where RunPod has rate windows: polls begin no closer together, and who asks meanwhile shares the next one. */
  readonly looksApartMs?: number | undefined;
}

/** The waits before each look for the proof of an end, by what RunPod answered to it. */
interface ProofPaces {
  readonly acceptedMs: readonly number[];
  readonly failedMs: readonly number[];
  readonly readOnlyKeyMs: readonly number[];
  /** After this a pod that a poll does not list is looked for again. */
  readonly missingMs: number;
}

/** A pod that was asked for. */
interface LaunchPaces {
  /** The waits before each look for one that RunPod has not clearly answered for. */
  readonly findMs: readonly number[];
  /** Between two looks at whether it runs. */
  readonly lookEveryMs: number;
}

/** What an agent that calls its hook waits for. */
interface HookPaces {
  /** How long it may take to hand over what it asks. */
  readonly inputMs: number;
  /** How long any answer may take; then it is given without. */
  readonly answerMs: number;
}

/** From SIGTERM to SIGKILL, for a program and all that it started. */
export interface ProgramEndPaces {
  /** At the program's time limit. */
  readonly termGraceMs: number;
  /** When we are interrupted ourselves. */
  readonly abortGraceMs: number;
}

/** The paces of the executable, as the documentation promises them. */
export const realPaces: Paces = {
  leastPollMs: 5_000,
  firstRetryMs: 5_000,
  leastGapMs: 1_000,
  request: {
    timeLimitMs: 30_000,
    askAgainMs: 10_000,
    giveUpMs: 45_000,
    refusalsApartMs: 15_000,
    looksApartMs: 1_000,
  },
  proof: {
    acceptedMs: [1_000, 2_000, 3_000, 4_000],
    failedMs: [1_000, 3_000],
    readOnlyKeyMs: [1_000],
    missingMs: 2_000,
  },
  launch: { findMs: [1_000, 3_000, 6_000, 10_000, 20_000, 20_000], lookEveryMs: 5_000 },
  agentProofMs: [0, 3_000, 5_000],
  endRetry: { firstMs: 5_000, mostMs: 60_000 },
  noticeRetry: { firstMs: 60_000, mostMs: 900_000 },
  endByHandRetryMs: 2_000,
  programEnd: { termGraceMs: 10_000, abortGraceMs: 2_000 },
  saveLimitMs: 10_000,
  startLimitMs: 120_000,
  pollLimitMs: 90_000,
  measureLimitMs: 90_000,
  reloadLimitMs: 10_000,
  lock: { beatMs: 5_000, staleAfterMs: 30_000 },
  shutdownLimitMs: 4_800,
  missingSecretMs: 60_000,
  pageAgainMs: 60_000,
  tellLimitMs: 15_000,
  lastBeatMs: 3_000,
  lastNoticesMs: 40_000,
  lastWordsMs: 1_500,
  statusLimitMs: 15_000,
  hook: { inputMs: 5_000, answerMs: 10_000 },
  statusEveryMs: 5_000,
  completionLimitMs: 2_000,
};
