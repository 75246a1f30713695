import { minuteMs, dayMs } from "#guard/model/time.ts";
const quarterMs = 15 * minuteMs;
/** Younger samples all stay. */
export const wholeForMs = 7 * dayMs;

/**
 * Says of samples, oldest first, which stay: all of the last 7 days, of older ones the first in each
 * quarter of an hour, and none that is older than `days`.
 */
export function createThinning(nowMs: number, days: number): (atMs: number) => boolean {
  const quarters = new Set<number>();
  return (atMs) => {
    const ageMs = nowMs - atMs;
    if (ageMs > days * dayMs) return false;
    if (ageMs <= wholeForMs) return true;
    const quarter = quarterOf(atMs);
    if (quarters.has(quarter)) return false;
    quarters.add(quarter);
    return true;
  };
}

export function quarterOf(atMs: number): number {
  return Math.floor(atMs / quarterMs);
}
