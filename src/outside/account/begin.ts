import { emptyState, type GuardState } from "#guard/model/state.ts";
import { minuteMs, secondMs } from "#guard/model/time.ts";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import { shifted } from "#guard/times.ts";
import type { Beat } from "#outside/beat/beat.ts";
import { oldestOrdersMs } from "#outside/beat/silence.ts";
import { readOrders } from "#outside/orders/orders.ts";
import { withoutMachine } from "./for-machine.ts";
import { stateOf } from "./kept-state.ts";
import type { ReadBeat } from "./received.ts";
import type { StandIn } from "./stand-in.ts";

/** Less is the way of the beat. */
const sameClockMs = 5 * secondMs;
/** An alarm is not so late: a clock was set. */
const latestWakeMs = 6 * 60 * minuteMs;

export interface Begun {
  readonly standIn: StandIn;
  readonly state: GuardState;
  /** There is a state of the machine to go on from, and to hand back to. */
  readonly isFromItsState: boolean;
}

/** The state that it goes on from, and what it may do. `channels`: those that are here. */
export function begin(
  { atMs, count, beat: last }: ReadBeat,
  fromMs: number,
  nowMs: number,
  channels: readonly string[],
): Begun {
  const aheadMs = aheadMsOf({ atMs, beat: last });
  const found = stateOf(last);
  const does = actsInPlaceOf({ atMs, beat: last }, found, fromMs, nowMs);
  const standIn = { id: `${count}-${atMs}-${nowMs}`, sinceMs: atMs, ...does, aheadMs };
  const begun = afterRestart(shifted(found ?? emptyState, aheadMs));
  return {
    standIn,
    state: withoutMachine(begun, does.acts, channels),
    isFromItsState: found !== undefined,
  };
}

/** How far the clock here is ahead of the daemon's; 0 where they agree. */
export function aheadMsOf({ atMs, beat }: Pick<ReadBeat, "atMs" | "beat">): number {
  const offsetMs = atMs - beat.sentAtMs;
  return Math.abs(offsetMs) <= sameClockMs ? 0 : offsetMs;
}

/** What is done in place of a machine that was heard last then. `state`: its own, as far as that can be read. */
export function actsInPlaceOf(
  { atMs, beat }: Pick<ReadBeat, "atMs" | "beat">,
  state: GuardState | undefined,
  fromMs: number,
  nowMs: number,
): Pick<StandIn, "acts" | "because"> {
  if (beat.onSilence !== "guard") return { acts: "tells" };
  const because =
    state === undefined
      ? "its state is of a version not known here"
      : whyOnlyTell(beat, fromMs, nowMs, atMs);
  return because === undefined ? { acts: "guards" } : { acts: "tells", because };
}

/** Why nothing may be ended from here, in words. */
function whyOnlyTell(
  last: Beat,
  fromMs: number,
  nowMs: number,
  heardAtMs: number,
): string | undefined {
  if (readOrders(last.orders) === undefined) return "its rules are of a version not known here";
  if (isOutdated(heardAtMs, nowMs)) return outdatedWords;
  if (nowMs - fromMs > latestWakeMs) {
    return "the clock here has jumped, or nobody woke me for hours";
  }
  if (last.leases === null) return "its leases could not be read";
  if (last.look.pods === null) return "it did not know which pods there are";
  return undefined;
}

/**
 * It goes on where it was when the machine was heard for a moment: what that has taken over, it will say. Under
 * another name, as more may be handed over.
 */
export function resumed(before: StandIn, fresh: StandIn): StandIn {
  return { ...fresh, aheadMs: before.aheadMs, given: before.given };
}

/** What it stands in by, as long as nothing is heard: rules that have grown old end nothing any more. */
export function aged(standIn: StandIn, heardAtMs: number, nowMs: number): StandIn {
  return standIn.acts === "guards" && isOutdated(heardAtMs, nowMs)
    ? { ...standIn, acts: "tells", because: outdatedWords }
    : standIn;
}

function isOutdated(heardAtMs: number, nowMs: number): boolean {
  return nowMs - heardAtMs > oldestOrdersMs;
}

const outdatedWords = "its rules are older than 7 days";
