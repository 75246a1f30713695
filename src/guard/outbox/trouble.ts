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
  return notifyHourly(state, policy, keyOf(what), words);
}

/** It works again: notified if the trouble was, and in place of what was not sent of it yet. */
export function onRecovered(state: GuardState, { what, atMs }: Trouble, policy: Policy): Decision {
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
