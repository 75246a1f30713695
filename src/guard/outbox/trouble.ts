import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";
import { own } from "#guard/own-value.ts";
import { chain } from "./chain.ts";
import { forget, isDueAgain, isWaiting, notify, notifyHourly } from "./notify.ts";

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
  });
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
  const over = forget(state, (key) => key === told || key === unsteady);
  return notify(withSaid(over, worked, atMs), policy, {
    event: "recovered",
    name: "recovered",
    topic: told,
    isResolution: true,
    atMs,
    because: `${what}: ${words}`,
  });
}

function withSaid(state: GuardState, key: string, atMs: number): GuardState {
  return { ...state, saidAtMs: { ...state.saidAtMs, [key]: atMs } };
}

const ofWorked = "worked:";
const ofUnsteady = "unsteady:";

/** When the trouble was last told; when "working again" was; and when it last came or went, if it does. */
function keysOf(what: string) {
  return { told: `trouble:${what}`, worked: ofWorked + what, unsteady: ofUnsteady + what };
}
