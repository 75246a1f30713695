import { wordsOf } from "#errors.ts";
import type { HistoryRecord } from "#guard/model/run.ts";
import type { Recorder } from "#ports.ts";
import { appendLines } from "#store/files/append-lines.ts";
import { readRecord, writeRecord } from "./history-text.ts";
import type { IdentityOf } from "#store/lock/lock-text.ts";
import { takeTurn } from "#store/lock/with-lock.ts";

export interface HistoryFileOptions {
  readonly identityOf: IdentityOf;
  /** How long it waits for others who write the history. */
  readonly patienceMs?: number;
  /** Told what went wrong though the records are safe. */
  readonly onTrouble: (because: string) => void;
}

/** Some hundred records beside as many as are to be written: what may be there already is young. */
const tailBytes = 128 * 1_024;

/** Reads no more than the end of the file, however long that is. */
export function createHistoryFile(path: string, options: HistoryFileOptions): Recorder {
  const { identityOf, patienceMs, onTrouble } = options;
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
          holds: "history",
          tailBytes: tailBytes + bytes,
          isDurable: true,
          linesAfter: (tail) => missing(records, tail).map(writeRecord),
        });
        // The records are safe by now: what else is wrong is told, and makes no one write them again.
        if (hold === undefined) onTrouble(`written without its lock: ${notHeld}`);
      } finally {
        if (hold !== undefined) await hold.release();
      }
    },
  };
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
