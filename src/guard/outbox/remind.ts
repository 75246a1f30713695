import type { Policy, Repeats } from "#guard/model/policy.ts";
import type { Reminded } from "#guard/model/spend.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { dayMs, hourMs } from "#guard/model/time.ts";
import { own } from "#guard/own-value.ts";
import { notify, type Words } from "./notify.ts";

/**
 * Tells of something that lasts: at once where nobody was told yet, and again as often as was asked. Only for
 * what is known to last: of what nobody sees, nothing is said again.
 */
export function tellWhile(
  state: GuardState,
  policy: Policy,
  key: string,
  repeats: Repeats,
  words: Words,
): Decision {
  if (!isToldAgain(own(state.reminded ?? {}, key), repeats, words.atMs)) {
    return { state, events: [] };
  }
  return notify(withTold(state, key, words.atMs), policy, words);
}

/**
 * Whether it is to be told now. Of "doubling" each comes after at least twice the time of the one before: after
 * 1 h, 2 h, 4 h and so on, and after a night without polls not all of them at once.
 */
export function isToldAgain(
  told: Reminded | undefined,
  { remind = "once" }: Repeats,
  nowMs: number,
): boolean {
  if (told === undefined) return true;
  const { firstAtMs, lastAtMs } = told;
  if (nowMs < heldUntilMs(told)) return false;
  switch (remind) {
    case "once":
      return false;
    case "hourly":
      return nowMs - lastAtMs >= hourMs;
    case "daily":
      return nowMs - lastAtMs >= dayMs;
    case "doubling":
      return nowMs - firstAtMs >= Math.max(hourMs, 2 * (lastAtMs - firstAtMs));
  }
}

/** For so long nobody is reminded of what somebody is on. */
export const onItMs = 4 * hourMs;

export function heldUntilMs({ onItAtMs = -Infinity }: Reminded): number {
  return onItAtMs + onItMs;
}

/** Told once more, or for the first time. */
export function withTold(state: GuardState, key: string, atMs: number): GuardState {
  const { reminded = {} } = state;
  const told = own(reminded, key);
  const next: Reminded = {
    firstAtMs: told?.firstAtMs ?? atMs,
    lastAtMs: atMs,
    times: (told?.times ?? 0) + 1,
  };
  return { ...state, reminded: { ...reminded, [key]: next } };
}

/** It is over: if it begins again, that is news. */
export function withoutTold(state: GuardState, isOver: (key: string) => boolean): GuardState {
  const told = Object.entries(state.reminded ?? {});
  const left = told.filter(([key]) => !isOver(key));
  if (left.length === told.length) return state;
  return { ...state, reminded: left.length === 0 ? undefined : Object.fromEntries(left) };
}
