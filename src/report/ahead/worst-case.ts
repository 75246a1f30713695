import type { Settings } from "#config/settings.ts";
import { perHour, usd } from "#guard/text.ts";
import type { Paces } from "#paces.ts";

const hourMs = 3_600_000;

/** RunPod's own for an account that has asked for no other. */
const usualLimitPerHrUsd = 80;

type Guarding = Pick<Settings, "pollIntervalMs" | "thresholds" | "dryRun">;
type Pacing = Pick<Paces, "leastGapMs" | "request" | "proof">;

/**
 * `at your $80.00/h limit a crossing costs at most $2.00 before it is seen, $6.00 until it is stopped`: what
 * burns from a poll right before the crossing, at the most that RunPod lets run, as long as it answers.
 * `limitPerHrUsd`: undefined where RunPod did not tell.
 */
export function worstCaseWords(
  { pollIntervalMs, thresholds, dryRun }: Guarding,
  { leastGapMs, request, proof }: Pacing,
  limitPerHrUsd: number | undefined,
): string | undefined {
  if (thresholds.length === 0) return undefined;
  const perHrUsd = limitPerHrUsd ?? usualLimitPerHrUsd;
  const whose =
    limitPerHrUsd === undefined
      ? `at RunPod's usual limit of ${perHour(perHrUsd)} (yours could not be read)`
      : `at your ${perHour(perHrUsd)} limit`;
  const cost = (ms: number): string => usd((perHrUsd * ms) / hourMs);
  const seenMs = pollIntervalMs + request.timeLimitMs;
  const seen = `${whose} a crossing costs at most ${cost(seenMs)} before it is seen`;
  // The most severe one, as it is the last to be crossed.
  const backstop = dryRun ? undefined : thresholds.findLast((each) => each.backstop)?.backstop;
  if (backstop === undefined) {
    const because = dryRun ? "this is a dry run" : "no threshold has a backstop";
    return `${seen}; what it costs after that depends on who is told: ${because}`;
  }
  // The poll in which it comes due, RunPod's answer to the end, and the proof.
  const provenMs = proof.acceptedMs.reduce((sum, each) => sum + each, 0);
  const endMs = leastGapMs + 2 * request.timeLimitMs + provenMs;
  return `${seen}, ${cost(seenMs + backstop.afterMs + endMs)} until it is stopped`;
}
