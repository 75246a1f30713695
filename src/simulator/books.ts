const msPerHour = 3_600_000;

interface Entry {
  readonly atMs: number;
  readonly balanceUsd: number;
  readonly spentUsd: number;
}

export interface BooksOptions {
  readonly balanceUsd: number;
  readonly nowMs: () => number;
  readonly burnPerHrUsd: () => number;
  /** Whether what burns is ended when the money is gone. */
  readonly endsAtZero: () => boolean;
  /** Ends it; the entry is that of the instant of the crossing. */
  readonly end: (atMs: number) => void;
}

export interface Books {
  /** Now, after the $0 rule at the instant of the crossing, however long ago that was. */
  now(): Entry;
  /** Brings the books up to now; whatever changes the burn comes after it, and before any other reading. */
  settle(): Entry;
  /** As of the last time that they were settled. */
  settled(): Entry;
  /** Settles first. */
  change(to: (balanceUsd: number) => number): void;
}

/**
 * The money. The entry is that of the last change: reading computes from there and moves nothing, so
 * that reading often and reading once give the same cents.
 */
export function createBooks({ nowMs, burnPerHrUsd, ...options }: BooksOptions): Books {
  let entry: Entry = { atMs: nowMs(), balanceUsd: options.balanceUsd, spentUsd: 0 };

  function at(atMs: number): Entry {
    const drained = (burnPerHrUsd() * (atMs - entry.atMs)) / msPerHour;
    return { atMs, balanceUsd: entry.balanceUsd - drained, spentUsd: entry.spentUsd + drained };
  }

  function now(): Entry {
    const read = at(nowMs());
    if (read.balanceUsd > 0 || !options.endsAtZero()) return read;

    const leftUsd = Math.max(0, entry.balanceUsd);
    const msToZero = leftUsd === 0 ? 0 : (leftUsd / burnPerHrUsd()) * msPerHour;
    entry = {
      atMs: Math.min(read.atMs, entry.atMs + msToZero),
      balanceUsd: entry.balanceUsd - leftUsd,
      spentUsd: entry.spentUsd + leftUsd,
    };
    options.end(entry.atMs);
    return at(read.atMs);
  }

  return {
    now,
    settle() {
      entry = now();
      return entry;
    },
    settled: () => entry,
    change(to) {
      entry = now();
      entry = { ...entry, balanceUsd: to(entry.balanceUsd) };
    },
  };
}
