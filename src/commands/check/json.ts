import { capsJson } from "#report/launch/caps-json.ts";
import type { GuardSettings } from "#config/settings.ts";
import { runStateOf } from "#guard/model/account.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";
import { rounded } from "#guard/text.ts";
import { memberJson } from "#report/member-json.ts";
import { hoursLeft } from "#guard/account/lines/line.ts";
import { aheadJson, repeatsJson } from "./ahead.ts";
import { type Found, side } from "./found.ts";
import { apiJson } from "./api.ts";
import { channelsJson } from "./channels.ts";
import { outsideJson } from "./outside.ts";
import { pageJson } from "./page.ts";
import { rulesJson } from "./rules.ts";
import { rowWords } from "./tonight.ts";

/** `null` means unknown, but for `hours_left`, where it also means that nothing burns. */
export function asJson({
  agentEnds,
  look,
  settings,
  channels,
  drilledAt,
  rules,
  proxy,
  warnings,
  rows,
  worstCase,
  outside,
  guardPid,
  saved,
  api,
}: Found): object {
  const hours = hoursLeft(look);
  return {
    api_key_from: settings.apiKeyFrom,
    daemon_pid: guardPid ?? null,
    balance_usd: rounded(look.balanceUsd),
    burn_per_hr_usd: roundedOrNull(look.burnPerHrUsd),
    hours_left: hours === Infinity ? null : roundedOrNull(hours),
    pods:
      look.pods === "unknown"
        ? null
        : look.pods.map((pod) => ({
            id: pod.id,
            name: pod.rawName === undefined ? null : pod.name,
            cost_per_hr_usd: runStateOf(pod) === "ended" ? null : roundedOrNull(pod.costPerHrUsd),
            status: pod.word ?? null,
            ...(pod.cluster !== undefined && {
              cluster: { pods: pod.cluster.members.map(memberJson) },
            }),
          })),
    unreadable_pods: look.unreadablePods,
    ...rulesJson(rules),
    thresholds: settings.thresholds.map(({ name, ...line }) => ({
      name,
      below_usd: line.belowUsd ?? null,
      below_hours: line.belowHours ?? null,
      ...repeatsJson(line),
      balance_is: side(line, look),
    })),
    worst_case: worstCase ?? null,
    guards: guardsJson(settings.guards),
    launch: settings.launch === undefined ? null : capsJson(settings.launch),
    foreign_pods: settings.foreignPods ?? "guard",
    ...aheadJson(settings),
    ...apiJson({ settings, saved, api }),
    agent_ends_pods_with: agentEnds ?? null,
    proxy: proxy ?? null,
    channels: channelsJson(channels),
    heartbeat_seconds: settings.heartbeat === undefined ? null : settings.heartbeat.everyMs / 1_000,
    page: pageJson(settings),
    outside: outsideJson(outside),
    last_good_drill: drilledAt?.toISOString() ?? null,
    warnings: [...warnings, ...rows.filter(({ isWarning }) => isWarning).map(rowWords)],
    tonight: rows.map(({ when, outcome, isWarning }) => ({
      when,
      outcome,
      is_warning: isWarning,
    })),
  };
}

function roundedOrNull(value: number | undefined): number | null {
  return value === undefined ? null : rounded(value);
}

/** `null` means off. */
function guardsJson(guards: GuardSettings): object {
  const { idle, lease, hardTimeout, stopped, warnMs, beforeStopMustSucceed = false } = guards;
  return {
    idle: idle
      ? { action: idle.action, after_minutes: idle.afterMs / minuteMs, ...repeatsJson(idle) }
      : null,
    lease: lease
      ? {
          action: lease.action,
          default_hours: lease.defaultMs === undefined ? null : lease.defaultMs / hourMs,
          max_hours: lease.maxMs / hourMs,
          ...repeatsJson(lease),
        }
      : null,
    hard_timeout: hardTimeout
      ? {
          action: hardTimeout.action,
          hours: hardTimeout.afterMs / hourMs,
          ...repeatsJson(hardTimeout),
        }
      : null,
    stopped: stopped
      ? {
          action: stopped.action,
          after_hours: stopped.afterMs / hourMs,
          data_loss: stopped.losesData,
          ...repeatsJson(stopped),
        }
      : null,
    before_stop_must_succeed: beforeStopMustSucceed,
    warn_minutes: warnMs / minuteMs,
  };
}
