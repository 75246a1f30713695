import type { Blind, Seen } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState, Unseen } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";
import { isDueAgain, notify } from "#guard/outbox/notify.ts";
import { perHour, spanWords, usd } from "#guard/text.ts";

const podsTopic = "pods-blind";

/** When polls have failed for too long, that is an alarm, repeated every hour while it lasts. */
export function whileBlind(state: GuardState, look: Blind, policy: Policy): Decision {
  const blind = state.blind ?? unseenSince(state, look.atMs);
  const waited = { ...state, blind };
  if (!isDue(blind, look.atMs, policy)) return { state: waited, events: [] };
  return notify({ ...waited, blind: { ...blind, toldAtMs: look.atMs } }, policy, {
    event: "blind",
    name: "blind",
    topic: "blind",
    atMs: look.atMs,
    because: [
      `no poll has worked for ${spanWords(look.atMs - blind.sinceMs)}`,
      causeWords(look),
      leftWords(blind, look.atMs),
    ].join(". "),
  });
}

/** Polls work again: said once, if their failure was said. */
export function whenSighted(state: GuardState, look: Seen, policy: Policy): Decision {
  const { blind } = state;
  const seen: GuardState = { ...state, blind: undefined, lastSeen: look };
  if (blind?.toldAtMs === undefined) return { state: seen, events: [] };
  return notify(seen, policy, {
    event: "sighted",
    name: "sighted",
    topic: "blind",
    atMs: look.atMs,
    because: `polls work again after ${spanWords(look.atMs - blind.sinceMs)}. Balance ${usd(look.balanceUsd)}`,
  });
}

/** When RunPod gives a balance but no list of pods, thresholds still work but no pod can be stopped. */
export function checkPodsSeen(state: GuardState, look: Seen, policy: Policy): Decision {
  if (look.pods !== "unknown") {
    const seen: GuardState = { ...state, podsBlind: undefined };
    const { toldAtMs, sinceMs = look.atMs } = state.podsBlind ?? {};
    if (toldAtMs === undefined) return { state: seen, events: [] };
    return notify(seen, policy, {
      event: "sighted",
      name: "sighted",
      topic: podsTopic,
      atMs: look.atMs,
      because: `RunPod lists the pods again after ${spanWords(look.atMs - sinceMs)}`,
    });
  }
  const podsBlind = state.podsBlind ?? unseenSince(state, look.atMs);
  const waited = { ...state, podsBlind };
  if (!isDue(podsBlind, look.atMs, policy)) return { state: waited, events: [] };
  return notify({ ...waited, podsBlind: { ...podsBlind, toldAtMs: look.atMs } }, policy, {
    event: "blind",
    name: "blind",
    topic: podsTopic,
    atMs: look.atMs,
    because: `RunPod has not listed the pods for ${spanWords(look.atMs - podsBlind.sinceMs)} (${
      look.podsBecause ?? "its answer had no list"
    }). Thresholds still work (balance ${usd(look.balanceUsd)}), but no pod can be stopped`,
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
      return `RunPod refuses the API key (${because}). Set a new key`;
    case "unreachable":
      return `RunPod cannot be reached (${because})`;
    case "server-error":
      return `RunPod answers with an error (${because})`;
    case "bad-answer":
      return `RunPod's answer cannot be read (${because})`;
  }
}

function leftWords({ sinceMs, lastBalanceUsd, lastBurnPerHrUsd }: Unseen, nowMs: number): string {
  if (lastBalanceUsd === undefined) return "The balance is unknown";
  const last = `Last known balance: ${usd(lastBalanceUsd)}`;
  if (lastBurnPerHrUsd === undefined) return `${last}, burn unknown`;
  const burnt = (lastBurnPerHrUsd * (nowMs - sinceMs)) / hourMs;
  const left = Math.max(0, lastBalanceUsd - burnt);
  return `${last}, burning ${perHour(lastBurnPerHrUsd)}, so about ${usd(left)} may be left`;
}
