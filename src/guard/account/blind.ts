import type { Blind, Seen } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState, Unseen } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";
import { isDueAgain, notify } from "#guard/outbox/notify.ts";
import { spanWords, usd } from "#guard/text.ts";

/** Not seeing for too long is an alarm, and again every hour while it lasts. */
export function whileBlind(state: GuardState, look: Blind, policy: Policy): Decision {
  const blind = state.blind ?? unseenSince(state, look.atMs);
  const waited = { ...state, blind };
  if (!isDue(blind, look.atMs, policy)) return { state: waited, events: [] };
  return notify({ ...waited, blind: { ...blind, toldAtMs: look.atMs } }, policy, {
    event: "blind",
    name: "blind",
    atMs: look.atMs,
    because: [
      `the account has not been seen for ${spanWords(look.atMs - blind.sinceMs)}`,
      causeWords(look),
      leftWords(blind, look.atMs),
    ].join("; "),
  });
}

/** Sight is back: said once, if its loss was. */
export function whenSighted(state: GuardState, look: Seen, policy: Policy): Decision {
  const { blind } = state;
  const seen: GuardState = { ...state, blind: undefined, lastSeen: look };
  if (blind?.toldAtMs === undefined) return { state: seen, events: [] };
  return notify(seen, policy, {
    event: "sighted",
    name: "sighted",
    atMs: look.atMs,
    because: `the account is seen again after ${spanWords(look.atMs - blind.sinceMs)}; balance ${usd(look.balanceUsd)}`,
  });
}

/** A balance without its pods is half a sight: the thresholds hold, and nothing can be ended. */
export function checkPodsSeen(state: GuardState, look: Seen, policy: Policy): Decision {
  if (look.pods !== "unknown") {
    return { state: { ...state, podsBlind: undefined }, events: [] };
  }
  const podsBlind = state.podsBlind ?? unseenSince(state, look.atMs);
  const waited = { ...state, podsBlind };
  if (!isDue(podsBlind, look.atMs, policy)) return { state: waited, events: [] };
  return notify({ ...waited, podsBlind: { ...podsBlind, toldAtMs: look.atMs } }, policy, {
    event: "blind",
    name: "blind",
    atMs: look.atMs,
    because: `the pods have not been seen for ${spanWords(look.atMs - podsBlind.sinceMs)}; ${
      look.podsBecause ?? "RunPod's answer held no list"
    }; the balance is seen, ${usd(look.balanceUsd)}, and guarded, but no pod can be stopped`,
  });
}

function unseenSince({ lastSeen }: GuardState, nowMs: number): Unseen {
  return {
    sinceMs: Math.min(lastSeen?.atMs ?? nowMs, nowMs),
    lastBalanceUsd: lastSeen?.balanceUsd,
    lastBurnPerHrUsd: lastSeen?.burnPerHrUsd,
  };
}

function isDue({ sinceMs, toldAtMs }: Unseen, nowMs: number, { blindAfterMs }: Policy): boolean {
  return nowMs - sinceMs >= blindAfterMs && isDueAgain(toldAtMs, nowMs, hourMs);
}

function causeWords({ cause, because }: Blind): string {
  switch (cause) {
    case "key-refused":
      return `RunPod refuses the API key (${because}): it needs a new one`;
    case "unreachable":
      return `RunPod cannot be reached (${because})`;
    case "bad-answer":
      return `RunPod's answer cannot be used (${because})`;
  }
}

function leftWords({ sinceMs, lastBalanceUsd, lastBurnPerHrUsd }: Unseen, nowMs: number): string {
  if (lastBalanceUsd === undefined) return "the balance is unknown";
  const last = `last seen: balance ${usd(lastBalanceUsd)}`;
  if (lastBurnPerHrUsd === undefined) return `${last}, burn unknown`;
  const burnt = (lastBurnPerHrUsd * (nowMs - sinceMs)) / hourMs;
  const left = Math.max(0, lastBalanceUsd - burnt);
  return `${last}, burn ${usd(lastBurnPerHrUsd)}/hr, so about ${usd(left, 2)} may be left`;
}
