import type { Clock } from "#ports.ts";

/** Waits for the work, and no longer than that: a disk that hangs must not hold up the looking. */
export async function withinLimit<Result>(
  work: Promise<Result>,
  limitMs: number,
  clock: Clock,
): Promise<Result> {
  const done = new AbortController();
  const limit = clock.sleepUntil(clock.nowMs() + limitMs, done.signal).then(() => {
    throw new Error(`not done after ${limitMs / 1000} s`);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    done.abort();
  }
}

/** As `withinLimit`, and nothing is begun while the last work hangs: what hangs on a disk holds a thread. */
export function oneAtATime(limitMs: number, clock: Clock) {
  let last: Promise<unknown> = Promise.resolve();
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    await withinLimit(last, limitMs, clock);
    const mine = work();
    last = mine.catch(() => undefined);
    return withinLimit(mine, limitMs, clock);
  };
}
