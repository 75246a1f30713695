import type { Launch } from "#guard/model/launch.ts";
import type { LeaseGuard } from "#guard/model/policy.ts";
import type { Lease, LeaseBook, PodRun } from "#guard/model/run.ts";
import type { GuardState } from "#guard/model/state.ts";
import { own } from "#guard/own-value.ts";
import { notIdle } from "./idle.ts";
import { launchOf } from "#guard/pods/run/launched.ts";
import { isLater, isStartKnown } from "#guard/pods/run/run-start.ts";

export const leaseReason = "lease_expired";

/** When a run's lease ends: the one it was given, else the default. Undefined: it has none. */
export function leaseEndMs(run: PodRun, { defaultMs, maxMs }: LeaseGuard): number | undefined {
  const { lease, startedAtMs } = run;
  const endsAtMs =
    lease?.endsAtMs ?? (defaultMs === undefined ? undefined : startedAtMs + defaultMs);
  return endsAtMs === undefined ? undefined : Math.min(endsAtMs, startedAtMs + maxMs);
}

/** The answer to a request for time; `remainsMs` is what max_hours still allows. */
export type Granted =
  | { readonly kind: "granted"; readonly endsAtMs: number }
  | { readonly kind: "over-cap"; readonly remainsMs: number }
  | { readonly kind: "no-lease" };

/** A lease that ends `forMs` from now. */
export function granted(
  { startedAtMs }: PodRun,
  { maxMs }: LeaseGuard,
  forMs: number,
  nowMs: number,
): Granted {
  return upTo(startedAtMs + maxMs, nowMs + forMs, nowMs);
}

/** The present lease, longer by `byMs`. */
export function extended(run: PodRun, guard: LeaseGuard, byMs: number, nowMs: number): Granted {
  const endsAtMs = leaseEndMs(run, guard);
  if (endsAtMs === undefined) return { kind: "no-lease" };
  const capAtMs = run.startedAtMs + guard.maxMs;
  const wanted = upTo(capAtMs, endsAtMs + byMs, nowMs);
  return wanted.kind === "over-cap"
    ? { kind: "over-cap", remainsMs: Math.max(0, capAtMs - endsAtMs) }
    : wanted;
}

function upTo(capAtMs: number, endsAtMs: number, nowMs: number): Granted {
  // An endless time is not allowed.
  return Number.isFinite(endsAtMs) && endsAtMs <= capAtMs
    ? { kind: "granted", endsAtMs }
    : { kind: "over-cap", remainsMs: Math.max(0, capAtMs - nowMs) };
}

/** The run with the lease and touch given to its pod since the run began, and none from before. */
export function withSaid(found: PodRun, book: GuardState["leaseBook"], nowMs: number): PodRun {
  const isVoid = found.lease !== undefined && !isOf(found, found.lease.givenAtMs);
  const run = isVoid ? { ...found, lease: undefined } : found;
  if (book === undefined || book === "unknown") return run;
  const leased = withLease(run, book, nowMs);
  const touchedAtMs = own(book.touchedAtMs, run.podId);
  if (touchedAtMs === undefined || !isOf(run, touchedAtMs)) return leased;
  // One from the future counts once, like any other.
  if (touchedAtMs === run.touchedAtMs) return leased;
  return { ...leased, touchedAtMs, ...notIdle(nowMs) };
}

function withLease(run: PodRun, book: LeaseBook, nowMs: number): PodRun {
  const launch = launchOf(run, book);
  const said = own(book.leases, run.podId);
  const lease = takenNow(said, run.lease, nowMs);
  const isTaken =
    said !== undefined &&
    lease !== undefined &&
    isOf(run, lease.givenAtMs) &&
    isNewer(lease, said.givenAtMs, run.lease, launch);
  const leased = isTaken ? { ...run, lease } : run;
  if (launch === undefined || !isOpenFor(launch, leased, said)) return leased;
  return { ...leased, lease: launchLease(launch, run, nowMs) };
}

/** Whether the lease of a launch takes the place of what the run has. One given by hand since then holds. */
function isOpenFor(launch: Launch, run: PodRun, said: Lease | undefined): boolean {
  const { lease } = run;
  if (lease !== undefined && isFrom(launch, lease)) return false;
  if (said !== undefined && said.givenAtMs >= launch.atMs && isOf(run, said.givenAtMs)) {
    return false;
  }
  if (lease === undefined) return true;
  return launch.atMs > Math.max(lease.givenAtMs, lease.saidAtMs ?? lease.givenAtMs);
}

/**
 * What a launch gives a run. It is older than the run, and counts as given when that was first seen: so it holds
 * though its container turns out to have booted later.
 */
function launchLease({ atMs, endsAtMs }: Launch, { firstSeenAtMs }: PodRun, nowMs: number): Lease {
  const isAhead = isLater(atMs, nowMs);
  return {
    endsAtMs: isAhead ? nowMs + endsAtMs - atMs : endsAtMs,
    givenAtMs: Math.max(isAhead ? nowMs : atMs, firstSeenAtMs),
    saidAtMs: atMs,
  };
}

/** Whether a lease is this launch's, by the clock of then or by ours. */
function isFrom({ atMs, endsAtMs }: Launch, lease: Lease): boolean {
  return lease.saidAtMs === atMs || lease.endsAtMs === endsAtMs;
}

/**
 * A lease as it is to be taken. One from the future was given by a clock that was ahead, and begins when
 * it is first read. Undefined: it is the one that the run has already.
 */
function takenNow(
  said: Lease | undefined,
  has: Lease | undefined,
  nowMs: number,
): Lease | undefined {
  if (said === undefined || said.givenAtMs === has?.saidAtMs) return undefined;
  if (!isLater(said.givenAtMs, nowMs)) return said;
  const { endsAtMs, givenAtMs } = said;
  return { endsAtMs: nowMs + endsAtMs - givenAtMs, givenAtMs: nowMs, saidAtMs: givenAtMs };
}

/** Whether a lease or touch given then is for this run. */
export function isOf(run: PodRun, saidAtMs: number): boolean {
  if (run.startFrom === "first-seen") return true;
  // It ran when it was first seen: a container that boots since then takes back nothing of what was said.
  if (saidAtMs >= run.firstSeenAtMs) return true;
  return isStartKnown(run) ? !isLater(run.startedAtMs, saidAtMs) : saidAtMs >= run.startedAtMs;
}

/** When the start of a run is unknown, a lease from before it was first seen may be for an earlier run. */
export function isLeaseKnown({ startFrom, firstSeenAtMs, lease }: PodRun): boolean {
  return startFrom !== "first-seen" || lease === undefined || lease.givenAtMs >= firstSeenAtMs;
}

/** What is said by hand after a launch is newer than its lease, whenever the run was first seen. */
function isNewer(
  lease: Lease,
  saidAtMs: number,
  than: Lease | undefined,
  launch: Launch | undefined,
): boolean {
  if (than === undefined || lease.givenAtMs >= than.givenAtMs) return true;
  return launch !== undefined && isFrom(launch, than) && saidAtMs >= launch.atMs;
}
