import { recorded } from "#guard/history.ts";
import type { Decision, GuardState, Input } from "#guard/model/state.ts";
import { shifted } from "#guard/times.ts";
import { merged } from "./merge.ts";

/**
 * What the guard outside has done while this one was silent. The same once more changes nothing; the next look
 * judges by what is known now.
 */
export function onHandedBack(
  state: GuardState,
  { id, atMs, aheadMs, base, theirs, because }: Input & { readonly kind: "handed-back" },
): Decision {
  if (state.tookBackId === id) return { state, events: [] };
  const byOurClock = (there: GuardState): GuardState => shifted(there, -aheadMs);
  const joint = merged(state, byOurClock(base), byOurClock(theirs));
  const draft = { type: "daemon", reason: null, because } as const;
  return { state: recorded({ ...joint, tookBackId: id }, [draft], atMs), events: [] };
}
