import { type Paces, realPaces } from "#paces.ts";

/**
 * What people need patience for comes at once; what is a limit for a machine stays as long as it is,
 * or longer, so that nothing fails on a slow one. A test of a limit shortens that one itself.
 */
export const shortPaces: Paces = {
  ...realPaces,
  leastPollMs: 10,
  firstRetryMs: 100,
  leastGapMs: 20,
  proof: { acceptedMs: [10, 50, 100, 200], failedMs: [10, 50], readOnlyKeyMs: [10], missingMs: 20 },
  launch: { findMs: [10, 50, 100, 200, 400], lookEveryMs: 50 },
  agentProofMs: [0, 20, 50],
  endRetry: { firstMs: 100, mostMs: 1_000 },
  noticeRetry: { firstMs: 100, mostMs: 1_000 },
  endByHandRetryMs: 50,
  programEnd: { termGraceMs: 500, abortGraceMs: 500 },
  lock: { beatMs: 100, staleAfterMs: 1_000 },
  shutdownLimitMs: 120_000,
  missingSecretMs: 100,
  pageAgainMs: 100,
  lastWordsMs: 120_000,
  statusLimitMs: 120_000,
  hook: { inputMs: 120_000, answerMs: 120_000 },
  statusEveryMs: 100,
  completionLimitMs: 120_000,
};
