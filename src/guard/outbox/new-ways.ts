import type { Effect, Notify } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { GuardState } from "#guard/model/state.ts";
import { mustReachSomeone } from "./severity.ts";
import { commandWay, isSameNews, oneEach, stemOf, type Way, wayOf, waysIn, wants } from "./ways.ts";

/** The ways that are not new to what must reach someone: those that there are when it happens. */
export function knownFrom(
  policy: Policy,
  about: Pick<Notify, "event" | "severity">,
): Pick<Notify, "knownWays"> {
  return policy.channels.length > 0 && mustReachSomeone(about) ? { knownWays: waysIn(policy) } : {};
}

/**
 * What must reach someone, could not be sent and was told by nobody is owed to the ways that have come into
 * the config since, beside its own: to those that ask for it, or to all of them where none does.
 */
export function tellNewWays(before: GuardState, policy: Policy, nowMs: number): GuardState {
  const present = withoutLeft(before, waysIn(policy));
  let state = present;
  for (const notice of present.owed.filter(isUnheard)) {
    state = owedToNew(state, notice, policy, nowMs);
  }
  return state;
}

function owedToNew(state: GuardState, notice: Notify, policy: Policy, nowMs: number): GuardState {
  const known = knownTo(state, notice);
  const newWays = waysIn(policy).filter((way) => !known.includes(way));
  if (newWays.length === 0) return state;
  const { channel: _, failedBecause: __, ...rest } = notice;
  const knownWays = [...new Set([...known, ...newWays])];
  const plain = { ...rest, knownWays, tries: 0, notBeforeMs: nowMs };
  const owed = state.owed.map((each) => (each === notice ? { ...notice, knownWays } : each));
  const heirs = oneEach(askingOf(newWays, notice, policy), stemOf(notice), plain, {});
  return { ...state, owed: [...owed, ...heirs] };
}

/** One that comes back is new again: what it was owed was dropped when it left. */
function withoutLeft(state: GuardState, ways: readonly Way[]): GuardState {
  const hasLeft = (way: Way): boolean => !ways.includes(way);
  const owed = state.owed.map((each) =>
    each.kind === "notify" && each.knownWays?.some(hasLeft) === true
      ? { ...each, knownWays: each.knownWays.filter((way) => !hasLeft(way)) }
      : each,
  );
  return owed.every((each, n) => each === state.owed[n]) ? state : { ...state, owed };
}

/** The first try may still work, or be under way. */
function isUnheard(each: Effect): each is Notify {
  if (each.kind !== "notify" || each.tries === 0) return false;
  return (each.toldBy ?? []).length === 0 && mustReachSomeone(each);
}

/** Without a word on it, from an older version: those that still owe it. */
function knownTo({ owed }: GuardState, notice: Notify): readonly Way[] {
  return owed.flatMap((each) =>
    each.kind === "notify" && isSameNews(each, notice)
      ? [wayOf(each), ...(each.knownWays ?? [])]
      : [],
  );
}

function askingOf(newWays: readonly Way[], notice: Notify, { channels }: Policy): readonly Way[] {
  const { event, severity = "critical" } = notice;
  const asking = newWays.filter(
    (way) =>
      way === commandWay ||
      channels.some((each) => each.name === way && wants(each, { event, severity })),
  );
  return asking.length === 0 ? newWays : asking;
}
