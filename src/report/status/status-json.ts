import { minuteMs } from "#guard/model/time.ts";
import { startedFacts } from "#guard/pods/run/started-by.ts";
import { rounded } from "#guard/text.ts";
import type { UserError } from "#errors.ts";
import type { Known, PodReport } from "#report/pod.ts";
import { aheadJson } from "#report/ahead/ahead-json.ts";
import { changeOverJson } from "#report/change-over.ts";
import { startedByJson } from "#report/launch/started-by-json.ts";
import { memberJson } from "#report/member-json.ts";
import { hoursLeft } from "#guard/account/lines/line.ts";
import { isoOrNull } from "#report/iso.ts";
import type { StatusReport } from "./status.ts";

/**
 * `null` is unknown, or what does not apply: a pod that does not run, a guard that is off. What is
 * meant is told beside it, by `status`, `is_protected` and `ends_by`.
 */
export function statusJson(report: StatusReport, error: UserError | undefined) {
  const { balance, lastBalance, guardPid, lookedAtMs, unread } = report;
  const hours = balance && hoursLeft(balance);
  return {
    error: error?.message ?? null,
    balance_usd: roundedOrNull(balance?.balanceUsd),
    burn_per_hr_usd: roundedOrNull(balance?.burnPerHrUsd),
    hours_left: roundedOrNull(hours),
    last_balance: lastBalance
      ? {
          at: isoOrNull(lastBalance.atMs),
          balance_usd: rounded(lastBalance.balanceUsd),
          burn_per_hr_usd: roundedOrNull(lastBalance.burnPerHrUsd),
        }
      : null,
    pods: report.pods?.map(podJson) ?? null,
    pods_seen_at: report.pods === undefined ? null : isoOrNull(report.podsOfMs ?? report.nowMs),
    unreadable_pods: report.unreadablePods,
    thresholds: report.thresholds.map(({ name, belowUsd, belowHours, is, by, trippedAtMs }) => ({
      name,
      below_usd: belowUsd ?? null,
      below_hours: belowHours ?? null,
      is: is === "unknown" ? null : is,
      by: is === "unknown" ? null : by,
      tripped_at: isoOrNull(trippedAtMs),
    })),
    ...aheadJson(report.ahead),
    daemon: {
      is_running: guardPid !== undefined,
      pid: guardPid ?? null,
      looked_at: isoOrNull(lookedAtMs),
      is_late: report.isLate,
      config_changed_since: isoOrNull(unread?.sinceMs),
      config_keys_changed: unread?.keys ?? [],
      unseen: report.unseen.map(({ what, sinceMs }) => ({ what, since: isoOrNull(sinceMs) })),
    },
    api: report.source
      ? {
          decides: report.source.api ?? null,
          since: isoOrNull(report.source.sinceMs),
          because: report.source.because ?? null,
        }
      : null,
    change_over: changeOverJson(report.changeOver),
    rehearsal: report.rehearsal
      ? {
          at: isoOrNull(report.rehearsal.atMs),
          worked: report.rehearsal.because === undefined,
          because: report.rehearsal.because ?? null,
          failures_in_a_row: report.rehearsal.failures,
        }
      : null,
    is_nobody_told: report.isNobodyTold,
    channels: report.channels.map(({ name, isTested }) => ({ name, is_tested: isTested })),
    held_notifications: report.held.map(({ channel, count, until }) => ({ channel, count, until })),
    troubles: [...report.troubles],
  };
}

function podJson(pod: PodReport) {
  const { gpu, end } = pod;
  const ending = end === "none" || end === "unknown" ? undefined : end;
  return {
    id: pod.id,
    name: pod.name,
    gpu_type: typeof gpu === "string" ? null : gpu.type,
    gpu_count: gpu === "none" ? 0 : gpu === "unknown" ? null : (gpu.count ?? null),
    status: pod.status ?? null,
    ...(pod.cluster !== undefined && {
      cluster: { pods: pod.cluster.members?.map(memberJson) ?? null },
    }),
    is_protected: pod.isProtected,
    kept_from_ending: pod.heldBy ?? null,
    guarded_as: pod.guardedAs === "unknown" ? null : pod.guardedAs,
    started_by: startedByJson(startedFacts(pod.startedBy)),
    cost_per_hr_usd: roundedOrNull(pod.costPerHrUsd),
    uptime_minutes: minutes(pod.uptimeMs),
    uptime_is_at_least: pod.isAtLeast,
    idle_minutes: minutes(pod.idleMs),
    ends_by: end === "none" ? "none" : (ending?.guard ?? null),
    ends_at: isoOrNull(ending?.atMs),
    minutes_left: ending === undefined ? null : minutes(ending.leftMs),
    is_expired: end === "none" ? false : ending === undefined ? null : ending.leftMs <= 0,
    cost_now_usd: number(pod.costUsd),
    est_total_usd: number(pod.totalUsd),
  };
}

function number(known: Known<number>): number | null {
  return typeof known === "number" ? roundedOrNull(known) : null;
}

function minutes(known: Known<number>): number | null {
  return typeof known === "number" && Number.isFinite(known)
    ? Number((known / minuteMs).toFixed(1))
    : null;
}

function roundedOrNull(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : rounded(value);
}
