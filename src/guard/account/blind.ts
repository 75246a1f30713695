import { type Blind, runStateOf, type Seen } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState, Unseen } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";
import { isDueAgain, notify } from "#guard/outbox/notify.ts";
import { perHour, spanWords, usd } from "#guard/text.ts";
import { unknownWords, unsureWords } from "./may-end.ts";

const podsTopic = "pods-blind";

/**
 * When polls have failed for too long, that is an alarm, repeated every hour while it lasts. `lookedAtMs`:
 * the poll before.
 */
export function whileBlind(
  state: GuardState,
  look: Blind,
  policy: Policy,
  lookedAtMs: number | undefined,
): Decision {
  const lastMs = lookedAtMs ?? state.shown?.atMs ?? look.atMs;
  const isAfterGap = look.atMs - lastMs > policy.podGuards.gapMs;
  const blind = {
    ...(state.blind ?? unseenSince(state, look.atMs)),
    ...(isAfterGap && { triedSinceMs: look.atMs }),
  };
  const waited = { ...state, blind };
  if (!isDue(blind, look.atMs, policy)) return { state: waited, events: [] };
  return notify({ ...waited, blind: { ...blind, toldAtMs: look.atMs } }, policy, {
    event: "blind",
    name: "blind",
    topic: "blind",
    hint: { words: "To see why", command: `${policy.podGuards.command} check` },
    atMs: look.atMs,
    because: [
      `no poll has worked for ${spanWords(look.atMs - blind.sinceMs)}`,
      causeWords(look),
      leftWords(blind, look.atMs),
    ].join(". "),
  });
}

/** What the guard sees, for whoever listens outside. */
export type Sight =
  /** The balance, and a list of the pods. A row of it that is odd is told of by itself. */
  | { readonly kind: "whole" }
  /** One of them is not seen, and not for long enough to be called blind. */
  | { readonly kind: "partial" }
  | { readonly kind: "blind"; readonly because: string };

/** After a poll. */
export function sightOf(state: GuardState, nowMs: number, { blindAfterMs }: Policy): Sight {
  const { blind, podsBlind, lastSeen } = state;
  if (blind === undefined && lastSeen !== undefined && lastSeen.pods !== "unknown") {
    return { kind: "whole" };
  }
  // They may have been unseen for longer than the account. A list with an odd row is a list.
  const unlisted = Array.isArray(lastSeen?.pods) ? undefined : podsBlind;
  const unseen = [
    ["no poll has worked", blind],
    ["the pods have not been listed", unlisted],
  ] as const;
  for (const [what, since] of unseen) {
    if (since === undefined || nowMs - since.sinceMs < blindAfterMs) continue;
    return { kind: "blind", because: `blind: ${what} for ${spanWords(nowMs - since.sinceMs)}` };
  }
  return { kind: "partial" };
}

/** Polls work again: said once, if their failure was said. */
export function whenSighted(state: GuardState, look: Seen, policy: Policy): Decision {
  const { blind } = state;
  const seen: GuardState = { ...state, blind: undefined, lastSeen: look };
  if (blind?.toldAtMs === undefined) return { state: seen, events: [] };
  return notify(seen, policy, {
    event: "sighted",
    name: "sighted",
    isResolution: true,
    topic: "blind",
    atMs: look.atMs,
    because: `polls work again after ${spanWords(look.atMs - blind.sinceMs)}. Balance ${usd(look.balanceUsd)}`,
  });
}

/**
 * When RunPod gives a balance and no list of pods, or one of which not all can be read, thresholds
 * still work, but pods that are not seen cannot be stopped.
 */
export function checkPodsSeen(state: GuardState, look: Seen, policy: Policy): Decision {
  const { atMs } = look;
  const because = whatIsUnseen(look);
  if (because === undefined) return whenPodsSeen(state, atMs, policy);
  // Whatever was seen of the account meanwhile says nothing of them.
  const podsBlind = state.podsBlind ?? { sinceMs: Math.min(state.podsSeenAtMs ?? atMs, atMs) };
  const waited = { ...state, podsBlind };
  if (!isDue(podsBlind, atMs, policy)) return { state: waited, events: [] };
  return notify({ ...waited, podsBlind: { ...podsBlind, toldAtMs: atMs } }, policy, {
    event: "blind",
    name: "blind",
    topic: podsTopic,
    atMs,
    because: because(spanWords(atMs - podsBlind.sinceMs)),
  });
}

function whenPodsSeen(state: GuardState, atMs: number, policy: Policy): Decision {
  const { podsBlind } = state;
  const seen: GuardState = { ...state, podsBlind: undefined };
  if (podsBlind?.toldAtMs === undefined) return { state: seen, events: [] };
  return notify(seen, policy, {
    event: "sighted",
    name: "sighted",
    isResolution: true,
    topic: podsTopic,
    atMs,
    because: `all pods are seen again after ${spanWords(atMs - podsBlind.sinceMs)}`,
  });
}

/** Says what of the pods is not seen, once it is known for how long; undefined when all is. */
function whatIsUnseen(look: Seen): ((span: string) => string) | undefined {
  const { pods, unreadablePods, balanceUsd, podsBecause = "its answer had no list" } = look;
  const still = `Thresholds still work (balance ${usd(balanceUsd)})`;
  if (pods === "unknown") {
    return (span) =>
      `RunPod has not listed the pods for ${span} (${podsBecause}). ${still}, but no pod can be stopped`;
  }
  // What has ended needs no end, and what a change-over has left in doubt is told by itself.
  const odd = pods.filter(
    (pod) =>
      runStateOf(pod) !== "ended" && pod.doubt === undefined && unknownWords(pod) !== undefined,
  );
  const rows = unreadablePods === 1 ? "1 row of the pods" : `${unreadablePods} rows of the pods`;
  const what = [
    ...(unreadablePods > 0 ? [`${rows} cannot be read`] : []),
    ...(odd.length === 0 ? [] : [unsureWords(odd)]),
  ];
  if (what.length === 0) return undefined;
  return (span) =>
    `not all of the pods has been seen for ${span}: ${what.join("; ")}. ${still}, but these pods cannot be stopped. Check RunPod's console`;
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
