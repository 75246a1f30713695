import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "#ports.ts";

/** Time of a story: it has its own beginning and pace. */
export interface FastTime {
  /** Whole milliseconds. */
  readonly nowMs: () => number;
  /** Goes on at this many milliseconds to a real one, and stands still at `untilMs`. */
  readonly run: (speed: number, untilMs?: number) => void;
  /** Goes there at once, and stands still. */
  readonly jumpTo: (ms: number) => void;
}

/** Time that begins at `startMs`; at speed 0 it stands still. */
export function createFastTime(
  startMs: number,
  speed: number,
  realMs: () => number = () => performance.now(),
): FastTime {
  let since = { realMs: realMs(), ms: startMs, speed, untilMs: Infinity };
  const nowMs = (): number =>
    Math.floor(Math.min(since.untilMs, since.ms + (realMs() - since.realMs) * since.speed));
  const go = (ms: number, nextSpeed: number, untilMs: number): void => {
    since = { realMs: realMs(), ms, speed: nextSpeed, untilMs };
  };
  return {
    nowMs,
    run: (nextSpeed, untilMs = Infinity) => go(nowMs(), nextSpeed, untilMs),
    jumpTo: (ms) => go(ms, 0, Infinity),
  };
}

const stepMs = 20;
/** Waits up to this are the loop's pace; longer ones are limits for disks, sockets and programs. */
const longestPaceMs = 1_000;
/** What those have at the least, in real time: a machine may be busy. */
const realLimitMs = 5_000;

/** The story's time as a clock, so that a poll, a warning and a bill mean there what they mean here. */
export function fastClock({ nowMs }: FastTime, leastLimitMs = realLimitMs): Clock {
  // Who waits has asked for the time just before: an hour may have passed since.
  let askedAtMs = nowMs();
  return {
    nowMs: () => (askedAtMs = nowMs()),
    async sleepUntil(untilMs, signal) {
      // A disk does not run faster because the time does: a limit leaves it real time.
      const isLimit = untilMs - askedAtMs > longestPaceMs;
      const leastUntilMs = performance.now() + (isLimit ? leastLimitMs : 0);
      const isOver = (): boolean => nowMs() >= untilMs && performance.now() >= leastUntilMs;
      // In short waits: the speed may change. What ends the story ends the wait.
      while (!isOver() && !signal.aborted) await sleep(stepMs);
    },
  };
}
