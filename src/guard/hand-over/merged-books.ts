import type { Launch } from "#guard/model/launch.ts";
import type { Lease, LeaseBook } from "#guard/model/run.ts";

type Times = Readonly<Record<string, number>>;

/**
 * What people have said to either of two guards: the later end of a lease holds, and the later touch. A launch
 * that both know is one, and what either knows of its pod holds.
 */
export function mergedBooks(mine: LeaseBook, theirs: LeaseBook): LeaseBook {
  const { endedAtMs, skippedMs, unfrozenAtMs, launches } = mine;
  return {
    leases: mergedBy(mine.leases, theirs.leases, laterLease),
    touchedAtMs: mergedBy(mine.touchedAtMs, theirs.touchedAtMs, Math.max),
    ...times("endedAtMs", endedAtMs, theirs.endedAtMs),
    ...times("skippedMs", skippedMs, theirs.skippedMs),
    ...times("unfrozenAtMs", unfrozenAtMs, theirs.unfrozenAtMs),
    ...((launches ?? theirs.launches) && {
      launches: mergedBy(launches ?? {}, theirs.launches ?? {}, sameLaunch),
    }),
  };
}

function times<Key extends "endedAtMs" | "skippedMs" | "unfrozenAtMs">(
  key: Key,
  mine: Times | undefined,
  theirs: Times | undefined,
): Partial<Record<Key, Times>> {
  if (mine === undefined && theirs === undefined) return {};
  const both = mergedBy(mine ?? {}, theirs ?? {}, Math.max);
  return { [key]: both } as Partial<Record<Key, Times>>;
}

function sameLaunch(mine: Launch, theirs: Launch): Launch {
  const podId = mine.podId ?? theirs.podId;
  const failedAtMs = mine.failedAtMs ?? theirs.failedAtMs;
  return {
    ...mine,
    ...(podId !== undefined && { podId }),
    ...(failedAtMs !== undefined && { failedAtMs }),
  };
}

/** It counts as given when the later of both was: else a run that has that one would not take it. */
function laterLease(one: Lease, other: Lease): Lease {
  const later = other.endsAtMs > one.endsAtMs ? other : one;
  return { ...later, givenAtMs: Math.max(one.givenAtMs, other.givenAtMs) };
}

function mergedBy<Value>(
  mine: Readonly<Record<string, Value>>,
  theirs: Readonly<Record<string, Value>>,
  join: (one: Value, other: Value) => Value,
): Readonly<Record<string, Value>> {
  const both = new Map(Object.entries(mine));
  for (const [id, value] of Object.entries(theirs)) {
    const here = both.get(id);
    both.set(id, here === undefined ? value : join(here, value));
  }
  return Object.fromEntries(both);
}
