import { dayMs } from "#guard/model/time.ts";
import { wordsOf } from "#errors.ts";
import type { HistoryRecord } from "#guard/model/run.ts";
import type { Recorder } from "#ports.ts";
import { appendLines } from "./append-lines.ts";
import { readRecord, writeRecord } from "./history-text.ts";
import { endsInLine, piecesIn } from "./lines.ts";
import type { IdentityOf } from "./pid-lock.ts";
import { createOnceADay, isBlank, rewriteLines } from "./rewrite-lines.ts";
import { takeTurn } from "./with-lock.ts";

export interface HistoryFileOptions {
  readonly nowMs: () => number;
  /** How long a record is kept. */
  readonly days: () => number;
  readonly identityOf: IdentityOf;
  /** How long it waits for others who write the history. */
  readonly patienceMs?: number;
  /** Told what went wrong though the records are safe. */
  readonly onTrouble: (because: string) => void;
}

export interface History {
  /** In the order of the file: a record may have waited while later ones were written. */
  readonly records: readonly HistoryRecord[];
  /** Lines that are no records. One that is being written is not among them. */
  readonly unreadable: number;
}

export interface HistoryFile extends Recorder {
  read(sinceMs: number): Promise<History>;
}

/** Some hundred records beside as many as are to be written: what may be there already is young. */
const tailBytes = 128 * 1_024;

export function createHistoryFile(path: string, options: HistoryFileOptions): HistoryFile {
  const { nowMs, days, identityOf, patienceMs, onTrouble } = options;
  const isPruningDue = createOnceADay(nowMs);

  async function prune(): Promise<void> {
    const fromMs = nowMs() - days() * dayMs;
    await rewriteLines(path, () => (piece) => {
      const record = piece.kind === "line" ? readRecord(piece.bytes.toString("utf8")) : undefined;
      // What we cannot read may be someone's.
      return record === undefined ? !isBlank(piece) : !(record.atMs < fromMs);
    });
  }

  return {
    async append(records) {
      if (records.length === 0) return;
      // Without it a record may be there twice; that is better than not at all.
      let notHeld = "";
      const hold = await takeTurn(path, identityOf, { patienceMs }).catch((error: unknown) => {
        notHeld = wordsOf(error);
      });
      try {
        const bytes = records.reduce((sum, record) => sum + writeRecord(record).length, 0);
        await appendLines(path, {
          tailBytes: tailBytes + bytes,
          isDurable: true,
          linesAfter: (tail) => missing(records, tail).map(writeRecord),
        });
        // The records are safe by now: what else is wrong is told, and makes no one write them again.
        if (hold === undefined) onTrouble(`written without its lock: ${notHeld}`);
        else if (isPruningDue()) {
          await prune().catch((error: unknown) => {
            onTrouble(`old records stay until tomorrow: ${wordsOf(error)}`);
          });
        }
      } finally {
        if (hold !== undefined) await hold.release();
      }
    },

    read: (sinceMs) => readHistory(path, sinceMs),
  };
}

/** A file that is not there is an empty history. Throws when it is there and cannot be read. */
export async function readHistory(path: string, sinceMs: number): Promise<History> {
  const records: HistoryRecord[] = [];
  let unreadable = 0;
  for await (const piece of piecesIn(path)) {
    if (piece.kind === "more-of-long" || isBlank(piece)) continue;
    const record = piece.kind === "line" ? readRecord(piece.bytes.toString("utf8")) : undefined;
    if (record !== undefined) {
      if (record.atMs >= sinceMs) records.push(record);
    } else if (piece.kind === "first-of-long" || endsInLine(piece.bytes)) {
      unreadable += 1;
    }
  }
  return { records, unreadable };
}

/** Those that the end of the history does not have: see `Recorder`. */
function missing(
  records: readonly HistoryRecord[],
  tail: readonly string[],
): readonly HistoryRecord[] {
  const known = tail.flatMap((line) => readRecord(line) ?? []);
  const ids = new Set(known.map(({ id }) => id));
  const added: HistoryRecord[] = [];
  for (const record of records) {
    if (ids.has(record.id) || known.some((old) => hasEnded(old, record))) continue;
    ids.add(record.id);
    known.push(record);
    added.push(record);
  }
  return added;
}

/** Whether `old` is the end of the very run that `record` says has ended. */
function hasEnded(old: HistoryRecord, { ranAtMs, run }: HistoryRecord): boolean {
  if (ranAtMs === undefined || run === undefined) return false;
  const isEnd = old.type === "stop" || old.type === "termination";
  return isEnd && old.run?.podId === run.podId && old.atMs >= ranAtMs;
}
