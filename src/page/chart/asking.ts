import { minuteMs, secondMs } from "#page/words/spans.ts";

/** What comes over the stream is added meanwhile. */
const everyMs = 5 * minuteMs;
const limitMs = 20 * secondMs;
/** A burn that keeps changing asks no more often than this. */
const leastMs = 10 * secondMs;
const afterFailuresMs = [5 * secondMs, 15 * secondMs, minuteMs];

export interface Asking {
  /** At once; what was asked for before no longer counts. */
  readonly now: () => void;
  /** As soon as it is no more than it should be. */
  readonly soon: () => void;
}

/**
 * Asks now and then, with a limit, one at a time; again soon after a failure, and not at all while nobody
 * looks at the page: then as soon as somebody does.
 */
export function createAsking<Answer>(
  ask: (signal: AbortSignal) => Promise<Answer>,
  onAnswer: (answer: Answer) => void,
  onFailure: (because: string) => void,
): Asking {
  let under: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let askedAtMs = -Infinity;
  let isDue = false;

  function next(afterMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      isDue = true;
      if (!document.hidden) now();
    }, afterMs);
  }

  function now(): void {
    under?.abort();
    const mine = new AbortController();
    under = mine;
    isDue = false;
    askedAtMs = performance.now();
    clearTimeout(timer);
    void ask(AbortSignal.any([mine.signal, AbortSignal.timeout(limitMs)])).then(
      (answer) => {
        if (mine.signal.aborted) return;
        failures = 0;
        next(everyMs);
        onAnswer(answer);
      },
      (error: unknown) => {
        if (mine.signal.aborted) return;
        next(afterFailuresMs[Math.min(failures, afterFailuresMs.length - 1)] ?? minuteMs);
        failures += 1;
        onFailure(wordsOf(error));
      },
    );
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && isDue) now();
  });
  return {
    now,
    soon: () => next(Math.max(0, askedAtMs + leastMs - performance.now())),
  };
}

function wordsOf(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return "the daemon did not answer";
  return error instanceof Error ? error.message : String(error);
}
