import { uptime } from "node:os";
import type { Clock } from "./ports.ts";

/** Where the time comes from; tests replace it. */
export interface ClockSources {
  /** Milliseconds since the epoch; read once. */
  readonly wallMs: () => number;
  /** Fine-grained, but on Linux it stands still while the machine sleeps. */
  readonly monotonicMs: () => number;
  /** Coarse, but counts the machine's sleep. */
  readonly uptimeMs: () => number;
  /** Calls back once after the time and returns what calls it off. */
  readonly setTimer?: (callback: () => void, afterMs: number) => () => void;
}

/** The uptime has steps of up to a second: less than that is no sleep. */
const leastSleepMs = 1_000;
const longestWaitMs = 1_000;

const realSources: ClockSources = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  uptimeMs: () => uptime() * 1_000,
};

export function createClock(sources: ClockSources = realSources): Clock {
  const { wallMs, monotonicMs, uptimeMs, setTimer = realTimer } = sources;
  const start = { wallMs: wallMs(), monotonicMs: monotonicMs(), uptimeMs: uptimeMs() };
  let sleptMs = 0;
  let latestMs = start.wallMs;

  function nowMs(): number {
    const awakeMs = monotonicMs() - start.monotonicMs;
    const aheadMs = uptimeMs() - start.uptimeMs - (awakeMs + sleptMs);
    if (aheadMs > leastSleepMs) sleptMs += aheadMs;
    latestMs = Math.max(latestMs, start.wallMs + awakeMs + sleptMs);
    return Math.floor(latestMs);
  }

  return {
    nowMs,
    async sleepUntil(untilMs, signal) {
      // In short waits, because a timer stands still while the machine sleeps.
      for (let now = nowMs(); now < untilMs && !signal.aborted; now = nowMs()) {
        await wait(Math.min(untilMs - now, longestWaitMs), signal, setTimer);
      }
    },
  };
}

function wait(
  forMs: number,
  signal: AbortSignal,
  setTimer: NonNullable<ClockSources["setTimer"]>,
): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      callOff();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const callOff = setTimer(end, forMs);
    signal.addEventListener("abort", end);
  });
}

function realTimer(callback: () => void, afterMs: number): () => void {
  const timer = setTimeout(callback, afterMs);
  return () => clearTimeout(timer);
}
