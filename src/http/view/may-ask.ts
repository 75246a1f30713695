import { isRunning, type Pod } from "#guard/model/account.ts";
import { isEnd } from "#guard/model/effect.ts";
import { own } from "#guard/own-value.ts";
import { leaseEndMs } from "#guard/pods/rules/lease.ts";
import { isGuardFor, isProtected } from "#guard/protect.ts";
import type { Action } from "#http/contract/operation.ts";
import { whyNoEnd } from "#operations/stop-plan.ts";
import type { OverviewSources, Reported } from "#report/overview/sources.ts";

interface Askable {
  readonly may: Action[];
  /** Why it can neither be stopped nor terminated. */
  readonly may_not: string | null;
}

/**
 * What a person can ask for, by what was last seen: whoever does it looks again. An end is refused for
 * the reasons that the commands have.
 */
export function mayAsk({ pod }: Reported, sources: OverviewSources): Askable {
  if (pod === undefined) {
    return { may: [], may_not: "no poll since the daemon's start has shown it" };
  }
  const { protect } = sources.policy;
  const stop = whyNoEnd("stop", pod, protect);
  const terminate = whyNoEnd("terminate", pod, protect);
  return {
    may: [
      ...(mayExtend(pod, sources) ? ["extend" as const] : []),
      ...(mayTouch(pod, sources) ? ["touch" as const] : []),
      ...(stop === undefined ? ["stop" as const] : []),
      ...(terminate === undefined ? ["terminate" as const] : []),
    ],
    may_not: stop === undefined ? null : (terminate ?? null),
  };
}

/** There is a lease, and room in it. */
function mayExtend(pod: Pod, { policy, state }: OverviewSources): boolean {
  const { lease } = policy.podGuards;
  const run = own(state.runs, pod.id);
  if (lease === undefined || run === undefined || run.unsureSinceMs !== undefined) return false;
  const { leaseBook = "unknown" } = state;
  if (leaseBook === "unknown" || !isRunning(pod) || !isGuardFor(pod, lease)) return false;
  if (isProtected(pod, policy.protect)) return false;
  if (state.owed.some((effect) => isEnd(effect) && effect.podId === pod.id)) return false;
  const endsAtMs = leaseEndMs(run, lease);
  return endsAtMs !== undefined && endsAtMs < run.startedAtMs + lease.maxMs;
}

/** Only idleness is put off by it. */
function mayTouch(pod: Pod, { policy }: OverviewSources): boolean {
  const { idle } = policy.podGuards;
  if (idle === undefined || !isRunning(pod)) return false;
  return isGuardFor(pod, idle) && !isProtected(pod, policy.protect);
}
