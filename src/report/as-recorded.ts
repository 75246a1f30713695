import type { HistoryRecord } from "#guard/model/run.ts";
import { minuteMs } from "#guard/model/time.ts";

/** A record may be held back so long, for whoever knows better of an end to tell it first. */
const heldBackMs = 5 * minuteMs;

/** What is known of when something was recorded. */
export interface Recorded {
  readonly atMs: number;
  /** Which of the guard's own it is, counted as they were decided; undefined: not known, or no such. */
  readonly nth?: number | undefined;
}

/**
 * In the order in which it happened, the oldest first: what was held back for a while goes to where its time
 * puts it, and all else stays as it was recorded. Time alone does not tell: where the clock was set back,
 * what happened before that has the later times.
 */
export function asRecorded<Each>(
  oldestFirst: Iterable<Each>,
  recorded: (each: Each) => Recorded,
): Each[] {
  const all: Each[] = [];
  for (const each of oldestFirst) {
    const its = recorded(each);
    let place = all.length;
    for (let before = all[place - 1]; before !== undefined; before = all[place - 1]) {
      if (!wasHeldBack(its, recorded(before))) break;
      place -= 1;
    }
    if (place === all.length) all.push(each);
    else all.splice(place, 0, each);
  }
  return all;
}

/** `one` was recorded after `other`, and happened before it. */
function wasHeldBack(one: Recorded, other: Recorded): boolean {
  const byMs = other.atMs - one.atMs;
  if (byMs <= 0 || byMs > heldBackMs) return false;
  return one.nth === undefined || other.nth === undefined || one.nth < other.nth;
}

const ownId = /^-?\d+(?:\.\d+)?\.(\d+)$/;

/** The guard's ids have it. */
export function recordedAt({ id, atMs }: Pick<HistoryRecord, "id" | "atMs">): Recorded {
  const nth = ownId.exec(id)?.[1];
  return nth === undefined ? { atMs } : { atMs, nth: Number(nth) };
}
