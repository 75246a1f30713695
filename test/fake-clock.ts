import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "#ports.ts";

export interface FakeClock extends Clock {
  /** Time passes: everyone wakes in turn, and does what follows before the next one wakes. */
  advanceTo(untilMs: number): Promise<void>;
  /** Somebody sets the wall clock by so much; it is followed when it is asked to be. */
  set(byMs: number): void;
  /** This process stood still for so long. */
  pause(forMs: number): void;
  /** The machine was asleep: everyone who is due wakes at once, and late. */
  jumpTo(ms: number): Promise<void>;
}

/** A clock that stands still until the test moves it. */
export function createFakeClock(): FakeClock {
  let now = 0;
  let setMs = 0;
  let pausedMs = 0;
  const sleepers = new Set<{ untilMs: number; readonly wake: () => void }>();
  const nextDue = (byMs: number) =>
    [...sleepers].filter(({ untilMs }) => untilMs <= byMs).sort((a, b) => a.untilMs - b.untilMs)[0];

  return {
    nowMs: () => now,
    async sleepUntil(untilMs, signal) {
      if (untilMs <= now || signal.aborted) return;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          sleepers.delete(sleeper);
          signal.removeEventListener("abort", wake);
          resolve();
        };
        const sleeper = { untilMs, wake };
        sleepers.add(sleeper);
        signal.addEventListener("abort", wake);
      });
    },
    set: (byMs) => void (setMs += byMs),
    pause: (forMs) => void (pausedMs += forMs),
    follow() {
      const byMs = setMs;
      setMs = 0;
      now += byMs;
      for (const sleeper of sleepers) sleeper.untilMs += byMs;
      return byMs;
    },
    pausedMs: () => pausedMs,
    async advanceTo(untilMs) {
      await nextTurn();
      for (let due = nextDue(untilMs); due !== undefined; due = nextDue(untilMs)) {
        now = due.untilMs;
        due.wake();
        await nextTurn();
      }
      now = Math.max(now, untilMs);
    },
    async jumpTo(ms) {
      await nextTurn();
      now = ms;
      for (const sleeper of sleepers) if (sleeper.untilMs <= now) sleeper.wake();
      await nextTurn();
    },
  };
}

/** A clock for one who waits alone: every wait is over at once, and its time has passed. */
export function createHastyClock(): Clock {
  let now = 0;
  return {
    nowMs: () => now,
    sleepUntil(untilMs, signal) {
      if (!signal.aborted) now = Math.max(now, untilMs);
      return Promise.resolve();
    },
  };
}
