import { hourMs, minuteMs } from "#guard/model/time.ts";
import type { Effect, Next, Notify, Remedy, SaidName, Severity } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { measuredIn } from "#guard/account/falls/measured.ts";
import { own } from "#guard/own-value.ts";
import { messageWords } from "#guard/text.ts";
import { incidentOf } from "./incidents.ts";
import { knownFrom } from "./new-ways.ts";
import { isAlwaysDue, severityOf } from "./severity.ts";
import { oneEach, stemOf, type Way, wayOf, waysFor } from "./ways.ts";

/** What is true for hours is said once an hour. */

export interface Words {
  readonly event: SaidName;
  /** What the words begin with: the threshold's name, the guard's, or the event's. */
  readonly name: string;
  /** The threshold that it is about. */
  readonly threshold?: string;
  /** What lasts: this takes the place of what waits to be told of it. */
  readonly topic?: string;
  readonly because: string;
  readonly atMs: number;
  /** The pods that it is about. */
  readonly podIds?: readonly string[];
  /** As the history is to have it; the name unless given. */
  readonly reason?: string;
  /** The event's own unless given. */
  readonly severity?: Severity;
  /** The topic unless given, and without one the event, the name and the pods. */
  readonly incident?: string;
  readonly isResolution?: boolean;
  /** What to type against it: a part of the message. */
  readonly remedy?: Remedy;
  /** Only for channels: what will be done next, and what to type where the message does not say it. */
  readonly next?: readonly Next[];
  readonly hint?: Remedy;
  /** By these ways and no others; all that want it unless given. */
  readonly to?: readonly Way[];
}

/** Owes a notification by each way that it is to go, and gives an event for the log either way. */
export function notify(state: GuardState, policy: Policy, words: Words): Decision {
  const {
    event,
    name,
    because,
    atMs,
    podIds = [],
    reason = name,
    threshold,
    topic,
    remedy,
  } = words;
  const { severity = severityOf(event), isResolution = false, to } = words;
  const { incident = topic ?? incidentOf(event, name, podIds), next, hint } = words;
  const ways = waysFor(state, policy, {
    event,
    severity,
    incident,
    topic,
    isResolution,
    to,
  });
  const gives = { topic, incident, isResolution, ways };
  const owed = state.owed.filter((each) => each.kind !== "notify" || !givesWay(each, gives));
  const notices = oneEach(
    ways,
    newId(`notify:${event}:${name}:${atMs}`, owed),
    {
      kind: "notify",
      event,
      name,
      because,
      severity,
      incident,
      balanceUsd: state.lastSeen?.balanceUsd ?? state.blind?.lastBalanceUsd,
      burnPerHrUsd: burnIn(state),
      atMs,
      tries: 0,
      notBeforeMs: atMs,
      ...knownFrom(policy, { event, severity }),
      ...(isResolution && { isResolution }),
      ...(threshold !== undefined && { threshold }),
      ...(topic !== undefined && { topic }),
      ...(podIds.length > 0 && { podIds }),
      ...(remedy !== undefined && { remedy }),
    },
    { ...(next !== undefined && { next }), ...(hint !== undefined && { remedy: hint }) },
  );
  return {
    state: notices.length === 0 ? state : { ...state, owed: [...owed, ...notices] },
    events: [{ kind: "said", event, name, reason, because: messageWords(words), podIds }],
  };
}

/** As it was last seen. */
function burnIn(state: GuardState): number | undefined {
  const { lastSeen, blind } = state;
  return lastSeen === undefined
    ? blind?.lastBurnPerHrUsd
    : measuredIn(state, lastSeen).burnPerHrUsd;
}

/** As `notify`, but at most once an hour for the same `key`. */
export function notifyHourly(
  state: GuardState,
  policy: Policy,
  key: string,
  words: Words,
): Decision {
  const saidAtMs = own(state.saidAtMs, key);
  if (!isDueAgain(saidAtMs, words.atMs, hourMs)) return { state, events: [] };
  const marked = { ...state, saidAtMs: { ...state.saidAtMs, [key]: words.atMs } };
  return notify(marked, policy, { topic: key, ...words });
}

function newId(stem: string, owed: readonly Effect[]): string {
  const taken = new Set(owed.map((each) => (each.kind === "notify" ? stemOf(each) : each.id)));
  let n = owed.length;
  while (taken.has(`${stem}:${n}`)) n += 1;
  return `${stem}:${n}`;
}

interface Gives {
  readonly topic: string | undefined;
  readonly incident: string;
  readonly isResolution: boolean;
  readonly ways: readonly Way[];
}

/**
 * Whether what waits is of no use beside the new one: it is of the same topic, or the beginning of what a
 * channel is now told to be over, and need not reach someone however late.
 */
function givesWay(waiting: Notify, { topic, incident, isResolution, ways }: Gives): boolean {
  if (!ways.includes(wayOf(waiting))) return false;
  if (topic !== undefined && waiting.topic === topic) return true;
  const isBeginning = isResolution && waiting.incident === incident;
  return waiting.channel !== undefined && isBeginning && !isAlwaysDue(waiting);
}

/** Whether a trouble of this topic waits to be told. */
export function isWaiting({ owed }: GuardState, topic: string): boolean {
  return owed.some(
    (each) => each.kind === "notify" && each.event === "trouble" && each.topic === topic,
  );
}

interface Withdrawn {
  readonly state: GuardState;
  readonly events: readonly {
    readonly kind: "moot";
    readonly effect: Notify;
    readonly because: string;
  }[];
}

/** Drops the notifications that are not sent yet and no longer true. */
export function withdraw(
  state: GuardState,
  isOver: (notice: Notify) => boolean,
  because: string,
): Withdrawn {
  const over = state.owed.filter((each): each is Notify => each.kind === "notify" && isOver(each));
  if (over.length === 0) return { state, events: [] };
  const dropped = new Set<Effect>(over);
  return {
    state: { ...state, owed: state.owed.filter((each) => !dropped.has(each)) },
    events: over.map((effect) => ({ kind: "moot", effect, because })),
  };
}

/** Forgets when these were last said: they may be said at once when they begin again. */
export function forget(state: GuardState, isOver: (key: string) => boolean): GuardState {
  const kept = Object.entries(state.saidAtMs).filter(([key]) => !isOver(key));
  return kept.length === Object.keys(state.saidAtMs).length
    ? state
    : { ...state, saidAtMs: Object.fromEntries(kept) };
}

/** What was said of a pod is forgotten with its run, and what was said of its end with that end. */
export function forgetWhatIsOver(state: GuardState): GuardState {
  const ending = state.owed.flatMap((each) =>
    each.kind === "end-run" || each.kind === "end-stopped" ? [each.podId] : [],
  );
  return forget(state, (key) => {
    const [about, ...podId] = key.split(":");
    switch (about) {
      case "end":
        return !ending.some((each) => key.startsWith(`end:${each}:`));
      case "held":
      case "start":
      case "locked":
      case "unsure":
        return own(state.runs, podId.join(":")) === undefined;
      default:
        return false;
    }
  });
}

/** What is measured or probed may come in so much later than what was decided meanwhile. */
const lateMs = 2 * minuteMs;

/** Never said, long enough ago, or said in the future, by a clock that has gone back since. */
export function isDueAgain(saidAtMs: number | undefined, nowMs: number, everyMs: number): boolean {
  if (saidAtMs === undefined) return true;
  return nowMs - saidAtMs >= everyMs || saidAtMs - nowMs > lateMs;
}
