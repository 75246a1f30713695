import type { Pod, Seen } from "#guard/model/account.ts";
import type { ChannelPolicy, Policy } from "#guard/model/policy.ts";
import type { LeaseBook } from "#guard/model/run.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { minuteMs } from "#guard/model/time.ts";
import { shifted } from "#guard/times.ts";
import { aheadMsOf } from "#outside/account/begin.ts";
import { stateIn, stateOf } from "#outside/account/kept-state.ts";
import { leasesByClockHere } from "#outside/account/leases-of.ts";
import { podOf, podsKept } from "#outside/account/pod-rows.ts";
import { readPrimary } from "#outside/account/primary.ts";
import { type ReadBeat, readReceived } from "#outside/account/received.ts";
import { readStandIn, type StandIn } from "#outside/account/stand-in.ts";
import { type Acts, policyFromOutside } from "#outside/orders/from-outside.ts";
import { noOrders, type Orders, readOrders } from "#outside/orders/orders.ts";
import { readLeaseBook } from "#store/lease-text.ts";

export type All = Readonly<Record<string, string>>;

/** By whose eyes an account is seen, and by whose rules it is guarded. */
export interface Standing {
  readonly role: "unheard" | "standby" | "primary";
  readonly received: ReadBeat | undefined;
  readonly standIn: StandIn | undefined;
  /** Undefined: they cannot be read. */
  readonly orders: Orders | undefined;
  /** What is done from here now; undefined: a machine does it. */
  readonly acts: Acts | undefined;
  readonly policy: Policy;
  /** By the clock here; undefined: it cannot be read. */
  readonly state: GuardState | undefined;
  readonly book: LeaseBook | "unknown";
  readonly pods: Seen["pods"];
  /** Why these are not of the last look. */
  readonly podsBecause: string | undefined;
  /** How often it looks itself. */
  readonly everyMs: number;
  /** Why the last look saw nothing. */
  readonly blindBecause: string | undefined;
}

export function standingIn(all: All, channels: readonly ChannelPolicy[]): Standing {
  if (all["orders"] !== undefined) return primary(all["orders"], all, channels);
  const received = readReceived(all["beat"]);
  const standIn = readStandIn(all["standIn"]);
  if (received === undefined) return unheard(standIn);
  return standIn === undefined || standIn.overAtMs !== undefined
    ? byMachine(received, standIn)
    : stoodInFor(received, standIn, all, channels);
}

function unheard(standIn: StandIn | undefined): Standing {
  return {
    role: "unheard",
    received: undefined,
    standIn,
    orders: undefined,
    acts: undefined,
    policy: noOrders.policy,
    state: emptyState,
    book: "unknown",
    pods: "unknown",
    podsBecause: "nothing was ever heard of it",
    everyMs: minuteMs,
    blindBecause: undefined,
  };
}

function primary(text: string, all: All, channels: readonly ChannelPolicy[]): Standing {
  const given = readPrimary(text);
  const orders = readOrders(given?.orders);
  return {
    role: "primary",
    received: undefined,
    standIn: undefined,
    orders,
    acts: "guards",
    policy: policyFromOutside(orders ?? noOrders, "guards", channels),
    state: all["own.state"] === undefined ? emptyState : stateIn(all, "own"),
    book: bookIn(all["leases"]),
    everyMs: given?.everyMs ?? minuteMs,
    ...sightKept(all),
  };
}

/** A machine guards, and is heard. */
function byMachine(received: ReadBeat, standIn: StandIn | undefined): Standing {
  const { beat } = received;
  const aheadMs = aheadMsOf(received);
  const orders = readOrders(beat.orders);
  const state = stateOf(beat);
  const { rows, isBlind } = beat.look;
  return {
    role: "standby",
    received,
    standIn,
    orders,
    acts: undefined,
    policy: orders?.policy ?? noOrders.policy,
    state: state && shifted(state, aheadMs),
    book: bookIn(leasesByClockHere(beat.leases, aheadMs)),
    pods: rows === undefined ? "unknown" : rows.map(podOf),
    everyMs: minuteMs,
    podsBecause: rows === undefined ? "its last poll had no list of them" : undefined,
    blindBecause: isBlind ? `no poll of the guard on ${beat.host} works` : undefined,
  };
}

function stoodInFor(
  received: ReadBeat,
  standIn: StandIn,
  all: All,
  channels: readonly ChannelPolicy[],
): Standing {
  const { beat } = received;
  const orders = readOrders(beat.orders);
  const sight = sightKept(all, beat.look.rows?.map(podOf));
  const known = beat.look.pods ?? [];
  const found = sight.pods === "unknown" ? [] : sight.pods.map(({ id }) => id);
  const strangers = found.filter((id) => !known.includes(id));
  return {
    role: "standby",
    received,
    standIn,
    orders,
    acts: standIn.acts,
    policy: policyFromOutside(orders ?? noOrders, standIn.acts, channels, strangers),
    state: stateIn(all, "own"),
    book: bookIn(leasesByClockHere(beat.leases, standIn.aheadMs)),
    everyMs: minuteMs,
    ...sight,
  };
}

/** `before`: what was listed before anything was seen from here. */
function sightKept(
  all: All,
  before?: readonly Pod[],
): Pick<Standing, "pods" | "podsBecause" | "blindBecause"> {
  const pods = podsKept(all);
  const because = pods === undefined ? "no look from here has listed them yet" : undefined;
  return {
    pods: pods ?? before ?? "unknown",
    podsBecause: all["own.podsBecause"] ?? because,
    blindBecause: all["own.blindBecause"],
  };
}

function bookIn(text: string | undefined): LeaseBook | "unknown" {
  const read = text === undefined ? undefined : readLeaseBook(text);
  return read?.kind === "book" ? read.book : "unknown";
}
