import { TransportError } from "#requests/answer.ts";

/**
 * Aborts what the work has started when it is done, when it is interrupted, and when all of it together
 * has taken this long: then the reason is a TransportError that says so.
 */
export async function withinSpan<Result>(
  limitMs: number,
  interrupted: AbortSignal,
  work: (over: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  const seconds = Number((limitMs / 1000).toFixed(2));
  const timer = setTimeout(
    () => ending.abort(new TransportError(`no complete answer within ${seconds} s`)),
    limitMs,
  );
  interrupted.addEventListener("abort", end);
  if (interrupted.aborted) end();
  try {
    return await work(ending.signal);
  } finally {
    clearTimeout(timer);
    interrupted.removeEventListener("abort", end);
    end();
  }
}
