import { recorded } from "#guard/history.ts";
import type { Decision, GuardState, Input } from "#guard/model/state.ts";
import { shifted } from "#guard/times.ts";
import type { Policy } from "#guard/model/policy.ts";
import { withLeftToDo } from "./left-to-do.ts";
import { merged } from "./merge.ts";

/**
 * What the guard outside has done while this one was silent. The same once more changes nothing; the next look
 * judges by what is known now.
 */
export function onHandedBack(
  state: GuardState,
  input: Input & { readonly kind: "handed-back" },
  policy: Policy,
): Decision {
  const { id, atMs, aheadMs, base, because, channels } = input;
  if (state.tookBackId === id) return { state, events: [] };
  const byOurClock = (there: GuardState): GuardState => shifted(there, -aheadMs);
  const theirs = byOurClock(input.theirs);
  // On the way there and back some of it is written otherwise; what is unchanged must not look changed.
  const mine = aheadMs === 0 ? state : byOurClock(shifted(state, aheadMs));
  const joint = merged(mine, byOurClock(base), theirs);
  const draft = { type: "daemon", reason: null, because } as const;
  const taken = recorded({ ...joint, tookBackId: id }, [draft], atMs);
  return withLeftToDo(taken, policy, { mine: state, theirs, channels, atMs, because });
}
