import type { Clock } from "./ports.ts";

/** Why a wait ends. Without a reason each would get an error with a stack, many times a second. */
const over = "over";

/** After an interruption, for work that does heed it. */
const graceMs = 1_000;

/** What was waited for is not done; it may never be. */
export class GivenUp extends Error {
  constructor(message: string) {
    super(message);
    this.name = "GivenUp";
  }
}

/**
 * Waits for the work, at most this long, and hardly longer once interrupted; throws GivenUp then. The
 * work may never settle: nothing of it is needed for the wait to end.
 */
export async function withinLimit<Result>(
  work: Promise<Result>,
  limitMs: number,
  clock: Clock,
  interrupted?: AbortSignal,
): Promise<Result> {
  const done = new AbortController();
  try {
    return await Promise.race([work, givenUp(limitMs, clock, done.signal, interrupted)]);
  } finally {
    done.abort(over);
  }
}

async function givenUp(
  limitMs: number,
  clock: Clock,
  done: AbortSignal,
  interrupted: AbortSignal | undefined,
): Promise<never> {
  if (interrupted === undefined) await clock.sleepUntil(clock.nowMs() + limitMs, done);
  else await untilEither(clock, clock.nowMs() + limitMs, done, interrupted);
  if (interrupted?.aborted === true) {
    await clock.sleepUntil(clock.nowMs() + graceMs, done);
    throw new GivenUp("interrupted");
  }
  throw new GivenUp(`not done after ${limitMs / 1000} s`);
}

/** By hand: what AbortSignal.any ties to a signal that lives for months piles up. */
async function untilEither(
  clock: Clock,
  untilMs: number,
  done: AbortSignal,
  interrupted: AbortSignal,
): Promise<void> {
  const either = new AbortController();
  const signals = [done, interrupted];
  const end = (): void => {
    either.abort(over);
    for (const signal of signals) signal.removeEventListener("abort", end);
  };
  for (const signal of signals) signal.addEventListener("abort", end);
  if (signals.some(({ aborted }) => aborted)) end();
  await clock.sleepUntil(untilMs, either.signal);
  end();
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
