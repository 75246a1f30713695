import type { ScheduleSettings } from "#config/settings.ts";
import { type Estimate, estimateOf } from "#guard/account/falls/estimate.ts";
import { withLifted } from "#guard/budgets/lift.ts";
import { type BudgetStanding, budgetStandings } from "#guard/budgets/standing.ts";
import type { Look } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { LeaseBook } from "#guard/model/run.ts";
import type { Moments } from "#guard/model/spend.ts";
import type { GuardState } from "#guard/model/state.ts";
import { own } from "#guard/own-value.ts";
import { guardedAs } from "#guard/pods/rules/foreign.ts";
import { namedIn } from "#guard/pods/run/named-in.ts";
import { skippedIn } from "#guard/pods/rules/schedule.ts";
import { heldBy } from "./held-by.ts";

/** What comes by the calendar and by what is spent, for whoever shows it. */
export interface AheadReport {
  readonly budgets: readonly BudgetStanding[];
  readonly schedules: readonly ScheduleReport[];
  /** What the balance must be by now, where the last poll is not of now. */
  readonly estimate: Estimate | undefined;
}

export interface ScheduleReport {
  readonly schedule: ScheduleSettings;
  /** The next moment, passed over or not; undefined: it comes no more, or that is not known. */
  readonly nextMs: number | undefined;
  /** A person passes that moment over; undefined: what people wish cannot be read. */
  readonly isSkipped: boolean | undefined;
  /** The pods that a moment which has come holds: these are to be ended. */
  readonly podIds: readonly string[];
}

export interface AheadSources {
  readonly nowMs: number;
  readonly policy: Pick<Policy, "budgets" | "podGuards">;
  readonly schedules: readonly ScheduleSettings[];
  readonly saved: GuardState;
  /** What the calendar says now; undefined: it could not be asked. */
  readonly moments: Moments | undefined;
  readonly book: LeaseBook | "unknown";
  /** The account as it is now; undefined: it is not seen. */
  readonly look: Look | undefined;
}

export function aheadOfNow(sources: AheadSources): AheadReport {
  const { nowMs, policy, schedules, book, look } = sources;
  // What is saved has no look: what burns is of the one that was made now.
  const saved = look?.kind === "seen" ? { ...sources.saved, lastSeen: look } : sources.saved;
  // Also what the daemon has not read yet.
  const known = book === "unknown" ? saved : withLifted(saved, book, nowMs);
  return {
    budgets: budgetStandings(known, policy, nowMs),
    schedules: schedules.map((schedule) => scheduleReport(schedule, sources)),
    estimate: estimateOf(saved, nowMs),
  };
}

function scheduleReport(
  schedule: ScheduleSettings,
  { moments, book, saved, policy }: AheadSources,
): ScheduleReport {
  const { name } = schedule;
  const nextMs = moments && own(moments.schedules, name)?.nextMs;
  return {
    schedule,
    nextMs,
    isSkipped:
      book === "unknown" ? undefined : nextMs !== undefined && skippedIn(book, name) === nextMs,
    podIds:
      schedule.action === "stop"
        ? heldBy(name, saved, book)
            .map(({ podId }) => podId)
            .filter((podId) => isHeldToIt(podId, saved, book, policy))
        : [],
  };
}

/** Of a pod that was started elsewhere people may only be told. */
function isHeldToIt(
  podId: string,
  { runs }: GuardState,
  book: LeaseBook | "unknown",
  { podGuards }: Pick<Policy, "podGuards">,
): boolean {
  const run = own(runs, podId);
  if (run === undefined) return false;
  const as = guardedAs(namedIn(run), run, book, podGuards);
  return as === "guard" || as === "unknown";
}
