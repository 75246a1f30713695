import { isAmong } from "#guard/protect.ts";
import { isRunning, type Pod, type Seen } from "#guard/model/account.ts";
import type { BalancePoint } from "#guard/model/spend.ts";
import type { GuardState } from "#guard/model/state.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";

/** Over less, one charge more or less makes too much of a difference. */
const leastSlopeMs = 10 * minuteMs;

/**
 * The fastest that money may be going, for who must not come late: the largest of what the account says,
 * what the pods that run cost, and how the balance has fallen of late. Undefined: nothing
 * goes that anybody knows of.
 */
export function fastestBurn(state: Pick<GuardState, "falls">, look: Seen): number | undefined {
  const { pods, burnPerHrUsd } = look;
  const ofPods = pods === "unknown" ? 0 : costOf(pods);
  const most = Math.max(burnPerHrUsd ?? 0, ofPods, slopeOf(state.falls ?? []));
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

/** From one fall of the balance to another what burned between is charged, and no more. */
function slopeOf(falls: readonly BalancePoint[]): number {
  const [first, last] = [falls.at(0), falls.at(-1)];
  if (first === undefined || last === undefined) return 0;
  if (last.atMs - first.atMs < leastSlopeMs) return 0;
  return ((first.balanceUsd - last.balanceUsd) / (last.atMs - first.atMs)) * hourMs;
}
