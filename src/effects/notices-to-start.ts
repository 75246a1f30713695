import type { Seen } from "#guard/model/account.ts";
import type { Effect, Notify } from "#guard/model/effect.ts";
import { mayWait } from "#guard/outbox/severity.ts";
import { type Way, commandWay, wayOf } from "#guard/outbox/ways.ts";
import { followedIn, lineOf, orderOf } from "./notice-order.ts";

/** How many notify commands run at the same time. */
const commandsAtOnce = 10;

/** How many messages are on their way through one channel at the same time. */
const messagesAtOnce = 2;

/** What decides which notifications may be sent. */
export interface NoticeMoment {
  /** The account as it was last seen. */
  readonly look: Seen | undefined;
  /** Whether only what is critical is to be sent through this channel now. */
  readonly isQuiet?: ((channelName: string) => boolean) | undefined;
}

/**
 * Which of the ready notifications are sent now. The notify command and each channel have a lane of their
 * own, so that one that hangs holds no other; in each the most important go first, and of them those that
 * were tried least: one that is refused again and again takes no other's turn. A trip's is sent only
 * after a poll has worked, as the balance may have recovered, unless more is to be told of it: then it was
 * no mistake. What is said of one thing through a channel goes one after the other: its end must not come
 * before its beginning, nor what follows a crossing before the crossing. `waiting` is all that is owed and
 * not under way, ready or not.
 */
export function noticesToStart(
  ready: readonly Notify[],
  running: readonly Effect[],
  { look, isQuiet = () => false }: NoticeMoment,
  waiting: readonly Notify[] = ready,
): readonly Notify[] {
  const lanes = new Map<Way, Notify[]>();
  for (const each of running) if (each.kind === "notify") laneOf(lanes, each).push(each);
  const quiet = new Map<string, boolean>();
  const isHeld = (notice: Notify): boolean => {
    const { channel } = notice;
    if (channel === undefined || !mayWait(notice)) return false;
    const known = quiet.get(channel) ?? isQuiet(channel);
    quiet.set(channel, known);
    return known;
  };
  const followed = look === undefined ? followedIn(waiting) : undefined;
  const open = ready.filter(
    (each) =>
      (followed === undefined || each.event !== "trip" || followed.has(lineOf(each))) &&
      !isHeld(each),
  );
  const isBehind = orderOf(waiting, [...open, ...running]);
  return open
    .sort((a, b) => rank(a) - rank(b) || a.tries - b.tries)
    .filter((notice) => {
      const lane = laneOf(lanes, notice);
      if (!hasRoom(lane, notice) || isBehind(notice)) return false;
      lane.push(notice);
      return true;
    });
}

function laneOf(lanes: Map<Way, Notify[]>, notice: Notify): Notify[] {
  const way = wayOf(notice);
  const lane = lanes.get(way) ?? [];
  lanes.set(way, lane);
  return lane;
}

function hasRoom(lane: readonly Notify[], notice: Notify): boolean {
  if (wayOf(notice) === commandWay) return lane.length < commandsAtOnce;
  const { incident } = notice;
  const isOpen = incident !== undefined && lane.some((each) => each.incident === incident);
  return lane.length < messagesAtOnce && !isOpen;
}

/** What is about the account's money goes first. */
function rank({ event, channel, severity }: Notify): number {
  const isMoney = event === "trip" || event === "backstop" || event === "blind";
  return isMoney || (channel !== undefined && severity === "critical") ? 0 : 1;
}
