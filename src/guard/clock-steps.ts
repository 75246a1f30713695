import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { minuteMs } from "#guard/model/time.ts";
import { notify } from "#guard/outbox/notify.ts";
import { withoutLoads } from "#guard/pods/follow/telemetry.ts";
import { closeMoments } from "#guard/pods/follow/schedules.ts";
import { mostSetBackMs } from "#guard/pods/rules/schedule.ts";
import { spanWords } from "./text.ts";
import { shifted } from "./times.ts";

/** The clock was set: no deadline comes sooner or later for it, and what was more than a minute is told. */
export function onStepped(
  state: GuardState,
  { atMs, byMs }: { readonly atMs: number; readonly byMs: number },
  policy: Policy,
): Decision {
  const shiftedBy = withoutLoads(shifted(state, byMs), atMs);
  const moved = byMs < -mostSetBackMs ? closeMoments(shiftedBy) : shiftedBy;
  if (Math.abs(byMs) <= minuteMs) return { state: moved, events: [] };
  return notify(moved, policy, {
    event: "trouble",
    name: "trouble",
    atMs,
    because: `this machine's clock was set ${spanWords(Math.abs(byMs))} ${byMs > 0 ? "ahead" : "back"}. Every deadline stays as far away as it was`,
  });
}
