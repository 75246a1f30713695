import type { Part } from "#guard/model/holdings.ts";
import { rounded } from "#guard/text.ts";
import { aheadJson } from "#report/ahead/ahead-json.ts";
import type { Brief } from "./brief.ts";
import type { Spent } from "./spent.ts";

/** `null` is unknown, but for `hours_left`, which is also null where nothing burns. */
export function briefJson(brief: Brief): object {
  const { hoursLeft, blind, ends, besides, running } = brief;
  const { budgets, schedules } = aheadJson(brief.ahead);
  const ended = ends.kind === "read" ? ends.value : undefined;
  return {
    at: iso(brief.nowMs),
    day: brief.day,
    timezone: brief.timeZone ?? null,
    spent_yesterday: spentJson(brief.yesterday),
    spent_today: spentJson(brief.today),
    balance_usd: orNull(brief.balanceUsd),
    burn_per_hr_usd: orNull(brief.burnPerHrUsd),
    hours_left: hoursLeft === Infinity ? null : orNull(hoursLeft),
    is_burning: brief.burnPerHrUsd === undefined ? null : brief.burnPerHrUsd > 0,
    blind_since: blind === undefined ? null : iso(blind.sinceMs),
    pods_blind_since: iso(brief.podsBlindSinceMs),
    stopped: ended?.byGuard ?? null,
    ended_otherwise: ended?.others ?? null,
    saved_at_most_usd: orNull(ended?.savedUsd),
    saved_unknown: ended?.savedUnknown ?? null,
    not_stopped: brief.notEnded.map(({ podId: id, name, tries }) => ({ id, name, tries })),
    running:
      running?.map(({ id, name, costPerHrUsd }) => ({
        id,
        name,
        cost_per_hr_usd: orNull(costPerHrUsd),
      })) ?? null,
    besides: besides.kind === "read" ? (besides.value ?? "") : null,
    next_ends: brief.next.map(({ id, name, guard, atMs }) => ({ id, name, guard, at: iso(atMs) })),
    budgets,
    schedules,
    troubles: brief.troubles,
    unread: [
      ...unread("spent", brief.yesterday),
      ...unread("stopped", ends),
      ...unread("besides", besides),
    ],
  };
}

function spentJson(part: Part<Spent>): object | null {
  if (part.kind === "unread") return null;
  const { usd, toppedUpUsd, unseenMs } = part.value;
  return {
    usd: orNull(usd),
    paid_in_usd: rounded(toppedUpUsd),
    unseen_minutes: Math.round(unseenMs / 60_000),
  };
}

function unread(what: string, part: Part<unknown>): readonly object[] {
  return part.kind === "unread" ? [{ what, because: part.because }] : [];
}

function orNull(value: number | undefined): number | null {
  return value === undefined ? null : rounded(value);
}

function iso(atMs: number | undefined): string | null {
  return atMs === undefined ? null : new Date(atMs).toISOString();
}
