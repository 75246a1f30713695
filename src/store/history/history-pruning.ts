import { dayMs } from "#guard/model/time.ts";
import { isBefore, readRecord } from "./history-text.ts";
import { isBlank, type Piece, piecesIn } from "#store/files/lines.ts";
import { whoseFile } from "#store/owner.ts";
import type { IdentityOf } from "#store/lock/lock-text.ts";
import { rewriteLines } from "#store/files/rewrite-lines.ts";
import { withLock } from "#store/lock/with-lock.ts";

export interface PruneOptions {
  readonly nowMs: number;
  /** How long a record is kept. */
  readonly days: number;
  readonly identityOf: IdentityOf;
  /** How long it waits for others who write the history. */
  readonly patienceMs?: number;
  /** Ends it early; the file then stays as it is. */
  readonly signal: AbortSignal;
}

/**
 * Takes out of the history what is too old, once its first record is so by a day: until then it reads
 * no further than that. What others append meanwhile stays, and they wait for the last step only.
 * Throws what the disk throws then, and when others keep the file to themselves.
 */
export async function pruneHistory(path: string, options: PruneOptions): Promise<void> {
  const { nowMs, days, identityOf, patienceMs, signal } = options;
  const fromMs = nowMs - days * dayMs;
  // A file that cannot be read, or is not ours, is told of by whoever appends to it.
  const isDue = await isPruningDue(path, fromMs - dayMs, nowMs + dayMs).catch(() => false);
  if (!isDue) return;
  await rewriteLines(path, {
    holds: "history",
    keeps: keeperFrom(fromMs),
    alone: (work) => withLock(path, identityOf, work, { patienceMs }),
    signal,
  });
}

/** Not so when it is not known how long to keep it. */
async function isPruningDue(path: string, beforeMs: number, latestMs: number): Promise<boolean> {
  const whose = await whoseFile(path, "history");
  if (whose.kind !== "ours") return whose.kind === "ours-of-before";
  const firstMs = await firstTimeIn(path, latestMs);
  return firstMs !== undefined && firstMs < beforeMs;
}

/** Of the first record that is no later than a clock that was wrong would have it. */
async function firstTimeIn(path: string, latestMs: number): Promise<number | undefined> {
  for await (const piece of piecesIn(path)) {
    const atMs = timeOf(piece);
    if (atMs !== undefined && atMs <= latestMs) return atMs;
  }
  return undefined;
}

function keeperFrom(fromMs: number): (piece: Piece) => boolean {
  const isOld = isBefore(fromMs);
  return (piece) => {
    if (piece.kind !== "line" || isOld(piece.bytes) === false) return true;
    const atMs = timeOf(piece);
    // What we cannot read may be someone's.
    return atMs === undefined ? !isBlank(piece) : !(atMs < fromMs);
  };
}

function timeOf({ bytes, kind }: Piece): number | undefined {
  return kind === "line" ? readRecord(bytes.toString("utf8"))?.atMs : undefined;
}
