import { hourMs } from "#guard/model/time.ts";
import type { SaidName } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { own } from "#guard/own-value.ts";
import { messageWords } from "#guard/text.ts";

/** What is true for hours is said once an hour. */

export interface Words {
  readonly event: SaidName;
  /** The threshold's name, or the event's. */
  readonly name: string;
  readonly because: string;
  readonly atMs: number;
  /** The pods that it is about. */
  readonly podIds?: readonly string[];
  /** As the history is to have it; the name unless given. */
  readonly reason?: string;
}

/** Queues a notification if there is a notify command, and gives an event for the log either way. */
export function notify(state: GuardState, policy: Policy, words: Words): Decision {
  const { event, name, because, atMs, podIds = [], reason = name } = words;
  const balanceUsd = state.lastSeen?.balanceUsd ?? state.blind?.lastBalanceUsd;
  const notice = {
    kind: "notify",
    id: `notify:${event}:${name}:${atMs}:${state.owed.length}`,
    event,
    name,
    because,
    balanceUsd,
    tries: 0,
    notBeforeMs: atMs,
  } as const;
  return {
    state: policy.tells ? { ...state, owed: [...state.owed, notice] } : state,
    events: [
      { kind: "said", event, name, reason, because: messageWords(event, name, because), podIds },
    ],
  };
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
  return notify(marked, policy, words);
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
  const ending = state.owed.flatMap((each) => (each.kind === "end-run" ? [each.podId] : []));
  return forget(state, (key) => {
    const [about, ...podId] = key.split(":");
    switch (about) {
      case "end":
        return !ending.some((each) => key.startsWith(`end:${each}:`));
      case "held":
      case "locked":
      case "unsure":
        return own(state.runs, podId.join(":")) === undefined;
      default:
        return false;
    }
  });
}

/** Never said, long enough ago, or said in the future, by a clock that has gone back since. */
export function isDueAgain(saidAtMs: number | undefined, nowMs: number, everyMs: number): boolean {
  return saidAtMs === undefined || nowMs - saidAtMs >= everyMs || saidAtMs > nowMs;
}
