import { crossedAtUsd } from "#guard/account/lines/line.ts";
import type { Settings } from "#config/settings.ts";
import { UserError } from "#errors.ts";
import type { Blind, Look, Measured, Pod } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { GuardState } from "#guard/model/state.ts";
import { rounded, spanWords } from "#guard/text.ts";
import type { BalanceSample } from "#ports.ts";
import { cannotLook } from "#report/account-error.ts";
import { changeOverOf } from "#report/change-over.ts";
import { isoOrNull } from "#report/iso.ts";
import { comingOf } from "#report/overview/coming.ts";
import { guardReports } from "#report/overview/guards.ts";
import { meetsAtMs } from "#report/overview/meets.ts";
import type { OverviewSources, Reported } from "#report/overview/sources.ts";
import { unexplainedOf } from "#report/overview/unexplained.ts";
import { worstCaseOf } from "#report/overview/worst-case.ts";
import { statusJson } from "#report/status/status-json.ts";
import { reportOf, type StatusReport } from "#report/status/status.ts";
import type { StatusAnswer } from "#http/contract/status.ts";
import { podAnswers } from "./pod-answers.ts";

/** All that the answer is made of: the daemon's own memory. */
export interface StatusSources {
  readonly nowMs: number;
  readonly version: string;
  readonly settings: Settings;
  readonly policy: Policy;
  readonly state: GuardState;
  readonly pid: number;
  /** The last poll as RunPod answered it; undefined: there was none yet. */
  readonly polled: Look | undefined;
  readonly measured: Measured | undefined;
  /** The pods as they were listed last. */
  readonly listed: readonly Pod[];
  /** When the next poll is due, as far as it is known. */
  readonly nextAtMs: number | undefined;
  /** The newest that is known. */
  readonly lastBalance: BalanceSample | undefined;
  readonly events: StatusAnswer["events"];
  readonly saved: StatusAnswer["saved"];
  readonly operations: StatusAnswer["operations"];
  /** What of this could not be found out. */
  readonly troubles: readonly string[];
}

export function statusAnswerOf(sources: StatusSources): StatusAnswer {
  const { nowMs, settings, policy, state } = sources;
  const look = lookOf(sources);
  const measured = sources.measured ?? { kind: "unmeasured", atMs: nowMs, because: "not yet read" };
  const report = reportOf(
    {
      settings,
      policy,
      nowMs,
      look,
      measured,
      saved: state,
      runs: state.runs,
      book: state.leaseBook ?? "unknown",
      moments: state.moments,
      guardPid: sources.pid,
      changeOver: changeOverOf(state),
      unread: undefined,
      listed: sources.listed,
      troubles: sources.troubles,
    },
    sources.lastBalance,
  );
  const fault = look.kind === "seen" ? undefined : faultOf(look, sources);
  const { isNobodyTold } = report;
  const isDryRun = settings.dryRun;
  const overview: OverviewSources = { nowMs, policy, state, look, isDryRun, isNobodyTold };
  const told = statusJson(report, fault);
  const reported = reportedOf(report, sources.listed);
  const worst = worstCaseOf(overview);
  const unexplained = unexplainedOf(overview);
  // That there were none a while ago is no list of now.
  const isNoList = report.podsOfMs !== undefined && reported.length === 0;
  const { pods, hidden } = podAnswers(isNoList ? null : told.pods, reported, overview);
  return {
    at: isoOrNull(nowMs) ?? epoch,
    version: sources.version,
    is_dry_run: settings.dryRun,
    error: fault === undefined ? null : told.error,
    balance_usd: told.balance_usd,
    burn_per_hr_usd: told.burn_per_hr_usd,
    hours_left: told.hours_left,
    last_balance: lastBalanceOf(told.last_balance),
    worst_case: {
      usd: usdOrNull(worst.usd),
      until: isoOrNull(worst.untilMs),
      words: worst.words,
    },
    pods,
    pods_seen_at: isoOrNull(report.pods === undefined ? undefined : (report.podsOfMs ?? look.atMs)),
    pods_because: podsBecauseOf(report, look),
    unreadable_pods: told.unreadable_pods,
    thresholds: told.thresholds.map((each) => {
      const line = {
        belowUsd: each.below_usd ?? undefined,
        belowHours: each.below_hours ?? undefined,
      };
      const seen = look.kind === "seen" ? look : undefined;
      return {
        ...each,
        crosses_at_usd: usdOrNull(crossedAtUsd(line, seen?.burnPerHrUsd)),
        meets_at: isoOrNull(seen && meetsAtMs(seen, line, seen.atMs)),
      };
    }),
    budgets: told.budgets,
    schedules: told.schedules,
    estimated_balance: told.estimated_balance,
    poll: {
      interval_seconds: settings.pollIntervalMs / 1_000,
      last_at: isoOrNull(state.lookedAtMs),
      last_good_at: isoOrNull(state.lastSeen?.atMs),
      next_at: isoOrNull(sources.nextAtMs),
      is_late: told.daemon.is_late,
    },
    unseen: report.unseen.map(({ what, sinceMs }) => ({
      what,
      since: isoOrNull(sinceMs) ?? epoch,
      because: whyUnseen(what, look, measured),
    })),
    unexplained:
      unexplained === undefined
        ? null
        : {
            since: isoOrNull(unexplained.sinceMs),
            usd_per_hr: usdOrNull(unexplained.perHrUsd),
            words: unexplained.words,
          },
    next: comingOf(overview, reported).map(({ atMs, guard, what, podId, threshold, isFixed }) => ({
      at: isoOrNull(atMs),
      guard,
      what,
      pod_id: podId ?? null,
      threshold: threshold ?? null,
      is_fixed: isFixed,
    })),
    // As they are written: what is kept besides goes by the names of pods.
    guards: guardReports({ ...policy, protect: settings.protect }, isNobodyTold).map(
      ({ name, isOn, words }) => ({ name, is_on: isOn, words }),
    ),
    events: sources.events,
    saved: sources.saved,
    operations: sources.operations,
    is_nobody_told: told.is_nobody_told,
    troubles: [
      ...told.troubles,
      ...(hidden === 0
        ? []
        : [`${hidden} more pods are not shown here: runpodboss status has all`]),
    ],
  };
}

const epoch = new Date(0).toISOString();

/** The last poll as the guard believes it. What is old is not seen: it may be otherwise by now. */
export function lookOf({
  nowMs,
  polled,
  state,
  policy,
}: Pick<StatusSources, "nowMs" | "polled" | "state" | "policy">): Look {
  const { lookedAtMs, lastSeen } = state;
  const unseen = { kind: "blind", cause: "unreachable", atMs: lookedAtMs ?? nowMs } as const;
  if (polled === undefined) return { ...unseen, because: notYet };
  if (lookedAtMs === undefined || nowMs - lookedAtMs > policy.podGuards.gapMs) {
    const agoMs = nowMs - (lookedAtMs ?? polled.atMs);
    return { ...unseen, because: `the daemon last polled ${spanWords(agoMs)} ago` };
  }
  return polled.kind === "blind" ? polled : (lastSeen ?? polled);
}

const notYet = "the daemon has not polled yet";

/** What was not even asked is no fault of RunPod's. */
function faultOf(look: Blind, { polled, settings }: StatusSources): UserError {
  return look === polled
    ? cannotLook(look, settings)
    : new UserError(`${look.because.charAt(0).toUpperCase()}${look.because.slice(1)}.`);
}

function reportedOf({ pods }: StatusReport, listed: readonly Pod[]): readonly Reported[] {
  const byId = new Map(listed.map((pod) => [pod.id, pod]));
  return (pods ?? []).map((report) => ({ report, pod: byId.get(report.id) }));
}

function podsBecauseOf({ pods, podsOfMs, podsBecause }: StatusReport, look: Look): string | null {
  if (look.kind === "blind") return look.because;
  if (pods !== undefined && podsOfMs === undefined) return null;
  return podsBecause ?? "its answer had no list";
}

function lastBalanceOf(
  last: { at: string | null; balance_usd: number; burn_per_hr_usd: number | null } | null,
): StatusAnswer["last_balance"] {
  const at = last?.at ?? null;
  return last === null || at === null ? null : { ...last, at };
}

function whyUnseen(what: string, look: Look, measured: Measured): string | null {
  switch (what) {
    case "the account":
      return look.kind === "blind" ? look.because : null;
    case "the pods":
      return look.kind === "seen" ? (look.podsBecause ?? null) : null;
    default:
      return measured.kind === "unmeasured" ? measured.because : null;
  }
}

function usdOrNull(usd: number | undefined): number | null {
  return usd === undefined || !Number.isFinite(usd) ? null : rounded(usd);
}
