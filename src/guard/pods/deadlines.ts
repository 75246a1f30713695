import type { Pod } from "#guard/model/account.ts";
import type {
  HardTimeoutGuard,
  PodGuardAction,
  PodGuardName,
  Policy,
} from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import type { GuardState } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";
import { isAmong } from "#guard/protect.ts";
import { plainNumber, spanWords } from "#guard/text.ts";
import { idleOutAtMs, idleReason, longestStrideMs } from "./idle.ts";
import { isLeaseKnown, leaseEndMs, leaseReason } from "./lease.ts";

/** A moment at which one of its guards does something about a pod's run. */
export interface Deadline {
  readonly guard: PodGuardName;
  readonly action: PodGuardAction;
  /** As the history has it: `idle_30m`. */
  readonly reason: string;
  /** As people have it: `idle for 30 min`. */
  readonly words: string;
  /** When it comes, or came; of an idle pod, if it stays idle. */
  readonly atMs: number;
  /** It has come, whatever is unknown now. */
  readonly isPast: boolean;
  /** It is not even time to announce it. */
  readonly isFar: boolean;
  /** Nothing that speaks against it can be hidden now. */
  readonly isKnown: boolean;
}

/** Below this share of its time an idle pod is not worth a warning, however early that should come. */
const leastIdleShare = 0.25;

/** Every guard's deadline for this run, the guard that goes first when several are due first. */
export function deadlinesOf(
  run: PodRun,
  pod: Pick<Pod, "id" | "name" | "rawName">,
  { leaseBook }: Pick<GuardState, "leaseBook">,
  { podGuards }: Pick<Policy, "podGuards">,
  nowMs: number,
): readonly Deadline[] {
  const { hardTimeout, lease, idle, warnMs, gapMs } = podGuards;
  const isFor = (guard: { readonly pods: readonly string[] }) => isAmong(pod, guard.pods);
  // It may hold more time for the pod, or that someone has touched it.
  const isBookKnown = leaseBook !== undefined && leaseBook !== "unknown";
  const isSure = run.unsureSinceMs === undefined;
  const deadlines: Deadline[] = [];

  if (hardTimeout !== undefined && isFor(hardTimeout)) {
    const atMs = hardTimeoutAtMs(run, hardTimeout);
    deadlines.push({
      guard: "hard_timeout",
      action: hardTimeout.action,
      reason: hardTimeoutReason(hardTimeout),
      words: `hard timeout after ${plainNumber(hardTimeout.afterMs / hourMs)} h`,
      ...standing(atMs, nowMs, warnMs),
      isKnown: isSure,
    });
  }

  const leaseEndsAtMs = lease !== undefined && isFor(lease) ? leaseEndMs(run, lease) : undefined;
  if (lease !== undefined && leaseEndsAtMs !== undefined) {
    deadlines.push({
      guard: "lease",
      action: lease.action,
      reason: leaseReason,
      words: "the end of its lease",
      ...standing(leaseEndsAtMs, nowMs, warnMs),
      isKnown: isSure && isBookKnown && isLeaseKnown(run),
    });
  }

  if (idle !== undefined && isFor(idle)) {
    const nearMs = Math.max(idle.afterMs - warnMs, idle.afterMs * leastIdleShare);
    deadlines.push({
      guard: "idle",
      action: idle.action,
      reason: idleReason(idle),
      words: `idle for ${spanWords(run.idleMs)}`,
      // While its load is unknown it may be idle again from now on at the soonest.
      atMs: idleOutAtMs(run, idle) ?? nowMs + idle.afterMs - run.idleMs,
      isPast: run.idleMs >= idle.afterMs,
      isFar: run.idleMs < nearMs,
      isKnown:
        isSure &&
        isBookKnown &&
        run.idleAtMs !== undefined &&
        nowMs - run.idleAtMs <= longestStrideMs(gapMs),
    });
  }

  return deadlines;
}

function standing(atMs: number, nowMs: number, warnMs: number) {
  return { atMs, isPast: nowMs >= atMs, isFar: nowMs < atMs - warnMs };
}

export function isEnding({ action }: Pick<Deadline, "action">): boolean {
  return action === "stop" || action === "terminate";
}

/** The ends that can come first: what a guard before them ends by then is not theirs to end. */
export function endsToCome(deadlines: readonly Deadline[], nowMs: number): readonly Deadline[] {
  const ends = deadlines.filter(isEnding);
  const comesAtMs = ({ atMs }: Deadline) => Math.max(atMs, nowMs);
  return ends.filter((end, n) =>
    ends.slice(0, n).every((other) => comesAtMs(other) > comesAtMs(end)),
  );
}

/** When a run is over, whatever its lease and its load say. */
export function hardTimeoutAtMs({ startedAtMs }: PodRun, { afterMs }: HardTimeoutGuard): number {
  return startedAtMs + afterMs;
}

export function hardTimeoutReason({ afterMs }: HardTimeoutGuard): string {
  return `hard_timeout_${plainNumber(afterMs / hourMs)}h`;
}
