import type { EndAction } from "#guard/model/account.ts";
import type {
  IdleGuard,
  HardTimeoutGuard,
  PodGuardAction,
  PodGuardName,
  Policy,
} from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import type { GuardState } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";
import { isGuardFor } from "#guard/protect.ts";
import { plainNumber, spanWords } from "#guard/text.ts";
import { budgetDeadline } from "./budget.ts";
import { asGuarded, guardedAs, type Named } from "./foreign.ts";
import { idleOutAtMs, idleReason } from "./idle.ts";
import { isLeaseKnown, leaseEndMs, leaseReason } from "./lease.ts";
import { isScheduleNear, scheduledEnd, scheduleReason, type Told } from "./schedule.ts";

/** When one of its guards acts on a pod's run. */
export interface Deadline {
  readonly guard: PodGuardName;
  /** Which schedule or budget it is. */
  readonly of?: string | undefined;
  readonly action: PodGuardAction;
  /** As the history has it: `idle_30m`. */
  readonly reason: string;
  /** In words: `idle for 30 min`. */
  readonly words: string;
  /** When it comes, or came; of an idle pod, if it stays idle. */
  readonly atMs: number;
  /** It has come, even if something is unknown now. */
  readonly isPast: boolean;
  /** It is too early to announce it. */
  readonly isFar: boolean;
  /** Everything that could put it off is known. */
  readonly isKnown: boolean;
}

/** No warning of an idle pod comes before this share of its idle time has passed. */
const leastIdleShare = 0.25;

/** Every guard's deadline for this run, the guard that goes first when several are due first. */
export function deadlinesOf(
  run: PodRun,
  pod: Named,
  state: Told & Pick<GuardState, "budgets">,
  policy: Pick<Policy, "podGuards" | "budgets">,
  nowMs: number,
): readonly Deadline[] {
  const { leaseBook } = state;
  const { podGuards } = policy;
  const { hardTimeout, lease, idle, warnMs, gapMs } = podGuards;
  // Unread, it may hold a longer lease or a touch.
  const isBookKnown = leaseBook !== undefined && leaseBook !== "unknown";
  const isSure = run.unsureSinceMs === undefined;
  const deadlines: Deadline[] = [];

  if (hardTimeout !== undefined && isGuardFor(pod, hardTimeout)) {
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

  const budget = budgetDeadline(run, pod, state, policy, nowMs);
  if (budget !== undefined) {
    deadlines.push({
      guard: "budget",
      ...budget,
      ...standing(budget.atMs, nowMs, warnMs),
      // Unread, the book may have it that a person has lifted it.
      isKnown: isSure && isBookKnown,
    });
  }

  const scheduled = scheduledEnd(run, pod, state, podGuards, nowMs);
  if (scheduled !== undefined) {
    const { schedule, atMs, isKnown } = scheduled;
    deadlines.push({
      guard: "schedule",
      of: schedule.name,
      action: schedule.action,
      reason: scheduleReason(schedule),
      words: `schedule ${schedule.name}`,
      ...standing(atMs, nowMs, warnMs),
      isKnown: isSure && isBookKnown && isKnown,
    });
  }

  const leaseEndsAtMs =
    lease !== undefined && isGuardFor(pod, lease) ? leaseEndMs(run, lease) : undefined;
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

  if (idle !== undefined && isGuardFor(pod, idle)) {
    deadlines.push({
      guard: "idle",
      action: idle.action,
      reason: idleReason(idle),
      words: `idle for ${spanWords(run.idleMs)}`,
      // While its load is unknown, its idle time can go on from now at the earliest.
      atMs: idleOutAtMs(run, idle) ?? nowMs + idle.afterMs - run.idleMs,
      isPast: run.idleMs >= idle.afterMs,
      isFar: run.idleMs < nearMs(idle, warnMs),
      isKnown:
        isSure &&
        isBookKnown &&
        run.idleAtMs !== undefined &&
        nowMs - (run.idleSeenAtMs ?? run.idleAtMs) <= gapMs,
    });
  }

  return asGuarded(deadlines, guardedAs(pod, run, leaseBook, podGuards));
}

/** Whether no deadline of the run is near enough to be warned of. Cheap: nearly every run is so. */
export function isAllFar(
  run: PodRun,
  state: Told,
  podGuards: Policy["podGuards"],
  nowMs: number,
): boolean {
  const { hardTimeout, lease, idle, warnMs } = podGuards;
  const nearFromMs = nowMs + warnMs;
  if (hardTimeout !== undefined && hardTimeoutAtMs(run, hardTimeout) <= nearFromMs) return false;
  const leaseEndsAtMs = lease && leaseEndMs(run, lease);
  if (leaseEndsAtMs !== undefined && leaseEndsAtMs <= nearFromMs) return false;
  if (isScheduleNear(run, state, podGuards, nowMs, nearFromMs)) return false;
  return idle === undefined || run.idleMs < nearMs(idle, warnMs);
}

function nearMs({ afterMs }: IdleGuard, warnMs: number): number {
  return Math.max(afterMs - warnMs, afterMs * leastIdleShare);
}

function standing(atMs: number, nowMs: number, warnMs: number) {
  return { atMs, isPast: nowMs >= atMs, isFar: nowMs < atMs - warnMs };
}

export function isEnding<Acting extends Pick<Deadline, "action">>(
  acting: Acting,
): acting is Acting & { readonly action: EndAction } {
  return acting.action === "stop" || acting.action === "terminate";
}

/** The ends that can come first, without those that an earlier end makes needless. */
export function endsToCome(deadlines: readonly Deadline[], nowMs: number): readonly Deadline[] {
  const ends = deadlines.filter(isEnding);
  const comesAtMs = ({ atMs }: Deadline) => Math.max(atMs, nowMs);
  return ends.filter((end, n) =>
    ends.slice(0, n).every((other) => comesAtMs(other) > comesAtMs(end)),
  );
}

/**
 * When this end was announced, if it was. Whoever was told that the pod will be stopped may count on its
 * disk: it is announced anew when it is to be terminated, and so is one by another schedule or budget, as people
 * may have lifted the one that was named. What was said is unknown in an older file.
 */
export function announcedAtMs(
  run: Pick<PodRun, "warnedAtMs" | "warnedActions" | "warnedNames">,
  { guard, action, of }: Pick<Deadline, "guard" | "action" | "of">,
): number | undefined {
  const { warnedAtMs, warnedActions, warnedNames } = run;
  const isWorse = action === "terminate" && warnedActions?.[guard] !== "terminate";
  const isOther = (warnedNames?.[guard] ?? of) !== of;
  return isWorse || isOther ? undefined : warnedAtMs[guard];
}

/** When a run is over, no matter what its lease and its load say. */
export function hardTimeoutAtMs({ startedAtMs }: PodRun, { afterMs }: HardTimeoutGuard): number {
  return startedAtMs + afterMs;
}

export function hardTimeoutReason({ afterMs }: HardTimeoutGuard): string {
  return `hard_timeout_${plainNumber(afterMs / hourMs)}h`;
}
