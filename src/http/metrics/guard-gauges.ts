import { sightOf } from "#guard/account/blind.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { GuardState } from "#guard/model/state.ts";
import type { Health } from "#http/health.ts";
import { effectKinds } from "./effect-kinds.ts";
import { flag, gauge, gauges, secondsOf } from "./gauge.ts";
import type { Family } from "./text-format.ts";

export interface GuardSources {
  readonly state: GuardState;
  readonly policy: Policy;
  readonly health: Health;
  readonly pollIntervalMs: number;
  readonly isDryRun: boolean;
  readonly isNobodyTold: boolean;
  readonly nowMs: number;
}

/** The guard itself: what it sees, what it owes, what does not work. */
export function guardGauges(sources: GuardSources): readonly Family[] {
  const { state, health, pollIntervalMs, isDryRun, isNobodyTold, nowMs } = sources;
  const { lastGoodAtMs } = health;
  const isUnseen = !health.isHealthy || state.blind !== undefined;
  const slots = [
    ["account", isUnseen, state.blind],
    ["pods", isUnseen || state.podsBlind !== undefined, state.podsBlind],
    ["load", isUnseen || state.unmeasured !== undefined, state.unmeasured],
  ] as const;
  const { owed } = state;
  return [
    gauge("runpodboss_healthy", "1: as /health says 200.", flag(health.isHealthy)),
    gauge(
      "runpodboss_last_good_poll_timestamp_seconds",
      "When a poll last worked, since this process started.",
      secondsOf(lastGoodAtMs),
    ),
    gauge(
      "runpodboss_last_good_poll_age_seconds",
      "How long ago a poll last worked.",
      lastGoodAtMs === undefined ? undefined : Math.max(0, nowMs - lastGoodAtMs) / 1_000,
    ),
    gauge(
      "runpodboss_last_poll_timestamp_seconds",
      "When the last poll was made, whether it worked or not.",
      secondsOf(state.lookedAtMs),
    ),
    gauge(
      "runpodboss_poll_interval_seconds",
      "How often the config asks for a poll.",
      pollIntervalMs / 1_000,
    ),
    gauge(
      "runpodboss_blind",
      "1: the account or its pods have not been seen for blind_after_seconds.",
      flag(isBlind(sources)),
    ),
    gauges(
      "runpodboss_unseen",
      "1: the last poll did not show it, or is too old.",
      slots.map(([what, is]) => ({ labels: { what }, value: flag(is) })),
    ),
    gauges(
      "runpodboss_unseen_since_timestamp_seconds",
      "Since when it has not been seen.",
      slots.map(([what, , slot]) => ({ labels: { what }, value: secondsOf(slot?.sinceMs) })),
    ),
    gauges(
      "runpodboss_pending_effects",
      "What the guard has decided to do and not done yet.",
      effectKinds.map((kind) => ({
        labels: { kind },
        value: owed.filter((each) => each.kind === kind).length,
      })),
    ),
    gauge(
      "runpodboss_notifications_failing",
      "Notifications that were tried and not sent, and will be tried again.",
      owed.filter(({ kind, tries }) => kind === "notify" && tries > 0).length,
    ),
    gauge(
      "runpodboss_troubles",
      "Parts of the daemon that do not work; runpodboss status names them.",
      Object.keys(state.troubles ?? {}).length,
    ),
    gauge("runpodboss_dry_run", "1: it only says what it would do.", flag(isDryRun)),
    gauge(
      "runpodboss_nobody_told",
      "1: there is no way to notify anybody, or none that can be used.",
      flag(isNobodyTold),
    ),
  ];
}

/** Also where no poll comes back any more, of which nothing is decided. */
function isBlind({ state, policy, nowMs }: GuardSources): boolean {
  const sinceMs = state.lastSeen?.atMs;
  const isLate = sinceMs !== undefined && nowMs - sinceMs >= policy.blindAfterMs;
  return isLate || sightOf(state, nowMs, policy).kind === "blind";
}
