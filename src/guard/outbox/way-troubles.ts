import type { Notify, Outcome } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { withSent } from "./incidents.ts";
import { wayOf } from "./ways.ts";

/** What a notification that was sent, or was not, tells of the way that it went by. */
export function settleWay(
  state: GuardState,
  notice: Notify,
  atMs: number,
  outcome: Outcome,
  policy: Policy,
): Decision {
  const way = wayOf(notice);
  if (outcome.kind === "done" && policy.channels.length > 0) {
    return { state: withSent(state, notice, way, atMs), events: [] };
  }
  return { state, events: [] };
}
