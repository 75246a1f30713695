import { isEnd } from "#guard/model/effect.ts";
import type { ChannelPolicy } from "#guard/model/policy.ts";
import type { Moments } from "#guard/model/spend.ts";
import { emptyState } from "#guard/model/state.ts";
import { minuteMs } from "#guard/model/time.ts";
import { own } from "#guard/own-value.ts";
import { eventAnswer } from "#http/view/event-answer.ts";
import { actsInPlaceOf } from "#outside/account/begin.ts";
import { stateIn } from "#outside/account/kept-state.ts";
import { silentFromMs } from "#outside/beat/silence.ts";
import { whatCannotBeDone } from "#outside/orders/from-outside.ts";
import { neededFromMs } from "#outside/account/received.ts";
import { isoOrNull } from "#report/iso.ts";
import { unsentNotices } from "#report/notices.ts";
import type { Summary } from "./contract.ts";
import { accountSeen } from "./account-seen.ts";
import { type All, type Standing, standingIn } from "./standing.ts";
import { sightOf } from "./sight.ts";

export interface SummarySources {
  readonly account: string;
  /** All that is kept of it. */
  readonly kept: All;
  /** The ways to people that there are from here. */
  readonly channels: readonly ChannelPolicy[];
  /** What the calendar says now; undefined: it was not asked. */
  readonly moments: Moments | undefined;
}

/** So many records of what it did. */
const mostDid = 10;

/** What is known here of an account, and done for it. */
export function summaryOf(sources: SummarySources, nowMs: number): Summary {
  const { account, kept, channels, moments } = sources;
  const standing = standingIn(kept, channels);
  const { role, acts, orders, policy, standIn } = standing;
  const isNobodyTold =
    acts === undefined ? !policy.tells && policy.channels.length === 0 : channels.length === 0;
  const sight = sightOf(standing, moments, nowMs, isNobodyTold);
  return {
    version: 1,
    account,
    at: iso(nowMs),
    role,
    is_dry_run: orders?.isDry === true,
    ...silenceOf(standing, nowMs),
    acts: acts ?? null,
    acts_because: (acts !== undefined && standIn?.because) || null,
    standing_in: standIn
      ? {
          last_heard_at: iso(standIn.sinceMs),
          heard_again_at: isoOrNull(standIn.overAtMs),
        }
      : null,
    own_look: ownLookOf(standing, kept),
    ...accountSeen(sight, standing),
    owed_ends: (standing.state ?? emptyState).owed.filter(isEnd).map((effect) => ({
      pod_id: effect.podId,
      pod_name:
        effect.kind === "end-run"
          ? effect.podName
          : (own(sight.overview.state.runs, effect.podId)?.name ?? ""),
      action: effect.action,
      because: effect.because,
      tries: effect.tries,
    })),
    did: didOf(standing, kept).map(eventAnswer),
    cannot: orders === undefined ? [] : [...whatCannotBeDone(orders)],
    troubles: troublesOf(standing, nowMs),
  };
}

function silenceOf(
  { role, received, standIn, state }: Standing,
  nowMs: number,
): Pick<Summary, "beat" | "silent_from" | "silent_since" | "needed_from" | "on_silence"> {
  if (role !== "standby" || received === undefined) {
    return {
      beat: null,
      silent_from: null,
      silent_since: null,
      needed_from: null,
      on_silence: null,
    };
  }
  const { atMs, beat } = received;
  const dueMs = atMs + beat.nextInMs;
  const fromMs = silentFromMs({ atMs, nextInMs: beat.nextInMs });
  const neededMs = neededFromMs(received);
  const isSilent = nowMs >= fromMs;
  // What stands is asked as it would be then.
  const { acts, because } =
    standIn !== undefined && standIn.overAtMs === undefined
      ? standIn
      : actsInPlaceOf(received, state, neededMs, Math.max(nowMs, neededMs));
  return {
    beat: {
      heard_at: iso(atMs),
      host: beat.host,
      next_due_at: iso(dueMs),
      late_minutes: nowMs > dueMs ? Number(((nowMs - dueMs) / minuteMs).toFixed(1)) : 0,
      is_blind: beat.look.isBlind,
      blind_since: isoOrNull(received.blindSinceMs),
    },
    silent_from: iso(fromMs),
    needed_from: iso(neededMs),
    silent_since: isSilent ? iso(atMs) : null,
    on_silence: { acts, because: because ?? null },
  };
}

/** What it began with is the look of the machine. */
function ownLookOf({ role, acts, state, blindBecause }: Standing, kept: All): Summary["own_look"] {
  const atMs = state?.lookedAtMs;
  if (acts === undefined || state === undefined || atMs === undefined) return null;
  if (role === "standby" && stateIn(kept, "base")?.lookedAtMs === atMs) return null;
  const isSeen = state.blind === undefined && blindBecause === undefined;
  return { at: iso(atMs), is_seen: isSeen, because: blindBecause ?? null };
}

/** What it began with is what the machine did. The newest first. */
function didOf({ role, acts, state, standIn }: Standing, kept: All) {
  if (acts === undefined && standIn === undefined) return [];
  const mine = acts === undefined ? stateIn(kept, "own") : state;
  const base = role === "primary" ? undefined : stateIn(kept, "base");
  const theirs = new Set(base?.unrecorded.map(({ id }) => id));
  const did = (mine?.unrecorded ?? []).filter(({ id }) => !theirs.has(id));
  return did.slice(-mostDid).toReversed();
}

function troublesOf({ role, state, orders, book, acts }: Standing, nowMs: number): string[] {
  if (role === "unheard") return [];
  return [
    ...(state === undefined ? ["what is kept of its state cannot be read"] : []),
    ...(orders === undefined ? ["its rules are of a version not known here"] : []),
    ...(book === "unknown" ? ["its leases could not be read"] : []),
    ...(acts === undefined || state === undefined ? [] : unsentNotices(state, nowMs)),
  ];
}

function iso(atMs: number): string {
  return isoOrNull(atMs) ?? new Date(0).toISOString();
}
