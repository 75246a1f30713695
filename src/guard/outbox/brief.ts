import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState, Input } from "#guard/model/state.ts";
import { notify } from "./notify.ts";

/** Told once a day. One that was not sent yet gives way to the next. */
export function onBrief(
  state: GuardState,
  { atMs, day, because }: Input & { readonly kind: "brief" },
  policy: Policy,
): Decision {
  if (state.briefedDay === day) return { state, events: [] };
  const event = "brief";
  return notify({ ...state, briefedDay: day }, policy, {
    event,
    name: event,
    topic: event,
    atMs,
    because,
  });
}
