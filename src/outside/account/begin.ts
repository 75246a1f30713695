import type { GuardState } from "#guard/model/state.ts";
import { minuteMs, secondMs } from "#guard/model/time.ts";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import { shifted } from "#guard/times.ts";
import type { Beat } from "#outside/beat/beat.ts";
import { oldestOrdersMs } from "#outside/beat/silence.ts";
import type { Acts } from "#outside/orders/from-outside.ts";
import { readOrders } from "#outside/orders/orders.ts";
import { withoutMachine } from "./for-machine.ts";
import { stateOf } from "./kept-state.ts";
import type { Received } from "./received.ts";
import type { StandIn } from "./stand-in.ts";

/** Less is the way of the beat. */
const sameClockMs = 5 * secondMs;
/** An alarm is not so late: a clock was set. */
const latestWakeMs = 6 * 60 * minuteMs;

/** The state that it goes on from, and what it may do. */
export function begin(
  { atMs, count, beat: last }: Received & { readonly beat: Beat },
  fromMs: number,
  nowMs: number,
): { readonly standIn: StandIn; readonly state: GuardState | undefined } {
  const offsetMs = atMs - last.sentAtMs;
  const aheadMs = Math.abs(offsetMs) <= sameClockMs ? 0 : offsetMs;
  const found = stateOf(last);
  const because = whyOnlyTell(last, fromMs, nowMs, atMs);
  const acts: Acts = last.onSilence === "guard" && because === undefined ? "guards" : "tells";
  return {
    standIn: {
      id: `${count}-${atMs}`,
      sinceMs: atMs,
      acts,
      ...(last.onSilence === "guard" && because !== undefined && { because }),
      aheadMs,
    },
    state: found && withoutMachine(afterRestart(shifted(found, aheadMs))),
  };
}

/** Why nothing may be ended from here, in words. */
function whyOnlyTell(
  last: Beat,
  fromMs: number,
  nowMs: number,
  heardAtMs: number,
): string | undefined {
  if (readOrders(last.orders) === undefined) return "its rules are of a version not known here";
  if (nowMs - heardAtMs > oldestOrdersMs) return "its rules are older than 7 days";
  if (nowMs - fromMs > latestWakeMs)
    return "the clock here has jumped, or nobody woke me for hours";
  if (last.leases === null) return "its leases could not be read";
  if (last.look.pods === null) return "it did not know which pods there are";
  return undefined;
}
