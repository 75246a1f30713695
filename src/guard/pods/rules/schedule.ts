import type { Pod } from "#guard/model/account.ts";
import type { PodGuards, Schedule } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import type { Scheduled } from "#guard/model/schedules.ts";
import type { ScheduleMoments } from "#guard/model/spend.ts";
import type { GuardState } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";
import { own } from "#guard/own-value.ts";
import { isGuardFor } from "#guard/protect.ts";
import { runNameOf } from "#guard/pods/run/run-name.ts";
import { isLater, isStartKnown } from "#guard/pods/run/run-start.ts";

/** A moment that nobody dealt with for so long is passed over: by then people work again, or count on it no more. */
export const lateMs = hourMs;

/** Uptimes are whole seconds, seconds pass until they are read, and our clock may be set by some meanwhile. */
const uptimeToleranceMs = 30_000;

/** A clock that is set back by more may put before a moment what was started since. */
export const mostSetBackMs = uptimeToleranceMs / 2;

/** What tells when a schedule acts on whom. */
export type Told = Pick<GuardState, "moments" | "scheduled" | "leaseBook">;

/** The moment at which a run is ended by a schedule. */
export interface ScheduledEnd {
  readonly schedule: Schedule;
  readonly atMs: number;
  /** It was there before it, as far as that can be known by now. */
  readonly isKnown: boolean;
}

/** The first moment at which a schedule ends this run, as things stand. Undefined: none is known. */
export function scheduledEnd(
  run: PodRun,
  pod: Pick<Pod, "id" | "name" | "rawName" | "cluster">,
  told: Told,
  { schedules = [] }: Pick<PodGuards, "schedules">,
  nowMs: number,
): ScheduledEnd | undefined {
  const ends = schedules
    .filter((schedule) => schedule.action === "stop" && isGuardFor(pod, schedule))
    .flatMap((schedule): readonly ScheduledEnd[] => {
      const heldMs = heldToMs(run, schedule, told);
      const atMs = heldMs ?? comingMs(run, schedule, told, nowMs);
      if (atMs === undefined) return [];
      const isToCome = atMs > nowMs && wasThere(run, atMs) === "before";
      return [{ schedule, atMs, isKnown: heldMs !== undefined || isToCome }];
    });
  return ends.toSorted((a, b) => a.atMs - b.atMs)[0];
}

/** Whether a schedule may end this run before `untilMs`. Cheap: it asks for no globs. */
export function isScheduleNear(
  run: PodRun,
  told: Told,
  { schedules = [] }: Pick<PodGuards, "schedules">,
  nowMs: number,
  untilMs: number,
): boolean {
  return schedules.some(
    (schedule) =>
      schedule.action === "stop" &&
      (heldToMs(run, schedule, told) ?? comingMs(run, schedule, told, nowMs) ?? Infinity) <=
        untilMs,
  );
}

/** The moment that this very run is held to, as it was there then. */
function heldToMs(
  run: PodRun,
  { name }: Schedule,
  { scheduled = {}, leaseBook }: Told,
): number | undefined {
  const known = own(scheduled, name);
  const due = known && own(known.due, run.podId);
  if (known === undefined || due?.run !== runNameOf(run)) return undefined;
  return isPassedOver(due.ofMs, name, known, leaseBook) ? undefined : due.ofMs;
}

/** The moment that comes, or has come and may still hold the run to it, if that was there before. */
function comingMs(run: PodRun, schedule: Schedule, told: Told, nowMs: number): number | undefined {
  const { name } = schedule;
  const { moments, scheduled = {}, leaseBook } = told;
  const tells = moments && own(moments.schedules, name);
  if (tells === undefined) return undefined;
  const known = own(scheduled, name);
  const skippedMs = skippedIn(leaseBook, name);
  return [passedMs(tells, nowMs), tells.nextMs].find(
    (ms) =>
      ms !== undefined &&
      ms !== skippedMs &&
      (ms > nowMs || ms === known?.openMs || isUndealt(ms, known, nowMs)) &&
      wasThere(run, ms) !== "later",
  );
}

/** It came while it was followed, not long ago, and nobody has dealt with it. */
export function isUndealt(ms: number, known: Scheduled | undefined, nowMs: number): boolean {
  return (
    known !== undefined && ms > known.sinceMs && !known.dealtMs.includes(ms) && nowMs - ms < lateMs
  );
}

/** The last moment up to now; what the calendar said was to come may have come since. */
export function passedMs({ lastMs, nextMs }: ScheduleMoments, nowMs: number): number | undefined {
  return nextMs !== undefined && nextMs <= nowMs ? nextMs : lastMs;
}

/** Whether a person has passed over a moment that has come, and with it those before. */
export function isPassedOver(
  ms: number,
  name: string,
  { dealtMs }: Scheduled,
  leaseBook: Told["leaseBook"],
): boolean {
  const skippedMs = skippedIn(leaseBook, name);
  return skippedMs !== undefined && dealtMs.includes(skippedMs) && ms <= skippedMs;
}

/** The moment that a person passes over, as far as the book can be read. */
export function skippedIn(leaseBook: Told["leaseBook"], name: string): number | undefined {
  if (leaseBook === undefined || leaseBook === "unknown") return undefined;
  return own(leaseBook.skippedMs ?? {}, name);
}

/**
 * Whether a run was there before a moment. What a person has started since is never taken for it, as far as
 * anybody can tell: where RunPod's clock, or a pod that takes minutes to boot, leaves it open, it is unknown.
 */
export function wasThere(run: PodRun, ms: number): "before" | "later" | "unknown" {
  const { startedAtMs, firstSeenAtMs, lastStartedAtMs = startedAtMs } = run;
  const isKnown = isStartKnown(run);
  if (isLater(ms, isKnown ? startedAtMs : firstSeenAtMs) || isSurelyBefore(run, ms)) {
    // It may be another one by now, which was started later still.
    return run.unsureSinceMs === undefined ? "before" : "unknown";
  }
  const leastMs = isKnown ? Math.min(startedAtMs, lastStartedAtMs) : run.notRunningAtMs;
  return leastMs !== undefined && leastMs >= ms ? "later" : "unknown";
}

/** An uptime is by our clock; and a stamp beside it shows for certain when another run has begun. */
function isSurelyBefore(run: PodRun, ms: number): boolean {
  const { startFrom, startedAtMs, lastStartedAtMs, isSaved = false } = run;
  const isExact = startFrom === "uptime" && lastStartedAtMs !== undefined && !isSaved;
  return isExact && ms - startedAtMs >= uptimeToleranceMs;
}

export function scheduleReason({ name }: Schedule): string {
  return `schedule_${name}`;
}
