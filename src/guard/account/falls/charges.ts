import type { Seen } from "#guard/model/account.ts";
import type { BurnRange, Charges } from "#guard/model/spend.ts";
import type { GuardState } from "#guard/model/state.ts";
import { hourMs, secondMs } from "#guard/model/time.ts";

/** Less is rounding. */
const leastUsd = 0.0005;
/** Ticks closer together are as good as none: polls are no closer. */
const leastTickMs = 10 * secondMs;
/** A tick may be so much early or late. */
const jitterMs = secondMs;
/** What was charged may differ so much from what should have burned. */
const loose = 0.1;

/** Between two polls, when it fell. */
type Fall = Pick<Charges, "afterMs" | "byMs">;

/** Follows how the balance falls from one poll to the next: see `Charges`. */
export function followCharges(state: GuardState, look: Seen): GuardState {
  const { lastSeen: last, charges } = state;
  const isDoubted = last?.isRiseDoubted === true || look.isRiseDoubted === true;
  // It may have fallen at any time before this poll.
  const unknown: Charges = { afterMs: -Infinity, byMs: look.atMs, burn: rangeOf(look) };
  return last === undefined || charges === undefined || isDoubted
    ? { ...state, charges: unknown }
    : { ...state, charges: chargesAfter(charges, last, look) };
}

function chargesAfter(before: Charges, last: Seen, look: Seen): Charges {
  const fellUsd = last.balanceUsd - look.balanceUsd;
  const burn = joined(before.burn, rangeOf(look));
  // What was paid in says nothing of when it is charged.
  if (fellUsd <= -leastUsd) return { ...before, burn };
  const passedMs = look.atMs - last.atMs;
  if (fellUsd < leastUsd) {
    const isOwed = burn !== undefined && (burn.leastPerHrUsd * passedMs) / hourMs >= leastUsd;
    return { ...before, burn, steadyMs: isOwed ? undefined : before.steadyMs };
  }
  const fall: Fall = { afterMs: last.atMs, byMs: look.atMs };
  const chargedMs = chargedFor(fellUsd, burn);
  const known =
    chargedMs === undefined ? withUnknownCharge(before, fall) : withCharge(before, fall, chargedMs);
  return { ...known, burn: rangeOf(look) };
}

function rangeOf({ burnPerHrUsd: burn }: Seen): BurnRange | undefined {
  return burn === undefined || burn <= 0 ? undefined : { leastPerHrUsd: burn, mostPerHrUsd: burn };
}

function joined(one: BurnRange | undefined, other: BurnRange | undefined): BurnRange | undefined {
  if (one === undefined || other === undefined) return undefined;
  return {
    leastPerHrUsd: Math.min(one.leastPerHrUsd, other.leastPerHrUsd),
    mostPerHrUsd: Math.max(one.mostPerHrUsd, other.mostPerHrUsd),
  };
}

/** The time in which so much burns; undefined where that is not known, or the burn has changed within it. */
function chargedFor(fellUsd: number, burn: BurnRange | undefined): number | undefined {
  if (burn === undefined) return undefined;
  const { leastPerHrUsd, mostPerHrUsd } = burn;
  if (mostPerHrUsd - leastPerHrUsd > loose * mostPerHrUsd) return undefined;
  return (fellUsd / mostPerHrUsd) * hourMs;
}

function withCharge(before: Charges, fall: Fall, chargedMs: number): Charges {
  if (before.everyMs !== undefined) {
    const ticks = Math.max(1, Math.round(chargedMs / before.everyMs));
    const narrowed = within(fall, laterBy(before, ticks * before.everyMs));
    if (narrowed !== undefined) return { ...narrowed, everyMs: before.everyMs };
  }
  const everyMs = tickOf(before, fall, chargedMs);
  if (everyMs !== undefined) return { ...fall, everyMs };
  const passedMs = fall.byMs - fall.afterMs;
  const isSteady = Math.abs(chargedMs - passedMs) <= Math.max(loose * passedMs, 2 * jitterMs);
  return isSteady ? { ...fall, steadyMs: Math.min(before.steadyMs ?? Infinity, passedMs) } : fall;
}

/** How often it falls stays as known, unless it has fallen at another time. */
function withUnknownCharge(before: Charges, fall: Fall): Charges {
  if (before.everyMs === undefined) return { ...fall, steadyMs: before.steadyMs };
  const { everyMs } = before;
  const least = Math.max(1, Math.ceil((fall.afterMs - jitterMs - before.byMs) / everyMs));
  const most = Math.floor((fall.byMs + jitterMs - before.afterMs) / everyMs);
  if (least > most) return fall;
  const narrowed = least === most ? within(fall, laterBy(before, least * everyMs)) : undefined;
  return { ...(narrowed ?? fall), everyMs };
}

/** How often it falls, if this fall is a tick: then the charge is for the time since the one before. */
function tickOf(before: Charges, fall: Fall, chargedMs: number): number | undefined {
  const everyMs = Math.round(chargedMs / secondMs) * secondMs;
  if (everyMs < leastTickMs) return undefined;
  if (within(fall, laterBy(before, everyMs)) === undefined) return undefined;
  const wasFlat = fall.afterMs > before.byMs;
  // RunPod takes longer to answer one poll than another.
  const isMoreThanBurned = chargedMs > 1.5 * (fall.byMs - fall.afterMs);
  return wasFlat || isMoreThanBurned ? everyMs : undefined;
}

function laterBy({ afterMs, byMs }: Fall, ms: number): Fall {
  return { afterMs: afterMs + ms - jitterMs, byMs: byMs + ms + jitterMs };
}

/** Both together say better when it was; undefined: they exclude each other. */
function within(fall: Fall, other: Fall): Fall | undefined {
  const afterMs = Math.max(fall.afterMs, other.afterMs);
  const byMs = Math.min(fall.byMs, other.byMs);
  return afterMs < byMs ? { afterMs, byMs } : undefined;
}
