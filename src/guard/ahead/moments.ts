import { isRunning } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { GuardState } from "#guard/model/state.ts";
import { own } from "#guard/own-value.ts";
import { announcedAtMs, deadlinesOf } from "#guard/pods/rules/deadlines.ts";
import { isProtected } from "#guard/protect.ts";

/**
 * The next moment after `nowMs` at which a guard of the pods has something to announce or to do; Infinity:
 * none is known.
 */
export function nextMomentMs(state: GuardState, policy: Policy, nowMs: number): number {
  const { warnMs, stopped } = policy.podGuards;
  let nextMs = Infinity;
  const take = (atMs: number): void => {
    if (atMs > nowMs && atMs < nextMs) nextMs = atMs;
  };
  const takeEnd = (atMs: number, warnedAtMs: number | undefined): void => {
    take(atMs - warnMs);
    take(atMs);
    // What was announced late comes late.
    if (warnedAtMs !== undefined) take(warnedAtMs + warnMs);
  };
  takeDeadlines(state, policy, nowMs, takeEnd);
  for (const { nextMs: atMs } of Object.values(state.moments?.schedules ?? {})) {
    if (atMs !== undefined) takeEnd(atMs, undefined);
  }
  if (stopped !== undefined) {
    for (const { sinceMs, warnedAtMs } of Object.values(state.stoppedPods ?? {})) {
      takeEnd(sinceMs + stopped.afterMs, warnedAtMs);
    }
  }
  return nextMs;
}

/** Of the pods that the last poll has shown to run. */
function takeDeadlines(
  state: GuardState,
  policy: Policy,
  nowMs: number,
  take: (atMs: number, warnedAtMs: number | undefined) => void,
): void {
  const pods = state.lastSeen?.pods;
  if (pods === undefined || pods === "unknown") return;
  for (const pod of pods) {
    const run = isRunning(pod) ? own(state.runs, pod.id) : undefined;
    if (run === undefined || isProtected(pod, policy.protect)) continue;
    for (const deadline of deadlinesOf(run, pod, state, policy, nowMs)) {
      if (deadline.isKnown) take(deadline.atMs, announcedAtMs(run, deadline));
    }
  }
}
