import { slopePerHrUsd } from "#guard/account/falls/measured.ts";
import { isAmong } from "#guard/protect.ts";
import { isRunning, type Pod, type Seen } from "#guard/model/account.ts";
import type { GuardState } from "#guard/model/state.ts";

/**
 * The fastest that money may be going, for who must not come late: the largest of what the account says,
 * what the pods that run cost, and how the balance has fallen of late. Undefined: nothing
 * goes that anybody knows of.
 */
export function fastestBurn(state: Pick<GuardState, "falls">, look: Seen): number | undefined {
  const { atMs, pods, burnPerHrUsd } = look;
  const ofPods = pods === "unknown" ? 0 : costOf(pods);
  const most = Math.max(burnPerHrUsd ?? 0, ofPods, slopePerHrUsd(state, atMs) ?? 0);
  return most > 0 ? most : undefined;
}

/** What is known of it: the cost of a pod may be missing. Of all, or of those that the globs name. */
export function costOf(pods: readonly Pod[], globs?: readonly string[]): number {
  let perHrUsd = 0;
  for (const pod of pods) {
    if (!isRunning(pod) || (globs !== undefined && !isAmong(pod, globs))) continue;
    perHrUsd += pod.costPerHrUsd ?? 0;
  }
  return perHrUsd;
}
