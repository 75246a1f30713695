/** A read that took longer says nothing of the time: the holder's disk may have hung as well. */
const longestGapMs = 1_000;

/** Sees by its texts whether the holder of a lock goes on, as clocks of two machines may differ. */
export interface Watching {
  /** Says for how long this has been the text. */
  see(path: string, text: string): number;
  /** Whether the text has changed under our eyes. */
  hasChanged(path: string): boolean;
}

export function createWatching(nowMs: () => number = () => performance.now()): Watching {
  const seen = new Map<string, { text: string; atMs: number; forMs: number; changed: boolean }>();
  return {
    see(path, text) {
      const now = nowMs();
      const before = seen.get(path);
      if (before === undefined || before.text !== text) {
        seen.set(path, { text, atMs: now, forMs: 0, changed: before !== undefined });
        return 0;
      }
      before.forMs += Math.min(now - before.atMs, longestGapMs);
      before.atMs = now;
      return before.forMs;
    },
    hasChanged: (path) => seen.get(path)?.changed === true,
  };
}
