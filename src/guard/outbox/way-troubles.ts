import type { Effect, Notify, Outcome } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { chain } from "./chain.ts";
import { withSent } from "./incidents.ts";
import { onRecovered, onTrouble } from "./trouble.ts";
import { isSameNews, type Way, wayOf, waysIn, wayWords } from "./ways.ts";

/** One try may fail for any reason; what refuses for good says so at once. */
const leastTries = 2;

/**
 * What a notification that was sent, or was not, tells of the way that it went by: one that does not work
 * is told by all others, and so is that it works again. Where there is no other, `status` shows it.
 */
export function settleWay(
  state: GuardState,
  notice: Notify,
  atMs: number,
  { kind, because, isRefused = false }: Outcome,
  policy: Policy,
): Decision {
  const way = wayOf(notice);
  const what = wayWords(way);
  const ways = waysIn(policy);
  switch (kind) {
    case "moot":
      return { state, events: [] };
    case "done":
      return chain(
        policy.channels.length === 0
          ? state
          : withTold(withSent(state, notice, way, atMs), notice, way),
        (before) => onRecovered(before, { what, atMs }, policy),
      );
    case "failed": {
      const isSure = notice.tries >= leastTries || isRefused;
      if (!isSure || !ways.includes(way) || ways.length === 1) return { state, events: [] };
      const words = `notifications cannot be sent: ${because}`;
      return onTrouble(state, { what, atMs, because: words }, policy);
    }
  }
}

/** Whoever is still owed the same need not be heard of it through: see `followWays`. */
function withTold(state: GuardState, notice: Notify, way: Way): GuardState {
  const isSame = (each: Effect): each is Notify =>
    each.kind === "notify" && isSameNews(each, notice);
  if (!state.owed.some(isSame)) return state;
  const owed = state.owed.map((each) =>
    isSame(each) ? { ...each, toldBy: [...(each.toldBy ?? []), way] } : each,
  );
  return { ...state, owed };
}
