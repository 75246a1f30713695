import type { HistoryRecord } from "#guard/model/run.ts";
import type { GuardState, Input } from "#guard/model/state.ts";
import { asRecorded, recordedAt } from "#report/as-recorded.ts";
import { latestRecords } from "#report/history-latest.ts";

/** What happened last. */
export interface RecentEvents {
  readonly decided: (input: Input, state: GuardState) => void;
  /** From the file, which others write too. Rejects with what the disk throws. */
  readonly read: (path: string) => Promise<void>;
  /** The newest first. */
  readonly list: () => readonly HistoryRecord[];
}

export interface RecentEventsOptions {
  readonly nowMs: () => number;
  /** What it decides is written nowhere, so that it is kept here. */
  readonly isDryRun: () => boolean;
  /** Each that nobody was told of yet, once the file was read for the first time. */
  readonly onEvent: (record: HistoryRecord) => void;
}

const mostShown = 20;
const mostRead = 60;
/** So far back it is read: many pods that start at once hide nothing. */
const mostLookedAt = 600;
/** So many are known to have been told of. */
const mostTold = 1_000;

/**
 * The file tells what happened: a command may have written of an end what the guard then does not. Until
 * it has what the guard decided, and where it never will, the guard's own records stand beside it.
 */
export function createRecentEvents(options: RecentEventsOptions): RecentEvents {
  let written: readonly HistoryRecord[] = [];
  let unwritten: readonly HistoryRecord[] = [];
  let dry: readonly HistoryRecord[] = [];
  let isRead = false;
  const told = new Set<string>();

  function tell(records: readonly HistoryRecord[], isNews: boolean): void {
    for (const record of records) {
      if (told.has(record.id)) continue;
      told.add(record.id);
      if (isNews) options.onEvent(record);
    }
    for (const id of told) {
      if (told.size <= mostTold) break;
      told.delete(id);
    }
  }

  return {
    decided(input, { unrecorded }) {
      const nowMs = options.nowMs();
      if (input.kind === "recorded" && options.isDryRun()) {
        const ids = new Set(input.ids);
        dry = [...dry, ...unwritten.filter(({ id }) => ids.has(id))].slice(-mostShown);
      }
      // Of the others somebody may know better.
      const last = unrecorded.slice(-mostRead);
      unwritten = last.filter(({ notBeforeMs = 0 }) => notBeforeMs <= nowMs);
      tell(unwritten, isRead);
    },
    async read(path) {
      const records = await latestRecords(path, mostLookedAt);
      written = weightiest(records, mostShown);
      tell(records.slice(0, mostRead).toReversed(), isRead);
      isRead = true;
    },
    list() {
      const known = new Set(written.map(({ id }) => id));
      const own = [...dry, ...unwritten].filter(({ id }) => !known.has(id) && known.add(id));
      const others = written.toReversed();
      // Those of a dry run stand beside what another daemon writes, and come after nothing of it.
      const all = options.isDryRun() ? byTime(others, own) : [...others, ...own];
      return weightiest(asRecorded(all, recordedAt).toReversed(), mostShown);
    },
  };
}

/** Of two, each the oldest first: whichever is the older comes first, and neither changes its own order. */
function byTime(
  one: readonly HistoryRecord[],
  other: readonly HistoryRecord[],
): readonly HistoryRecord[] {
  const all: HistoryRecord[] = [];
  const left = [...other];
  for (const each of one) {
    while (left[0] !== undefined && left[0].atMs < each.atMs) all.push(...left.splice(0, 1));
    all.push(each);
  }
  return [...all, ...left];
}

/** Half of them at least are no mere starts, where there are so many: what was ended and why is not crowded out. */
function weightiest(newestFirst: readonly HistoryRecord[], most: number): readonly HistoryRecord[] {
  const told = newestFirst.filter(({ type }) => type !== "start").slice(0, most / 2);
  const room = most - told.length;
  const kept = new Set(told);
  for (const each of newestFirst.filter((one) => !kept.has(one)).slice(0, room)) kept.add(each);
  return newestFirst.filter((each) => kept.has(each));
}
