import type { EndAction, Pod } from "#guard/model/account.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";
import { rounded } from "#guard/text.ts";
import { isoOrNull } from "#report/iso.ts";
import { interruptedWords } from "./end-words.ts";
import type { Leased } from "./lease.ts";
import type { HandEnd } from "./manual-stop.ts";
import type { Skipped } from "./skip.ts";
import type { EndPlan } from "./stop-plan.ts";
import type { Stopped } from "./stop.ts";
import type { Unfrozen } from "./unfreeze.ts";

/*
 * What was done, for programs. `null` is unknown, or what does not apply.
 */

interface IsGuarded {
  /** Undefined: no daemon runs, and nobody else acts on it. */
  readonly guardPid: number | undefined;
}

/** A lease that was given or extended. */
export function leasedJson(pod: Pod, leased: Leased, { guardPid }: IsGuarded) {
  const { guard, atMs, endsAtMs, actsAtMs, moreMs, sooner } = leased;
  const { costPerHrUsd } = pod;
  return {
    ...podJson(pod),
    ends_at: isoOrNull(endsAtMs),
    acts_at: isoOrNull(actsAtMs),
    action: guard.action,
    is_locked: pod.isLocked ?? null,
    minutes_left: minutes(endsAtMs - atMs),
    minutes_more: minutes(Math.max(0, moreMs)),
    cost_per_hr_usd: roundedOrNull(costPerHrUsd),
    cost_until_then_usd: roundedOrNull(
      costPerHrUsd === undefined ? undefined : (costPerHrUsd * (actsAtMs - atMs)) / hourMs,
    ),
    ends_sooner_by: sooner?.guard ?? null,
    ends_sooner_at: isoOrNull(sooner?.atMs),
    daemon_is_running: guardPid !== undefined,
  };
}

export function touchedJson(pod: Pod, atMs: number, { guardPid }: IsGuarded) {
  return {
    ...podJson(pod),
    touched_at: isoOrNull(atMs),
    daemon_is_running: guardPid !== undefined,
  };
}

export function skippedJson({ schedule, atMs, isUnderWay }: Skipped, { guardPid }: IsGuarded) {
  return {
    schedule: schedule.name,
    skipped_at: isoOrNull(atMs),
    is_under_way: isUnderWay,
    daemon_is_running: guardPid !== undefined,
  };
}

export function unfrozenJson({ budget, untilMs }: Unfrozen, { guardPid }: IsGuarded) {
  return {
    budget: budget.name,
    lifted_until: isoOrNull(untilMs),
    daemon_is_running: guardPid !== undefined,
  };
}

/** Pods that were ended by hand, and those that were not. */
export function endedJson(action: EndAction, { leftOut }: EndPlan, results: readonly Stopped[]) {
  return {
    action,
    pods: results.map(({ pod, end, run }) => ({
      ...podJson(pod),
      result: resultOf(end),
      because: becauseOf(end),
      uptime_minutes: run.uptimeMs === undefined ? null : minutes(run.uptimeMs),
      cost_usd: roundedOrNull(run.costUsd),
    })),
    left_out: leftOut,
  };
}

function resultOf({ kind }: HandEnd): string {
  return kind === "over-before" ? "already_ended" : kind;
}

function becauseOf(end: HandEnd): string {
  switch (end.kind) {
    case "ended":
      return end.outcome.because;
    case "interrupted":
      return interruptedWords(end);
    case "over-before":
    case "unproven":
      return end.because;
  }
}

function podJson({ id, name }: Pod) {
  return { pod_id: id, pod_name: name };
}

function minutes(ms: number): number {
  return Number((ms / minuteMs).toFixed(1));
}

function roundedOrNull(value: number | undefined): number | null {
  return value === undefined ? null : rounded(value);
}
