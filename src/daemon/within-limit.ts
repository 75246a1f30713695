import type { Clock } from "#ports.ts";

/** Waits for the work, at most this long: a disk that hangs must not delay polls. */
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

/** As `withinLimit`, but starts nothing while the last work hangs: each hanging disk call holds a thread. */
export function oneAtATime(limitMs: number, clock: Clock) {
  let last: Promise<unknown> = Promise.resolve();
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    await withinLimit(last, limitMs, clock);
    const mine = work();
    last = mine.catch(() => undefined);
    return withinLimit(mine, limitMs, clock);
  };
}
