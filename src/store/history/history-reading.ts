import type { FileHandle } from "node:fs/promises";
import { type HistoryRecord, mostUnrecorded } from "#guard/model/run.ts";
import { isBefore, readRecord, timeIn } from "./history-text.ts";
import { endsInLine, isBlank, newline } from "#store/files/lines.ts";
import { type LineAt, linesBack, readAt } from "./lines-back.ts";
import { openToRead } from "#store/files/open-file.ts";
import { isOwnerLine } from "#store/owner.ts";

export interface History {
  /** In the order of the file: a record may have waited while later ones were written. */
  readonly records: readonly HistoryRecord[];
  /** Lines that are no records. One that is being written is not among them. */
  readonly unreadable: number;
}

/** Where the line of a record begins, and the record's time. */
interface Place {
  readonly at: number;
  readonly atMs: number;
}

interface HistoryPart {
  /** The last written first. What begins as a line of ours may still turn out to be none. */
  readonly places: readonly Place[];
  /** Lines that are no records for sure. */
  readonly unreadable: number;
}

/**
 * The history as its file was when it was opened: what is appended, or put in its place, is for the
 * next one who opens it. All throw what the disk throws.
 */
export interface OpenHistory {
  /**
   * Where the records from `sinceMs` on are, the last written first, some at a time. Reads no further
   * than it must, but for a bounded stretch.
   */
  back(sinceMs: number): AsyncGenerator<HistoryPart>;
  /** The records whose lines begin there, in the order asked; nothing for a line that is none. */
  at(places: readonly number[]): Promise<readonly (HistoryRecord | undefined)[]>;
  close(): Promise<void>;
}

/**
 * After so many older records in a row, the last written first, all before them are older as well.
 * For a record stands in the file where it was written, at or after its time, never before it; and of
 * those that were made before any one moment at most `mostUnrecorded` are written after it, with a few
 * that commands were about to write. One more was written before that moment, and so was all that
 * stands before it. As they are counted in a row, a clock that was set back hides nothing either,
 * unless it went on for as many records.
 */
export const mostOlderInARow = mostUnrecorded + 1_000;

/** A file that is not there is an empty history. */
export async function openHistory(path: string): Promise<OpenHistory> {
  const file = await openToRead(path);
  if (file === undefined) return nothing;
  return {
    back: (sinceMs) => partsBack(file, sinceMs),
    at: createPlaceReader(file),
    close: () => file.close(),
  };
}

const nothing: OpenHistory = {
  async *back() {},
  at: () => Promise.resolve([]),
  close: () => Promise.resolve(),
};

/** All from `sinceMs` on at once. Throws what the disk throws. */
export async function readHistory(path: string, sinceMs: number): Promise<History> {
  const history = await openHistory(path);
  try {
    const places: number[] = [];
    let unreadable = 0;
    for await (const part of history.back(sinceMs)) {
      for (const { at } of part.places) places.push(at);
      unreadable += part.unreadable;
    }
    const found = await history.at(places.toReversed());
    const records = found.filter((record) => record !== undefined);
    return { records, unreadable: unreadable + found.length - records.length };
  } finally {
    await history.close();
  }
}

async function* partsBack(file: FileHandle, sinceMs: number): AsyncGenerator<HistoryPart> {
  const find = finderSince(sinceMs);
  let olderInARow = 0;
  for await (const lines of linesBack(file)) {
    const places: Place[] = [];
    let unreadable = 0;
    for (const line of lines) {
      const found = find(line);
      if (found === "unreadable") unreadable += 1;
      else if (found === "older") olderInARow += 1;
      else if (found !== "nothing") {
        places.push({ at: line.at, atMs: found });
        olderInARow = 0;
      }
      if (olderInARow > mostOlderInARow) break;
    }
    yield { places, unreadable };
    if (olderInARow > mostOlderInARow) return;
  }
}

/** What a line is: the time of what is asked for, or why it is not. */
type Found = number | "older" | "unreadable" | "nothing";

function finderSince(sinceMs: number): (line: LineAt) => Found {
  const isOlder = isBefore(sinceMs);
  return ({ bytes, kind }) => {
    if (kind === "long") return "unreadable";
    const isWhole = endsInLine(bytes);
    if (isOlder(bytes) === true) return "older";
    const atMs = (isWhole ? timeIn(bytes) : undefined) ?? readRecord(bytes.toString("utf8"))?.atMs;
    if (atMs !== undefined) return atMs >= sinceMs ? atMs : "older";
    // A line without its end is being written, or was cut short by a crash.
    return isWhole && !isBlank({ bytes, kind }) && !isOwnerLine(bytes) ? "unreadable" : "nothing";
  };
}

const windowBytes = 256 * 1_024;

/** Reads from the first place to the last, in whatever order they are asked for. */
function createPlaceReader(file: FileHandle): OpenHistory["at"] {
  const buffer = Buffer.alloc(windowBytes);
  let window = buffer.subarray(0, 0);
  let from = 0;

  async function look(at: number): Promise<void> {
    from = at;
    window = buffer.subarray(0, await readAt(file, buffer, at));
  }

  return async (places) => {
    const found: (HistoryRecord | undefined)[] = places.map(() => undefined);
    const ascending = [...places.keys()].sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0));
    for (const n of ascending) {
      const at = places[n] ?? 0;
      if (at < from || window.indexOf(newline, at - from) === -1) await look(at);
      const end = window.indexOf(newline, at - from);
      const text = window.toString("utf8", at - from, end === -1 ? undefined : end);
      found[n] = readRecord(text);
    }
    return found;
  };
}
