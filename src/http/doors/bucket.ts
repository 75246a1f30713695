import type { Clock } from "#ports.ts";

type Time = Pick<Clock, "nowMs">;

/** Lets so many a second through, and at most twice as many at once. */
export function createBucket(perSecond: number, clock: Time): () => boolean {
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

/** One for each name, for at most so many: the one that was asked for longest ago is forgotten first. */
export function createBuckets(
  perSecond: number,
  mostNames: number,
  clock: Time,
): (name: string) => boolean {
  const buckets = new Map<string, () => boolean>();
  return (name) => {
    const bucket = buckets.get(name) ?? createBucket(perSecond, clock);
    buckets.delete(name);
    if (buckets.size >= mostNames) buckets.delete(buckets.keys().next().value ?? "");
    buckets.set(name, bucket);
    return bucket();
  };
}
