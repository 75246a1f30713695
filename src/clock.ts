import { uptime } from "node:os";
import type { Clock } from "./ports.ts";

/** Where the time comes from; tests replace it. */
export interface ClockSources {
  /** Milliseconds since the epoch; somebody may set it. */
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
/** The wall clock and the uptime differ by less, though nobody has set anything. */
const leastStepMs = 2_500;
/** A wait that took so much longer was one in which this process stood still. */
const leastStallMs = 5_000;

const realSources: ClockSources = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  uptimeMs: () => uptime() * 1_000,
};

export function createClock(sources: ClockSources = realSources): Clock {
  const { wallMs, monotonicMs, uptimeMs, setTimer = realTimer } = sources;
  const start = { wallMs: wallMs(), monotonicMs: monotonicMs(), uptimeMs: uptimeMs() };
  let sleptMs = 0;
  let stalledMs = 0;
  /** By how much the wall clock was set since the start, as far as it is followed. */
  let steppedMs = 0;
  let latestMs = 0;

  /** What has passed since the start; never less than before. */
  function passedMs(): number {
    const awakeMs = monotonicMs() - start.monotonicMs;
    const aheadMs = uptimeMs() - start.uptimeMs - (awakeMs + sleptMs);
    if (aheadMs > leastSleepMs) sleptMs += aheadMs;
    latestMs = Math.max(latestMs, awakeMs + sleptMs);
    return latestMs;
  }

  function nowMs(): number {
    return Math.floor(start.wallMs + steppedMs + passedMs());
  }

  return {
    nowMs,
    async sleepUntil(untilMs, signal) {
      let leftMs = untilMs - nowMs();
      // In short waits, because a timer stands still while the machine sleeps.
      for (let lastMs = passedMs(); leftMs > 0 && !signal.aborted;) {
        const waitMs = Math.min(leftMs, longestWaitMs);
        const sleptBeforeMs = sleptMs;
        await wait(waitMs, signal, setTimer);
        const now = passedMs();
        const lateMs = now - lastMs - waitMs - (sleptMs - sleptBeforeMs);
        if (lateMs >= leastStallMs) stalledMs += lateMs;
        leftMs -= now - lastMs;
        lastMs = now;
      }
    },
    follow() {
      const stepMs = Math.round(wallMs() - (start.wallMs + steppedMs + passedMs()));
      if (!(Math.abs(stepMs) >= leastStepMs)) return 0;
      steppedMs += stepMs;
      return stepMs;
    },
    pausedMs() {
      passedMs();
      return sleptMs + stalledMs;
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
