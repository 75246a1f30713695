import { hoursLeft, isBelow } from "#guard/account/lines/line.ts";
import { budgetStandings } from "#guard/budgets/standing.ts";
import { runStateOf } from "#guard/model/account.ts";
import { minuteMs } from "#guard/model/time.ts";
import { own } from "#guard/own-value.ts";
import { leaseEndMs } from "#guard/pods/rules/lease.ts";
import { isGuardFor } from "#guard/protect.ts";
import { rounded } from "#guard/text.ts";
import { aheadJson } from "#report/ahead/ahead-json.ts";
import { isoOrNull } from "#report/iso.ts";
import { comingOf } from "#report/overview/coming.ts";
import { endWords } from "#report/overview/end-words.ts";
import type { OverviewSources, Reported } from "#report/overview/sources.ts";
import type { Summary, SummaryPod } from "./contract.ts";
import type { Sight } from "./sight.ts";
import type { Standing } from "./standing.ts";

type Seen = Pick<
  Summary,
  | "balance_usd"
  | "burn_per_hr_usd"
  | "hours_left"
  | "balance_at"
  | "pods"
  | "pods_running"
  | "pods_because"
  | "thresholds"
  | "next"
  | "budgets"
>;

/** The money and the pods as they were seen last, and what the guards will do. */
export function accountSeen({ overview, reported }: Sight, standing: Standing): Seen {
  const { state, policy, nowMs, look } = overview;
  const { received, podsBecause } = standing;
  const told = received?.beat.look;
  const { atMs, balanceUsd, burnPerHrUsd } = state.shown ?? {
    atMs: undefined,
    balanceUsd: told?.balanceUsd,
    burnPerHrUsd: told?.burnPerHrUsd,
  };
  const hours = balanceUsd === undefined ? undefined : hoursLeft({ balanceUsd, burnPerHrUsd });
  const ahead = { budgets: budgetStandings(state, policy, nowMs), schedules: [] };
  const pods = reported?.map((each) => podOf(each, overview)) ?? null;
  return {
    balance_usd: numberOrNull(balanceUsd),
    burn_per_hr_usd: numberOrNull(burnPerHrUsd),
    hours_left: numberOrNull(hours),
    balance_at: isoOrNull(atMs),
    pods,
    pods_running: pods === null ? null : pods.filter((each) => each.is_running !== false).length,
    pods_because: look.kind === "blind" ? look.because : (podsBecause ?? null),
    thresholds: policy.thresholds.map((line) => thresholdOf(line, overview)),
    next: comingOf(overview, reported ?? []).map((each) => ({
      at: isoOrNull(each.atMs),
      guard: each.guard,
      what: each.what,
      pod_id: each.podId ?? null,
      threshold: each.threshold ?? null,
      is_fixed: each.isFixed,
    })),
    budgets: aheadJson({ ...ahead, estimate: undefined }).budgets,
  };
}

function thresholdOf(
  { name, belowUsd, belowHours }: OverviewSources["policy"]["thresholds"][number],
  { state, look }: OverviewSources,
): Summary["thresholds"][number] {
  const isFired =
    own(state.fired, name) ??
    (look.kind === "seen" ? isBelow({ belowUsd, belowHours }, look) : undefined);
  return {
    name,
    below_usd: belowUsd ?? null,
    below_hours: belowHours ?? null,
    is: isFired === undefined ? null : isFired ? "fired" : "armed",
    tripped_at: isFired === true ? isoOrNull(own(state.trippedAtMs, name)) : null,
  };
}

function podOf(
  { report, pod }: Reported,
  { state, policy, isDryRun }: OverviewSources,
): SummaryPod {
  const { end, status, uptimeMs } = report;
  const run = own(state.runs, report.id);
  const { lease } = policy.podGuards;
  const isLeased = lease !== undefined && pod !== undefined && isGuardFor(pod, lease);
  const ending = end === "none" || end === "unknown" ? undefined : end;
  return {
    id: report.id,
    name: report.name,
    status: status ?? null,
    is_running: status === undefined || pod === undefined ? null : isRunning(pod),
    cost_per_hr_usd: numberOrNull(report.costPerHrUsd),
    uptime_minutes: typeof uptimeMs === "number" ? Number((uptimeMs / minuteMs).toFixed(1)) : null,
    is_protected: report.isProtected,
    kept_from_ending: report.heldBy ?? null,
    lease_ends_at: isLeased && run !== undefined ? isoOrNull(leaseEndMs(run, lease)) : null,
    ends_by: end === "none" ? "none" : (ending?.guard ?? null),
    ends_at: isoOrNull(ending?.atMs),
    end_words: endWords(report, policy, isDryRun) ?? null,
  };
}

function isRunning(pod: Parameters<typeof runStateOf>[0]): boolean | null {
  switch (runStateOf(pod)) {
    case "running":
      return true;
    case "ended":
      return false;
    case "unknown":
      return null;
  }
}

function numberOrNull(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : rounded(value);
}
