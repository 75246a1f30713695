/** How many polls there may be, on average: so many at once, and one more each so often. */
export interface BucketSettings {
  readonly most: number;
  readonly everyMs: number;
}

/** Counts polls, so that those that can be left out come no more often than is fair. */
export interface Bucket {
  /** A poll began then. It may be one that could not be left out: those after it then wait for longer. */
  take(atMs: number): void;
  /** From when on there is room for one more. */
  freeAtMs(): number;
}

export function createBucket({ most, everyMs }: BucketSettings): Bucket {
  /** When all that were taken are made up for. */
  let fullAtMs = -Infinity;
  return {
    take(atMs) {
      // After a clock that went back, or many that could not be left out, nobody waits for ever.
      const owedMs = Math.min(Math.max(0, fullAtMs - atMs), 2 * most * everyMs);
      fullAtMs = atMs + owedMs + everyMs;
    },
    freeAtMs: () => fullAtMs - (most - 1) * everyMs,
  };
}
