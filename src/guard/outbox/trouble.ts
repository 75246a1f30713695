import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { own } from "#guard/own-value.ts";
import { forget, isWaiting, notify, notifyHourly } from "./notify.ts";

interface Trouble {
  readonly what: string;
  readonly atMs: number;
}

/** A part of the daemon does not work: notified at once, and every hour while it lasts. */
export function onTrouble(
  state: GuardState,
  { what, atMs, because }: Trouble & { readonly because: string },
  policy: Policy,
): Decision {
  const words = {
    event: "trouble",
    name: "trouble",
    atMs,
    because: `${what}: ${because}`,
  } as const;
  return notifyHourly(withTrouble(state, what, atMs, because), policy, keyOf(what), words);
}

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
  const topic = keyOf(what);
  if (own(state.saidAtMs, topic) === undefined && !isWaiting(state, topic)) {
    return { state, events: [] };
  }
  return notify(
    forget(state, (key) => key === topic),
    policy,
    {
      event: "recovered",
      name: "recovered",
      topic,
      atMs,
      because: `${what}: working again`,
    },
  );
}

function keyOf(what: string): string {
  return `trouble:${what}`;
}
