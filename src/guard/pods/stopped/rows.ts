import { unknownWords } from "#guard/account/may-end.ts";
import type { Pod, Seen } from "#guard/model/account.ts";
import type { Policy, StoppedGuard } from "#guard/model/policy.ts";
import type { StoppedPod } from "#guard/model/spend.ts";
import type { GuardState } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";
import { type GuardedAs, guardedAs } from "#guard/pods/rules/foreign.ts";
import { incidentOf } from "#guard/outbox/incidents.ts";
import { own } from "#guard/own-value.ts";
import { isAmong, isProtected } from "#guard/protect.ts";
import { plainNumber } from "#guard/text.ts";

/** A pod that is seen to be stopped, and since when. */
export interface StoppedCase {
  readonly pod: Pod;
  readonly stopped: StoppedPod;
}

/** By what is kept how often it was told. */
export function stoppedKey(podId: string): string {
  return `stopped:${podId}`;
}

/** All that is said of these pods, until they are no longer stopped. */
export function stoppedIncident(podIds: readonly string[]): string {
  return incidentOf("stopped", "pods", podIds);
}

/** Whether the guard is for this pod, stopped or not. No cluster is ever stopped. */
export function isWatched(
  pod: Pod,
  { pods }: StoppedGuard,
  { protect, podGuards }: Policy,
  leaseBook: GuardState["leaseBook"],
): boolean {
  if (pod.cluster !== undefined || !isAmong(pod, pods) || isProtected(pod, protect)) return false;
  return stoppedAs(pod, leaseBook, podGuards) !== "ignore";
}

/** A pod that does not run has no lease: none of before makes it ours. */
export function stoppedAs(
  pod: Pod,
  leaseBook: GuardState["leaseBook"],
  podGuards: Policy["podGuards"],
): GuardedAs {
  return guardedAs(pod, undefined, leaseBook, podGuards);
}

/** Those that this look shows to be stopped. */
export function stoppedCases(state: GuardState, look: Seen): readonly StoppedCase[] {
  if (look.pods === "unknown") return [];
  return look.pods.flatMap((pod) => {
    const stopped = own(state.stoppedPods ?? {}, pod.id);
    return stopped === undefined || pod.status !== "stopped" ? [] : [{ pod, stopped }];
  });
}

/** When it is deleted at the soonest: of the time before nobody looked, it is not known whether it ran. */
export function stoppedEndAtMs(
  { sinceMs, watchedSinceMs = sinceMs }: StoppedPod,
  { afterMs }: StoppedGuard,
): number {
  return Math.max(sinceMs, watchedSinceMs) + afterMs;
}

/** Why it must not be deleted, in words that end a sentence; undefined when it may be. */
export function whyNotDeleted(pod: Pod, { losesData }: StoppedGuard): string | undefined {
  const unknown = unknownWords(pod);
  if (unknown !== undefined) return unknown;
  if (pod.isLocked === true) return "it is locked";
  return losesData || pod.hasNetworkVolume === true
    ? undefined
    : "it has no network volume, and its data would be deleted with it";
}

/** As the history has it: `stopped_24h`. */
export function stoppedReason({ afterMs }: StoppedGuard): string {
  return `stopped_${plainNumber(afterMs / hourMs)}h`;
}
