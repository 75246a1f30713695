import { wordsOf } from "#errors.ts";
import { dayMs, minuteMs } from "#guard/model/time.ts";
import { rounded } from "#guard/text.ts";
import type { StatusAnswer } from "#http/contract/status.ts";
import type { Clock } from "#ports.ts";
import { createSumming, type Summing } from "#report/history-summary.ts";
import { withHistory } from "#report/history.ts";
import { savedUsd, savedWords } from "#report/saved-words.ts";
import { withinLimit } from "#within-limit.ts";

/** What the guard's ends have saved of late. */
export interface SavedMemory {
  /** Something has ended or started: read anew when it may be. */
  readonly changed: () => void;
  /** Reads the history if that is due; never rejects, and is one at a time. */
  readonly keepUp: (path: string, signal: AbortSignal) => Promise<void>;
  readonly answer: () => StatusAnswer["saved"];
}

const limitMs = 2 * minuteMs;
const leastPauseMs = 5 * minuteMs;
/** What is saved by an end that was grows with time, and what is old falls out of it. */
const longestPauseMs = 60 * minuteMs;
/** So much of all time it may take at most. */
const share = 100;

type Found =
  | { readonly kind: "unread"; readonly because: string }
  | { readonly kind: "read"; readonly summing: Summing };

export function createSavedMemory(clock: Clock, daysKept: () => number): SavedMemory {
  let found: Found = { kind: "unread", because: "the history is still being read" };
  let isDue = true;
  let isReading = false;
  let notBeforeMs = -Infinity;
  let atLatestMs = -Infinity;
  let lastEndedMs = -Infinity;
  let answered:
    | { readonly atMs: number; readonly of: Found; readonly answer: StatusAnswer["saved"] }
    | undefined;
  const days = (): number => Math.min(30, daysKept());

  async function read(path: string, signal: AbortSignal): Promise<void> {
    const nowMs = clock.nowMs();
    const limit = new AbortController();
    const summing = createSumming();
    const sinceMs = nowMs - days() * dayMs;
    const reading = withHistory(
      path,
      { sinceMs, signal: limit.signal },
      nowMs,
      async ({ events }) => {
        for await (const records of events()) for (const each of records) summing.add(each, true);
      },
    );
    try {
      await withinLimit(reading, limitMs, clock, signal);
      found = { kind: "read", summing };
    } catch (error) {
      found = { kind: "unread", because: wordsOf(error).replace(/[.\s]+$/, "") };
    } finally {
      limit.abort();
    }
  }

  return {
    changed() {
      isDue = true;
    },
    async keepUp(path, signal) {
      const beganMs = clock.nowMs();
      // A clock that was set back would keep it waiting for as long.
      const isBack = beganMs < lastEndedMs;
      const isTime = isBack || beganMs >= atLatestMs || (isDue && beganMs >= notBeforeMs);
      if (isReading || signal.aborted || !isTime) return;
      isReading = true;
      isDue = false;
      try {
        await read(path, signal);
      } finally {
        isReading = false;
        const endedMs = clock.nowMs();
        lastEndedMs = endedMs;
        notBeforeMs = endedMs + Math.max(leastPauseMs, share * (endedMs - beganMs));
        atLatestMs = Math.max(notBeforeMs, endedMs + longestPauseMs);
      }
    },
    answer() {
      const nowMs = clock.nowMs();
      const isOld = answered === undefined || Math.abs(nowMs - answered.atMs) >= minuteMs;
      if (answered === undefined || isOld || answered.of !== found) {
        answered = { atMs: nowMs, of: found, answer: answerOf(found, days(), nowMs) };
      }
      return answered.answer;
    },
  };
}

function answerOf(found: Found, days: number, nowMs: number): StatusAnswer["saved"] {
  if (found.kind === "unread") {
    return { at_most_usd: null, unknown: 0, days, words: `saved: unknown, ${found.because}` };
  }
  const { saved } = found.summing.summary(nowMs);
  const usd = savedUsd(saved);
  return {
    at_most_usd: usd === undefined ? null : rounded(usd),
    unknown: saved.unknown,
    days,
    words: savedWords(saved),
  };
}
