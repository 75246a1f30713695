import type { EventName, Notify, Severity } from "#guard/model/effect.ts";
import type { ChannelPolicy, Policy } from "#guard/model/policy.ts";
import type { GuardState } from "#guard/model/state.ts";
import { isTold } from "./incidents.ts";
import { isAtLeast } from "./severity.ts";

/** How a notification reaches people: the name of a channel, or the notify command. */
export type Way = string;

/** No channel is called so. */
export const commandWay: Way = "";

export function wayOf({ channel = commandWay }: Pick<Notify, "channel">): Way {
  return channel;
}

/** In words, as a trouble is told of it. */
export function wayWords(way: Way): string {
  return way === commandWay ? ofCommand : ofChannel + way;
}

const ofCommand = "the notify command";
const ofChannel = "channel ";

/** Whether these are the words for a way. */
export function isWay(words: string): boolean {
  return words === ofCommand || words.startsWith(ofChannel);
}

export function waysIn({ tells, channels }: Policy): readonly Way[] {
  return [...(tells ? [commandWay] : []), ...channels.map(({ name }) => name)];
}

/** What decides by which ways a notification goes. */
export interface About {
  readonly event: EventName;
  readonly severity: Severity;
  readonly incident: string;
  readonly topic?: string | undefined;
  readonly isResolution?: boolean | undefined;
  /** By these and no others, as far as they are there. */
  readonly to?: readonly Way[] | undefined;
}

/**
 * The command is given all. A channel is given what it asks for; the end of what it was told of; and what
 * takes the place of something that it was to be told of and was not yet.
 */
export function waysFor(state: GuardState, policy: Policy, about: About): readonly Way[] {
  const ways = waysIn(policy);
  const { to, incident, isResolution = false } = about;
  if (to !== undefined) return ways.filter((way) => to.includes(way));
  return ways.filter((way) => {
    if (
      way === commandWay ||
      policy.channels.some((each) => each.name === way && wants(each, about))
    )
      return true;
    return isOwedThere(state, way, about) || (isResolution && isTold(state, incident, way));
  });
}

export function wants(
  { events, minSeverity }: ChannelPolicy,
  { event, severity }: Pick<About, "event" | "severity">,
): boolean {
  return (events === undefined || events.includes(event)) && isAtLeast(severity, minSeverity);
}

function isOwedThere({ owed }: GuardState, way: Way, about: About): boolean {
  const { topic, incident, isResolution = false } = about;
  return owed.some(
    (each) =>
      each.kind === "notify" &&
      wayOf(each) === way &&
      ((topic !== undefined && each.topic === topic) ||
        (isResolution && each.incident === incident)),
  );
}

/** One for each way. The id of a channel's ends in its name. */
export function oneEach(
  ways: readonly Way[],
  id: string,
  notice: Omit<Notify, "id" | "channel">,
  forChannels: Pick<Notify, "next" | "remedy">,
): readonly Notify[] {
  return ways.map((way) =>
    way === commandWay
      ? { ...notice, id }
      : { ...notice, ...forChannels, id: `${id}@${way}`, channel: way },
  );
}

/** The same for all that are owed of one thing, by whatever way. */
export function stemOf({ id, channel }: Pick<Notify, "id" | "channel">): string {
  const end = `@${channel ?? ""}`;
  return channel !== undefined && id.endsWith(end) ? id.slice(0, -end.length) : id;
}

/** Whether two say the same. An end is said in words of its own to whom its beginning could not be told. */
export function isSameNews(a: Notify, b: Notify): boolean {
  if (stemOf(a) === stemOf(b)) return true;
  const areEnds = a.isResolution === true && b.isResolution === true;
  return areEnds && a.incident === b.incident && a.atMs === b.atMs;
}
