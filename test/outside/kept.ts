import { decide } from "#guard/decide.ts";
import type { Look } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { LeaseBook } from "#guard/model/run.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { minuteMs } from "#guard/model/time.ts";
import { begin } from "#outside/account/begin.ts";
import { keyed, textsOf } from "#outside/account/kept-state.ts";
import { keptOfLook } from "#outside/account/pod-rows.ts";
import { neededFromMs, readReceived } from "#outside/account/received.ts";
import { beatOf, type Spoken } from "#outside/beat/beat-of.ts";
import type { Orders } from "#outside/orders/orders.ts";
import { sendable } from "#outside/orders/policy-schema.ts";
import { writeLeaseBook } from "#store/lease-text.ts";
import { policyWith } from "../guard/samples.ts";

export const startMs = Date.UTC(2026, 10, 27, 12);
const emptyBook: LeaseBook = { leases: {}, touchedAtMs: {} };

export type Kept = Readonly<Record<string, string>>;

export function ordersWith(policy: Policy = policyWith(), changes: Partial<Orders> = {}): Orders {
  const calendar = { budgets: [], schedules: [] };
  return { policy, calendar, beforeStop: "none", isDry: false, ...changes };
}

/** A state that has seen these, one after the other. */
export function stateAfter(
  looks: readonly Look[],
  policy: Policy = policyWith(),
  from: GuardState = emptyState,
): GuardState {
  const first = decide(from, { kind: "leases", atMs: startMs, book: emptyBook }, policy).state;
  return looks.reduce((state, look) => decide(state, { kind: "look", look }, policy).state, first);
}

/** What a machine says that has nothing to say. */
export function spokenWith(changes: Partial<Spoken> = {}): Spoken {
  return {
    host: "gpu-box",
    nowMs: startMs,
    nextInMs: minuteMs,
    look: undefined,
    state: emptyState,
    saved: emptyState,
    leases: writeLeaseBook(emptyBook),
    orders: ordersWith(),
    onSilence: "guard",
    ...changes,
  };
}

/** What is kept of an account whose machine was heard at `startMs`. */
export function keptOfBeat(changes: Partial<Spoken> = {}): Kept {
  const body = JSON.stringify(beatOf(spokenWith(changes)));
  return { account: "main", beat: JSON.stringify({ atMs: startMs, count: 1, body }) };
}

/** The same once the machine is silent: these looks are those from outside. */
export function keptStandingIn(
  kept: Kept,
  looks: readonly Look[] = [],
  policy: Policy = policyWith(),
): Kept {
  const received = readReceived(kept["beat"]);
  if (received === undefined) throw new Error("no beat is kept");
  const fromMs = neededFromMs(received);
  const { standIn, state } = begin(received, fromMs, fromMs, ["phone"]);
  return withLooks(
    { ...kept, standIn: JSON.stringify(standIn), ...keyed("base", textsOf(state)) },
    stateAfter(looks, policy, state),
    looks,
  );
}

/** What is kept of an account that has no machine. */
export function keptOfPrimary(looks: readonly Look[], orders: Orders = ordersWith()): Kept {
  const sent = { ...orders, policy: sendable(orders.policy) };
  const given = { version: 1, host: "laptop", everyMs: minuteMs, orders: sent };
  return withLooks(
    {
      account: "main",
      orders: JSON.stringify(given),
      leases: writeLeaseBook(emptyBook),
    },
    stateAfter(looks, orders.policy),
    looks,
  );
}

function withLooks(kept: Kept, state: GuardState, looks: readonly Look[]): Kept {
  const all = Object.entries(
    Object.assign({}, kept, keyed("own", textsOf(state)), ...looks.map(keptOfLook)) as Record<
      string,
      string | undefined
    >,
  );
  return Object.fromEntries(
    all.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
