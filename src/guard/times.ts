import type { Effect } from "#guard/model/effect.ts";
import type { PodRun } from "#guard/model/run.ts";
import type { Shown } from "#guard/model/source.ts";
import type { GuardState, Unseen } from "#guard/model/state.ts";

/** What is done to a moment by our own clock. What RunPod or people said is by theirs, and stays. */
interface Change {
  /** To one that is over. */
  readonly past: (ms: number) => number;
  /** To one that may be still to come. */
  readonly due: (ms: number) => number;
}

/** The clock was set: every deadline stays as far away as it was. */
export function shifted(state: GuardState, byMs: number): GuardState {
  const shift = (ms: number): number => ms + byMs;
  return withTimes(state, { past: shift, due: shift });
}

/** A new process, by a clock that was ahead before: nothing has happened in the future. */
export function upToNow(state: GuardState, nowMs: number): GuardState {
  return withTimes(state, { past: (ms) => Math.min(ms, nowMs), due: (ms) => ms });
}

type Times = Readonly<Record<string, number | undefined>>;

/** A key that is added has to be given its place here. */
type Changes<Of> = {
  readonly [Key in keyof Required<Of>]: ((value: Of[Key]) => Of[Key]) | "stays";
};

function withTimes(state: GuardState, { past, due }: Change): GuardState {
  const ago = (ms: number | undefined) => (ms === undefined ? ms : past(ms));
  const all = <Each extends Times>(times: Each, change = past): Each =>
    Object.fromEntries(
      Object.entries(times).flatMap(([key, ms]) => (ms === undefined ? [] : [[key, change(ms)]])),
    ) as Each;
  const unseen = (each: Unseen | undefined): Unseen | undefined =>
    each && {
      ...each,
      sinceMs: past(each.sinceMs),
      toldAtMs: ago(each.toldAtMs),
      ...(each.triedSinceMs !== undefined && { triedSinceMs: past(each.triedSinceMs) }),
    };
  const shown = (last: Shown): Shown => ({
    ...last,
    atMs: past(last.atMs),
    listedAtMs: ago(last.listedAtMs),
  });
  const ofRun: Changes<PodRun> = {
    podId: "stays",
    name: "stays",
    isCluster: "stays",
    costPerHrUsd: "stays",
    gpuType: "stays",
    region: "stays",
    firstSeenAtMs: past,
    namedAtMs: "stays",
    startedAtMs: past,
    startFrom: "stays",
    isSaved: "stays",
    disputedMs: "stays",
    lastStartedAtMs: "stays",
    notRunningAtMs: ago,
    isStarting: "stays",
    runsSinceMs: ago,
    stoppedAtMs: ago,
    unsureSinceMs: ago,
    isRecorded: "stays",
    idleMs: "stays",
    idleAtMs: ago,
    idleSeenAtMs: ago,
    lostIdleMs: "stays",
    notIdleAtMs: ago,
    probeFault: "stays",
    takenAtMs: "stays",
    loadKnownAtMs: ago,
    counters: "stays",
    lease: (lease) =>
      lease && {
        endsAtMs: due(lease.endsAtMs),
        givenAtMs: past(lease.givenAtMs),
        saidAtMs: lease.saidAtMs ?? lease.givenAtMs,
      },
    touchedAtMs: "stays",
    warnedAtMs: all,
    warnedOfMs: (times) => times && all(times, due),
    warnedActions: "stays",
    warnedNames: "stays",
    actedAtMs: all,
  };
  const changed = (run: PodRun): PodRun => {
    const moved = apply(ofRun, run);
    const isMoved = moved.firstSeenAtMs !== run.firstSeenAtMs;
    const next = isMoved ? { ...moved, namedAtMs: run.namedAtMs ?? run.firstSeenAtMs } : moved;
    // It is by RunPod's clock.
    return run.startFrom === "last-started" ? { ...next, startedAtMs: run.startedAtMs } : next;
  };
  const ofState: Changes<GuardState> = {
    fired: "stays",
    owed: (owed) =>
      owed.map((each): Effect => {
        const moved = { ...each, notBeforeMs: due(each.notBeforeMs) };
        if (moved.kind === "notify") return { ...moved, atMs: ago(moved.atMs) };
        return moved.kind === "end-run" && moved.putOffUntilMs !== undefined
          ? { ...moved, putOffUntilMs: due(moved.putOffUntilMs) }
          : moved;
      }),
    trippedAtMs: all,
    blind: unseen,
    podsBlind: unseen,
    zeroSinceMs: ago,
    unconfirmed: (each) =>
      each.map((one) => ({ ...one, endedAtMs: past(one.endedAtMs), toldAtMs: ago(one.toldAtMs) })),
    kept: "stays",
    saidAtMs: all,
    troubles: (troubles) =>
      troubles &&
      Object.fromEntries(
        Object.entries(troubles).map(([what, since]) => [
          what,
          { ...since, sinceMs: past(since.sinceMs) },
        ]),
      ),
    inForce: (inForce) => inForce && { ...inForce, sinceMs: past(inForce.sinceMs) },
    runs: (runs) => byId(runs, changed),
    lookedAtMs: ago,
    podsSeenAtMs: ago,
    podsKnownAtMs: ago,
    emptySinceMs: ago,
    audited: (found) => found && { ...found, atMs: past(found.atMs) },
    source: (source) => source && { ...source, sinceMs: past(source.sinceMs) },
    crossing: (crossing) =>
      crossing && {
        ...crossing,
        before: crossing.before && shown(crossing.before),
        rise: crossing.rise && {
          ...crossing.rise,
          atMs: past(crossing.rise.atMs),
          sinceMs: ago(crossing.rise.sinceMs),
        },
        listedAtMs: ago(crossing.listedAtMs),
        awaited: byId(crossing.awaited, (pod) => ({ ...pod, sinceMs: ago(pod.sinceMs) })),
        disputed: byId(crossing.disputed, (pod) => ({
          ...pod,
          seenAtMs: past(pod.seenAtMs),
          toldAtMs: ago(pod.toldAtMs),
        })),
      },
    shown: (last) => last && shown(last),
    unseenBy: (since) =>
      since && { ...since, sinceMs: past(since.sinceMs), countedAtMs: ago(since.countedAtMs) },
    rehearsal: (last) => last && { ...last, atMs: past(last.atMs), toldAtMs: ago(last.toldAtMs) },
    postpaidSinceMs: ago,
    unmeasured: unseen,
    guardEndsAtMs: (times) => times.map(past),
    // The history keeps what the clock said then.
    unrecorded: "stays",
    recordCount: "stays",
    lostNotices: (lost) => lost.map((each) => ({ ...each, atMs: past(each.atMs) })),
    openIncidents: (open) => open?.map((each) => ({ ...each, atMs: past(each.atMs) })),
    tookBackId: "stays",
    briefedDay: "stays",
    accounted: (each) =>
      each && {
        ...each,
        atMs: past(each.atMs),
        dueFromMs: past(each.dueFromMs),
        fellAtMs: past(each.fellAtMs),
        doubted: each.doubted && { ...each.doubted, atMs: past(each.doubted.atMs) },
        toppedUp: each.toppedUp && { ...each.toppedUp, atMs: past(each.toppedUp.atMs) },
        gap: each.gap && {
          ...each.gap,
          fromMs: past(each.gap.fromMs),
          toMs: past(each.gap.toMs),
        },
      },
    // Its bounds are the calendar's.
    budgets: (budgets) =>
      budgets &&
      byId(budgets, (periods) =>
        periods.map((each) => ({
          ...each,
          sinceMs: past(each.sinceMs),
          nearAtMs: ago(each.nearAtMs),
          trippedAtMs: ago(each.trippedAtMs),
          unfrozenAtMs: ago(each.unfrozenAtMs),
          overAtMs: ago(each.overAtMs),
        })),
      ),
    // A start that RunPod tells is by its own clock: nothing before what is counted is counted any more.
    podsCounted: (counted) =>
      counted &&
      byId(counted, (spans) =>
        spans.map((each) => ({
          ...each,
          beforeMs: past(each.fromMs) === each.fromMs ? each.beforeMs : past(each.fromMs),
          fromMs: past(each.fromMs),
          toMs: past(each.toMs),
        })),
      ),
    // Its moments are the calendar's.
    scheduled: (scheduled) =>
      scheduled &&
      byId(scheduled, (each) => ({
        ...each,
        sinceMs: past(each.sinceMs),
        openedAtMs: ago(each.openedAtMs),
      })),
    stoppedPods: (pods) =>
      pods &&
      byId(pods, (pod) => ({
        ...pod,
        sinceMs: past(pod.sinceMs),
        watchedSinceMs: ago(pod.watchedSinceMs),
        unsureSinceMs: ago(pod.unsureSinceMs),
        warnedAtMs: ago(pod.warnedAtMs),
        toldAtMs: ago(pod.toldAtMs),
      })),
    reminded: (told) =>
      told &&
      byId(told, (each) => ({
        ...each,
        firstAtMs: past(each.firstAtMs),
        lastAtMs: past(each.lastAtMs),
        ...(each.onItAtMs !== undefined && { onItAtMs: past(each.onItAtMs) }),
      })),
    estimatedAtMs: (times) => times && all(times),
    hoursCrossed: (crossed) =>
      crossed &&
      byId(crossed, (each) => ({
        ...each,
        aboveAtMs: ago(each.aboveAtMs),
        belowSinceMs: ago(each.belowSinceMs),
      })),
    charges: (last) => last && { ...last, afterMs: past(last.afterMs), byMs: past(last.byMs) },
    falls: (falls) =>
      falls && {
        ...falls,
        sinceMs: past(falls.sinceMs),
        atMs: past(falls.atMs),
        points: falls.points.map((each) => ({
          ...each,
          atMs: past(each.atMs),
          sinceMs: past(each.sinceMs),
        })),
        rates: falls.rates.map((each) => ({ ...each, untilMs: past(each.untilMs) })),
      },
    moments: "stays",
    rulesSaid: "stays",
    leaseBook: "stays",
    lastSeen: (look) => look && { ...look, atMs: past(look.atMs) },
  };
  return apply(ofState, state);
}

function apply<Of extends object>(changes: Changes<Of>, to: Of): Of {
  const next = { ...to };
  for (const key of Object.keys(to) as (keyof Of)[]) {
    const change = changes[key];
    if (change !== undefined && change !== "stays") next[key] = change(to[key]);
  }
  return next;
}

/** By pod id. No prototype: a pod's id may be `__proto__`. */
function byId<Of>(
  rows: Readonly<Record<string, Of>>,
  change: (one: Of) => Of,
): Readonly<Record<string, Of>> {
  const next = Object.create(null) as Record<string, Of>;
  for (const [id, one] of Object.entries(rows)) next[id] = change(one);
  return next;
}
