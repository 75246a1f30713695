import { emptyState, type GuardState } from "#guard/model/state.ts";
import { stateIn, stateOf } from "#outside/account/kept-state.ts";
import { readPrimary } from "#outside/account/primary.ts";
import { readReceived } from "#outside/account/received.ts";
import { readStandIn } from "#outside/account/stand-in.ts";
import { noOrders, type Orders, readOrders } from "#outside/orders/orders.ts";

/** What is known here of the account that a button is about. */
export interface Known {
  readonly state: GuardState;
  readonly orders: Orders;
  /** Of the pods: else whether they run is not known. */
  readonly isSeen: boolean;
  readonly nowMs: number;
  /** What is to be added to the times of a link, which are by the clock of the account's own guard. */
  readonly linkMs: number;
  readonly doer: Doer;
}

/** Who does what is pressed. */
export type Doer =
  | { readonly kind: "here" }
  /** `withinMs`: when it is heard next, by its own word. */
  | { readonly kind: "machine"; readonly host: string; readonly withinMs: number }
  /** Nothing is done from here in its place. */
  | { readonly kind: "silent-machine"; readonly host: string };

type All = Readonly<Record<string, string>>;

/** Undefined: nothing is known of it, or what is kept cannot be read. */
export function knownIn(all: All, nowMs: number): Known | undefined {
  const given = readPrimary(all["orders"]);
  if (given !== undefined) {
    const state = all["own.state"] === undefined ? emptyState : stateIn(all, "own");
    return state && here(state, readOrders(given.orders), nowMs, 0, { kind: "here" });
  }
  const received = readReceived(all["beat"]);
  if (received === undefined) return undefined;
  const { beat } = received;
  const standIn = readStandIn(all["standIn"]);
  const orders = readOrders(beat.orders);
  if (standIn !== undefined && standIn.overAtMs === undefined) {
    const state = stateIn(all, "own");
    const doer: Doer =
      standIn.acts === "guards" ? { kind: "here" } : { kind: "silent-machine", host: beat.host };
    return state && here(state, orders, nowMs, standIn.aheadMs, doer);
  }
  const state = stateOf(beat);
  const withinMs = Math.max(0, received.atMs + beat.nextInMs - nowMs);
  return (
    state && {
      state,
      orders: orders ?? noOrders,
      isSeen: !beat.look.isBlind && beat.look.pods !== null,
      // By its clock, as its state is.
      nowMs: nowMs - received.atMs + beat.sentAtMs,
      linkMs: 0,
      doer: { kind: "machine", host: beat.host, withinMs },
    }
  );
}

function here(
  state: GuardState,
  orders: Orders | undefined,
  nowMs: number,
  linkMs: number,
  doer: Doer,
): Known {
  const isSeen = state.blind === undefined && state.podsBlind === undefined;
  return { state, orders: orders ?? noOrders, isSeen, nowMs, linkMs, doer };
}
