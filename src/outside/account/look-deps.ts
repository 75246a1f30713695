import { calendarOf } from "#calendar/calendar-of.ts";
import { savedDecider } from "#guard/account/crossing.ts";
import type { Look } from "#guard/model/account.ts";
import type { GuardState } from "#guard/model/state.ts";
import type { LookDeps } from "#outside/look/look-once.ts";
import { type Acts, policyFromOutside } from "#outside/orders/from-outside.ts";
import type { Orders } from "#outside/orders/orders.ts";
import { buttonsFrom } from "#outside/phone/buttons.ts";
import { readLeaseBook } from "#store/lease-text.ts";
import type { AccountGuardDeps } from "./deps.ts";
import { keptOfLook } from "./pod-rows.ts";
import { stateText, type Whose } from "./kept-state.ts";

export interface Standing {
  readonly state: GuardState;
  readonly orders: Orders;
  readonly acts: Acts;
  /** By the clock here; undefined: not known. */
  readonly leases: string | undefined;
  /** The pods that somebody has spoken of: what nobody has may be anybody's. Undefined: all are. */
  readonly known?: readonly string[] | undefined;
  readonly whose?: Whose;
  /** How far the clock here is ahead of that of the account's own guard. */
  readonly aheadMs?: number;
  /** Where this is reached, for buttons. */
  readonly url?: string | undefined;
}

/** What a look from here goes by. */
export function lookDepsFor(
  { account, beatKey, kept, clock, log, accepted, ...deps }: AccountGuardDeps,
  { state, orders, acts, leases, known, whose = "own", aheadMs = 0, url }: Standing,
): LookDeps {
  const strangersIn = (look: Look | undefined): readonly string[] =>
    known === undefined || look?.kind !== "seen" || look.pods === "unknown"
      ? []
      : look.pods.map(({ id }) => id).filter((id) => !known.includes(id));
  const book = leases === undefined ? undefined : readLeaseBook(leases);
  return {
    state,
    policy: (look) => policyFromOutside(orders, acts, deps.channelPolicies, strangersIn(look)),
    account: deps.runpod(savedDecider(state)),
    calendar: calendarOf(() => orders.calendar),
    channels: deps.channels,
    buttonsFrom: buttonsFrom({ account, beatKey, url, aheadMs }),
    leases: book?.kind === "book" ? book.book : "unknown",
    clock,
    log,
    isDry: orders.isDry,
    mayEnd: !orders.isDry,
    accepted,
    showLook: (look) => kept.write(keptOfLook(look)),
    save: (now, what) => kept.write({ [`${whose}.${what}`]: stateText(bounded(now), what) }),
  };
}

/** A row holds 2 MB: of a history that nobody has taken over for months, the latest is kept. */
function bounded(state: GuardState): GuardState {
  return { ...state, unrecorded: state.unrecorded.slice(-mostRecords) };
}

const mostRecords = 1_000;
