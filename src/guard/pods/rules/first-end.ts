import { backstopAtMs } from "#guard/account/backstop.ts";
import type { EndAction } from "#guard/model/account.ts";
import { isEnd } from "#guard/model/effect.ts";
import type { PodGuardName, Policy } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import type { GuardState } from "#guard/model/state.ts";
import type { Named } from "./foreign.ts";
import type { Told } from "./schedule.ts";
import { announcedAtMs, type Deadline, deadlinesOf, isEnding } from "./deadlines.ts";

/** An end that will come, and whose it is. */
export interface ComingEnd {
  readonly by: PodGuardName | "backstop";
  readonly action: EndAction;
  readonly atMs: number;
}

/**
 * The ends that will come to a run that nothing holds, as things stand, the first one first: what is
 * under way, what was announced, and what will be in time. Idleness counts once its end is near.
 */
export function comingEnds(
  run: PodRun,
  pod: Named,
  state: Pick<GuardState, "owed" | "fired" | "trippedAtMs" | "hoursCrossed"> & Told,
  policy: Policy,
  nowMs: number,
): readonly ComingEnd[] {
  const { warnMs } = policy.podGuards;
  const underWay = state.owed.flatMap((effect): readonly ComingEnd[] => {
    if (!isEnd(effect) || effect.podId !== run.podId) return [];
    const by = effect.kind === "end-pod" ? "backstop" : effect.guard;
    return [{ by, action: effect.action, atMs: nowMs }];
  });
  // A cluster is left by every backstop.
  const backed = pod.cluster === undefined ? policy.thresholds : [];
  const backstops = backed.flatMap((threshold): readonly ComingEnd[] => {
    const atMs = backstopAtMs(threshold, state);
    if (atMs === undefined || threshold.backstop === undefined) return [];
    return [{ by: "backstop", action: threshold.backstop.action, atMs: Math.max(atMs, nowMs) }];
  });
  const guards = deadlinesOf(run, pod, state, policy, nowMs)
    .filter(isEnding)
    .filter((each) => each.guard !== "idle" || isIdleNear(each))
    .map((each): ComingEnd => ({
      by: each.guard,
      action: each.action,
      atMs: comesAtMs(each, run, warnMs, nowMs),
    }));
  return [...underWay, ...backstops, ...guards].toSorted((a, b) => a.atMs - b.atMs);
}

function isIdleNear({ isFar, isKnown }: Deadline): boolean {
  return isKnown && !isFar;
}

/** No end comes sooner after its warning than warn_minutes. */
function comesAtMs(deadline: Deadline, run: PodRun, warnMs: number, nowMs: number): number {
  const { atMs, isFar } = deadline;
  if (isFar) return atMs;
  return Math.max(atMs, (announcedAtMs(run, deadline) ?? nowMs) + warnMs);
}
