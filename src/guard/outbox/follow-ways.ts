import type { Effect, Notify } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardEvent, GuardState } from "#guard/model/state.ts";
import { chain } from "./chain.ts";
import { isAlwaysDue } from "./severity.ts";
import { forgetWaysThatLeft } from "./trouble.ts";
import {
  commandWay,
  isSameNews,
  oneEach,
  stemOf,
  type Way,
  wayOf,
  waysIn,
  wayWords,
  wants,
} from "./ways.ts";

/**
 * What is owed to a way that is no longer in the config is needed no longer, as another way has it too. If
 * none has, it goes by those that are left and ask for it; what must reach someone goes by all that are
 * left where none asks; and if none is left, it waits until there is one again.
 */
export function followWays(state: GuardState, policy: Policy, nowMs: number): Decision {
  return chain(
    state,
    (before) => forgetWaysThatLeft(before, policy),
    (before) => passOn(before, policy, nowMs),
  );
}

/** A new config may have mended the channel: what it could not be sent is tried at once. */
export function channelsAtOnce(state: GuardState, nowMs: number): GuardState {
  const isWaiting = (each: Effect): boolean =>
    each.kind === "notify" && each.channel !== undefined && each.notBeforeMs > nowMs;
  if (!state.owed.some(isWaiting)) return state;
  const owed = state.owed.map((each) => (isWaiting(each) ? { ...each, notBeforeMs: nowMs } : each));
  return { ...state, owed };
}

function passOn(state: GuardState, policy: Policy, nowMs: number): Decision {
  const ways = waysIn(policy);
  if (ways.length === 0) return { state, events: [] };
  const gone = state.owed.filter(
    (each): each is Notify => each.kind === "notify" && !ways.includes(wayOf(each)),
  );
  if (gone.length === 0) return { state, events: [] };
  const events: GuardEvent[] = [];
  const owed = state.owed.filter((each) => !gone.some((other) => other === each));
  for (const notice of gone) {
    const heirs = heirsOf(notice, { ...state, owed }, policy, ways);
    const { channel: _, ...rest } = notice;
    const plain = { ...rest, tries: 0, notBeforeMs: Math.min(notice.notBeforeMs, nowMs) };
    owed.push(...oneEach(heirs, stemOf(notice), plain, {}));
    const next = heirs.length === 0 ? "" : `; it goes by ${heirs.map(wayWords).join(" and ")}`;
    const because = `${wayWords(wayOf(notice))} is no longer in the config${next}`;
    events.push({ kind: "moot", effect: notice, because });
  }
  return { state: { ...state, owed }, events };
}

function heirsOf(
  notice: Notify,
  state: GuardState,
  { channels }: Policy,
  ways: readonly Way[],
): readonly Way[] {
  const isOwed = state.owed.some((each) => each.kind === "notify" && isSameNews(each, notice));
  if (isOwed || notice.toldBy?.some((way) => ways.includes(way)) === true) return [];
  const { event, severity = "critical" } = notice;
  const mustReachSomeone = isAlwaysDue(notice) || severity === "critical";
  const asking = channels.filter((each) => wants(each, { event, severity }));
  const heirs = [...(ways.includes(commandWay) ? [commandWay] : []), ...asking.map(nameOf)];
  return heirs.length === 0 && mustReachSomeone ? ways : heirs;
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}
