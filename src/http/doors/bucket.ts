import type { Clock } from "#ports.ts";

/** Lets so many a second through, and at most twice as many at once. */
export function createBucket(perSecond: number, clock: Pick<Clock, "nowMs">): () => boolean {
  const most = 2 * perSecond;
  let left = most;
  let atMs = clock.nowMs();
  return () => {
    const nowMs = clock.nowMs();
    // A clock that is set back gives nothing and takes nothing.
    left = Math.min(most, left + (Math.max(0, nowMs - atMs) / 1_000) * perSecond);
    atMs = nowMs;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}
