import type { Seen } from "#guard/model/account.ts";
import type { Effect } from "#guard/model/effect.ts";
import type { Policy, Threshold } from "#guard/model/policy.ts";
import type { GuardState } from "#guard/model/state.ts";
import { isToldAgain, withoutTold, withTold } from "#guard/outbox/remind.ts";
import { wayOf } from "#guard/outbox/ways.ts";
import { own } from "#guard/own-value.ts";
import { spanWords, usd } from "#guard/text.ts";
import { belowWords, isBelow, lineWords } from "./line.ts";
import { measuredIn } from "#guard/account/falls/measured.ts";
import { isFired, tripTime } from "./thresholds.ts";
import { crossingNotices, crossingTopic } from "./told-crossing.ts";

/**
 * Tells of a crossing again while it lasts, as often as its threshold asks, by the ways of the crossing and with
 * the numbers of now. Only while the balance is known to be below: a trip is remembered whatever is seen.
 */
export function remindOfCrossings(before: GuardState, look: Seen, policy: Policy): GuardState {
  const fired = policy.thresholds.filter(({ name }) => isFired(before, name));
  const topics = new Set(fired.map(({ name }) => crossingTopic(name)));
  const state = withoutTold(before, (key) => key.startsWith(crossingTopic("")) && !topics.has(key));
  const lasting = fired.filter(
    (each) => look.isRiseDoubted !== true && isBelow(each, measuredIn(state, look), true) === true,
  );
  return lasting.reduce((next, threshold) => remindOf(next, threshold, look, policy), state);
}

function remindOf(state: GuardState, threshold: Threshold, look: Seen, policy: Policy): GuardState {
  const { name, remind = "once" } = threshold;
  if (remind === "once") return state;
  const key = crossingTopic(name);
  const sinceMs = tripTime(state, name, look);
  // That it tripped was told then.
  const told = own(state.reminded ?? {}, key);
  if (told === undefined) return withTold(state, key, sinceMs);
  if (!isToldAgain(told, threshold, look.atMs)) return state;
  const because = `${lastingWords(threshold, state, look)}. It fell below ${spanWords(look.atMs - sinceMs)} ago`;
  const notices = crossingNotices(state, policy, threshold, look, because, []);
  const ways = new Set(notices.map(wayOf));
  const givesWay = (each: Effect): boolean =>
    each.kind === "notify" && each.topic === key && ways.has(wayOf(each));
  const owed = [...state.owed.filter((each) => !givesWay(each)), ...notices];
  return withTold({ ...state, owed }, key, look.atMs);
}

/** `balance $9.82 is still below $10.00`; of time that is left, it may be a little above its line by now. */
function lastingWords(threshold: Threshold, state: GuardState, look: Seen): string {
  const measured = measuredIn(state, look);
  return isBelow(threshold, measured) === true
    ? `still: ${belowWords(threshold, measured)}`
    : `balance ${usd(look.balanceUsd)} is not well above ${lineWords(threshold)} yet`;
}
