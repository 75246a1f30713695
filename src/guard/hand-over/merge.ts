import type { Effect } from "#guard/model/effect.ts";
import type { PodRun } from "#guard/model/run.ts";
import type { Scheduled } from "#guard/model/schedules.ts";
import type { BudgetPeriod, PodSpan, Reminded } from "#guard/model/spend.ts";
import type { GuardState } from "#guard/model/state.ts";
import { byKey, byKeyOrNone, type Merge, ours, rows, threeWay } from "./three-way.ts";

/**
 * One state of two guards that both went on from `base`: what one of them has told, ended, counted or forgotten
 * since is not told, ended or counted again. Where both have changed the same thing, the more careful word
 * holds: a line that is crossed stays crossed, a spend is the greater one.
 */
export function merged(mine: GuardState, base: GuardState, theirs: GuardState): GuardState {
  const states = { mine, base, theirs };
  return Object.fromEntries(
    Object.keys(ofSlice).flatMap((key) => {
      const value = mergedSlice(key as keyof GuardState, states);
      return value === undefined ? [] : [[key, value] as const];
    }),
  ) as unknown as GuardState;
}

function mergedSlice<Key extends keyof GuardState>(
  key: Key,
  { mine, base, theirs }: Readonly<Record<"mine" | "base" | "theirs", GuardState>>,
): GuardState[Key] {
  const merge: Merge<GuardState[Key]> = ofSlice[key];
  return merge(mine[key], base[key], theirs[key]);
}

/** What is of this process alone. */
const mineOnly = <Value>(mine: Value): Value => mine;

const earlier = threeWay(joined(Math.min));
const later = threeWay(joined(Math.max));

const ofSlice: { readonly [Key in keyof Required<GuardState>]: Merge<GuardState[Key]> } = {
  fired: byKey(threeWay((mine, theirs) => mine === true || theirs === true)),
  owed: rows(
    ({ id }) => id,
    threeWay((mine, theirs, base) => (isSettled(theirs, base) ? undefined : mine)),
  ),
  trippedAtMs: byKey(earlier),
  blind: ours(),
  podsBlind: ours(),
  unmeasured: ours(),
  zeroSinceMs: earlier,
  unconfirmed: rows(({ podId }) => podId),
  kept: byKey(ours()),
  guardEndsAtMs: (mine, base, theirs) => union(mine, base, theirs),
  unrecorded: rows(({ id }) => id),
  recordCount: (mine, _base, theirs) => Math.max(mine, theirs),
  lostNotices: rows((lost) => JSON.stringify(lost)),
  openIncidents: (mine, base, theirs) =>
    mine === undefined && theirs === undefined
      ? undefined
      : openRows(mine ?? [], base ?? [], theirs ?? []),
  tookBackId: mineOnly,
  briefedDay: threeWay((mine, theirs) => ((mine ?? "") > (theirs ?? "") ? mine : theirs)),
  accounted: threeWay((mine, theirs) =>
    (mine?.atMs ?? -Infinity) >= (theirs?.atMs ?? -Infinity) ? mine : theirs,
  ),
  budgets: byKeyOrNone(
    threeWay((mine, theirs, base) => periods(mine ?? [], base ?? [], theirs ?? [])),
  ),
  podsCounted: byKeyOrNone(
    threeWay((mine, theirs) => (countedToMs(mine) >= countedToMs(theirs) ? mine : theirs)),
  ),
  scheduled: byKeyOrNone(scheduledMerge),
  stoppedPods: byKeyOrNone(ours()),
  reminded: byKeyOrNone(threeWay(remindedBoth)),
  hoursCrossed: byKeyOrNone(ours()),
  estimatedAtMs: byKeyOrNone(earlier),
  postpaidSinceMs: earlier,
  falls: ours(),
  saidAtMs: byKey(later),
  // Of the machine that they were found on.
  troubles: mineOnly,
  inForce: mineOnly,
  runs: byKey(threeWay(runBoth)),
  // Of who is asked from here: another may be from elsewhere.
  source: mineOnly,
  crossing: mineOnly,
  shown: mineOnly,
  unseenBy: mineOnly,
  rehearsal: mineOnly,
  // Seen from there, the account was seen: no run that was followed all along is unsure.
  lookedAtMs: ours(),
  podsSeenAtMs: ours(),
  podsKnownAtMs: ours(),
  emptySinceMs: ours(),
  audited: ours(),
  charges: mineOnly,
  moments: mineOnly,
  leaseBook: mineOnly,
  lastSeen: mineOnly,
  rulesSaid: mineOnly,
};

function openRows(
  ...states: Parameters<Merge<NonNullable<GuardState["openIncidents"]>>>
): NonNullable<GuardState["openIncidents"]> {
  return rows<(typeof states)[0][number]>(({ incident, way }) => JSON.stringify([incident, way]))(
    ...states,
  );
}

/** As it was told last; who said last to be on it has said so of both. */
function remindedBoth(
  mine: Reminded | undefined,
  theirs: Reminded | undefined,
): Reminded | undefined {
  if (mine === undefined || theirs === undefined) return mine ?? theirs;
  const last = mine.lastAtMs >= theirs.lastAtMs ? mine : theirs;
  const onItAtMs = joined(Math.max)(mine.onItAtMs, theirs.onItAtMs);
  return onItAtMs === undefined ? last : { ...last, onItAtMs };
}

function joined(choose: (one: number, other: number) => number) {
  return (mine: number | undefined, theirs: number | undefined): number | undefined =>
    mine === undefined || theirs === undefined ? (mine ?? theirs) : choose(mine, theirs);
}

/** All that either has seen since, and what both had: a proven end counts once. */
function union(
  mine: readonly number[],
  base: readonly number[],
  theirs: readonly number[],
): readonly number[] {
  const had = new Set(base);
  const found = theirs.filter((atMs) => !had.has(atMs) && !mine.includes(atMs));
  return found.length === 0 ? mine : [...mine, ...found].sort((a, b) => a - b);
}

function periods(
  mine: readonly BudgetPeriod[],
  base: readonly BudgetPeriod[],
  theirs: readonly BudgetPeriod[],
): readonly BudgetPeriod[] {
  const merge = rows<BudgetPeriod>(({ fromMs }) => String(fromMs), threeWay(periodBoth));
  return [...merge(mine, base, theirs)].sort((a, b) => a.fromMs - b.fromMs);
}

function periodBoth(mine: BudgetPeriod | undefined, theirs: BudgetPeriod | undefined) {
  if (mine === undefined || theirs === undefined) return mine ?? theirs;
  const more = mine.spentUsd >= theirs.spentUsd ? mine : theirs;
  const first = joined(Math.min);
  return {
    ...more,
    sinceMs: Math.min(mine.sinceMs, theirs.sinceMs),
    toppedUpUsd: joined(Math.max)(mine.toppedUpUsd, theirs.toppedUpUsd),
    nearAtMs: first(mine.nearAtMs, theirs.nearAtMs),
    trippedAtMs: first(mine.trippedAtMs, theirs.trippedAtMs),
    unfrozenAtMs: joined(Math.max)(mine.unfrozenAtMs, theirs.unfrozenAtMs),
    overAtMs: first(mine.overAtMs, theirs.overAtMs),
  };
}

function countedToMs(spans: readonly PodSpan[] | undefined): number {
  return Math.max(-Infinity, ...(spans ?? []).map(({ toMs }) => toMs));
}

/** Where it was followed there by another rule, as one that only tells, nothing was dealt with. */
function scheduledMerge(
  mine: Scheduled | undefined,
  base: Scheduled | undefined,
  theirs: Scheduled | undefined,
): Scheduled | undefined {
  if (mine !== undefined && theirs !== undefined && mine.rule !== theirs.rule) return mine;
  return threeWay(scheduledBoth)(mine, base, theirs);
}

/** A moment that either has dealt with is none again, and whom either holds is held. */
function scheduledBoth(mine: Scheduled | undefined, theirs: Scheduled | undefined) {
  if (mine === undefined || theirs === undefined) return mine ?? theirs;
  const dealtMs = [...new Set([...mine.dealtMs, ...theirs.dealtMs])].sort((a, b) => a - b);
  return { ...mine, dealtMs, due: { ...theirs.due, ...mine.due } };
}

/** What is still due without it comes to be owed again at the next look. */
function isSettled(theirs: Effect | undefined, base: Effect | undefined): boolean {
  return theirs === undefined && base !== undefined;
}

/** Where one side goes on with the run of before, the other knows better: it has ended, or begun anew. */
function runBoth(
  mine: PodRun | undefined,
  theirs: PodRun | undefined,
  base: PodRun | undefined,
): PodRun | undefined {
  if (mine?.firstSeenAtMs !== theirs?.firstSeenAtMs) {
    return mine?.firstSeenAtMs === base?.firstSeenAtMs ? theirs : mine;
  }
  return mine && theirs && toldOnBoth(mine, theirs);
}

/** The same run on both sides: what people were told of it on either, they were told. */
function toldOnBoth(mine: PodRun, theirs: PodRun): PodRun {
  // Who has seen it run since it was pending knows when it started.
  const isKnownThere = mine.isStarting === true && theirs.isStarting !== true;
  return {
    ...(isKnownThere ? theirs : mine),
    warnedAtMs: { ...theirs.warnedAtMs, ...mine.warnedAtMs },
    warnedOfMs: { ...theirs.warnedOfMs, ...mine.warnedOfMs },
    warnedActions: { ...theirs.warnedActions, ...mine.warnedActions },
    warnedNames: { ...theirs.warnedNames, ...mine.warnedNames },
    actedAtMs: { ...theirs.actedAtMs, ...mine.actedAtMs },
  };
}
