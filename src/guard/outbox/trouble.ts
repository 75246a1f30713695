import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";
import { own } from "#guard/own-value.ts";
import { chain } from "./chain.ts";
import { toldOf } from "./incidents.ts";
import {
  forget,
  isDueAgain,
  isWaiting,
  notify,
  notifyHourly,
  withdraw,
  type Words,
} from "./notify.ts";
import { severityOf } from "./severity.ts";
import { commandWay, isWay, type Way, waysIn, wayWords, wants } from "./ways.ts";

interface Trouble {
  readonly what: string;
  readonly atMs: number;
}

/**
 * A part of the daemon does not work: notified at once, and every hour while it lasts. One that comes
 * again within an hour of "working again" is unsteady: that is notified once more, and from then on it
 * counts as a trouble until it has worked for an hour. So the last word on it is never better than it is.
 */
export function onTrouble(
  state: GuardState,
  { what, atMs, because }: Trouble & { readonly because: string },
  policy: Policy,
): Decision {
  const { told, worked, unsteady } = keysOf(what);
  const before = withTrouble(state, what, atMs, because);
  const isBack =
    own(state.saidAtMs, told) === undefined &&
    !isDueAgain(own(state.saidAtMs, worked), atMs, hourMs);
  const isUnsteady = isBack || own(state.saidAtMs, unsteady) !== undefined;
  return notifyHourly(isUnsteady ? withSaid(before, unsteady, atMs) : before, policy, told, {
    event: "trouble",
    name: "trouble",
    atMs,
    because: `${what}: ${because}${isBack ? comesAndGoes : ""}`,
    ...ofWay(state, what, policy),
  });
}

/**
 * That a way to people does not work is told by the others. Where none that works asks for it, all others
 * tell it, whatever they ask for: or nobody would know that warnings reach no one.
 */
function ofWay(state: GuardState, what: string, policy: Policy): Pick<Words, "to" | "hint"> {
  const { command } = policy.podGuards;
  const way = wayCalled(what, policy);
  if (way === undefined) return { hint: { words: "To look into it", command: `${command} check` } };
  const name = way === commandWay ? "command" : way;
  const others = waysIn(policy).filter((each) => each !== way);
  const asking = others.filter((each) => asksForTrouble(each, policy));
  const isDown = (each: Way): boolean => own(state.troubles ?? {}, wayWords(each)) !== undefined;
  return {
    to: asking.every(isDown) ? others : asking,
    hint: { words: "To test it", command: `${command} notify test ${name}` },
  };
}

function asksForTrouble(way: Way, { channels }: Policy): boolean {
  const channel = channels.find(({ name }) => name === way);
  return channel === undefined || wants(channel, { event: "trouble", severity: troubleSeverity });
}

const troubleSeverity = severityOf("trouble");

function wayCalled(what: string, policy: Policy): Way | undefined {
  return waysIn(policy).find((way) => wayWords(way) === what);
}

const comesAndGoes =
  ". It comes and goes, so you hear of it at most once an hour, and that it works once it has for an hour";

function withTrouble(state: GuardState, what: string, atMs: number, because: string): GuardState {
  const { troubles = {} } = state;
  const known = own(troubles, what);
  if (known?.because === because) return state;
  const sinceMs = known?.sinceMs ?? atMs;
  return { ...state, troubles: { ...troubles, [what]: { sinceMs, because } } };
}

function withoutTrouble(state: GuardState, what: string): GuardState {
  const { troubles = {} } = state;
  if (own(troubles, what) === undefined) return state;
  const { [what]: _, ...left } = troubles;
  return { ...state, troubles: Object.keys(left).length === 0 ? undefined : left };
}

/** It works again: notified if the trouble was, and in place of what was not sent of it yet. */
export function onRecovered(before: GuardState, { what, atMs }: Trouble, policy: Policy): Decision {
  const state = withoutTrouble(before, what);
  const { told, unsteady } = keysOf(what);
  if (own(state.saidAtMs, unsteady) !== undefined) {
    return { state: withSaid(state, unsteady, atMs), events: [] };
  }
  if (own(state.saidAtMs, told) === undefined && !isWaiting(state, told)) {
    return { state, events: [] };
  }
  return sayWorking(state, policy, { what, atMs }, "working again");
}

/** What came and went and has worked for an hour: that is notified, and that it came is forgotten. */
export function sayWhatIsSteady(before: GuardState, policy: Policy, atMs: number): Decision {
  const isOver = (key: string): boolean => isDueAgain(own(before.saidAtMs, key), atMs, hourMs);
  const state = forget(before, (key) => key.startsWith(ofWorked) && isOver(key));
  const steady = Object.keys(state.saidAtMs)
    .filter((key) => key.startsWith(ofUnsteady) && isOver(key))
    .map((key) => key.slice(ofUnsteady.length))
    .filter((what) => own(state.troubles ?? {}, what) === undefined);
  return chain(
    state,
    ...steady.map(
      (what) => (next: GuardState) =>
        sayWorking(next, policy, { what, atMs }, "working again, for an hour now"),
    ),
  );
}

function sayWorking(
  state: GuardState,
  policy: Policy,
  { what, atMs }: Trouble,
  words: string,
): Decision {
  const { told, worked, unsteady } = keysOf(what);
  const over = withSaid(
    forget(state, (key) => key === told || key === unsteady),
    worked,
    atMs,
  );
  if (wayCalled(what, policy) !== undefined) {
    return sayWayWorks(over, policy, { what, atMs }, words);
  }
  return notify(over, policy, {
    event: "recovered",
    name: "recovered",
    topic: told,
    isResolution: true,
    atMs,
    because: `${what}: ${words}`,
  });
}

/** Only to whom it was told: when all ways are down at once, nobody has to hear of it afterwards. */
function sayWayWorks(
  state: GuardState,
  policy: Policy,
  { what, atMs }: Trouble,
  words: string,
): Decision {
  const { told: topic } = keysOf(what);
  const to = toldOf(state, topic);
  return chain(
    state,
    (before) => withdraw(before, (notice) => notice.topic === topic, `${what} works again`),
    (before) =>
      to.length === 0
        ? { state: before, events: [] }
        : notify(before, policy, {
            event: "recovered",
            name: "recovered",
            topic,
            isResolution: true,
            atMs,
            because: `${what}: ${words}`,
            to,
          }),
  );
}

/** Ways that are no longer in the config are no trouble of ours. */
export function forgetWaysThatLeft(state: GuardState, policy: Policy): Decision {
  const has = new Set(waysIn(policy).map(wayWords));
  const isGone = (what: string): boolean => isWay(what) && !has.has(what);
  const heads = [ofTold, ofWorked, ofUnsteady];
  const isOfGone = (key: string): boolean =>
    heads.some((head) => key.startsWith(head) && isGone(key.slice(head.length)));
  const gone = Object.keys(state.troubles ?? {}).filter(isGone);
  const over = forget(
    gone.reduce((before, what) => withoutTrouble(before, what), state),
    isOfGone,
  );
  return withdraw(over, ({ topic = "" }) => isOfGone(topic), "it is no longer in the config");
}

function withSaid(state: GuardState, key: string, atMs: number): GuardState {
  return { ...state, saidAtMs: { ...state.saidAtMs, [key]: atMs } };
}

const ofTold = "trouble:";
const ofWorked = "worked:";
const ofUnsteady = "unsteady:";

/** When the trouble was last told; when "working again" was; and when it last came or went, if it does. */
function keysOf(what: string) {
  return { told: ofTold + what, worked: ofWorked + what, unsteady: ofUnsteady + what };
}
