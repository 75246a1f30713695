import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "#ports.ts";

/** Simulated time: the same in every process that is given these two. */
export interface FastTime {
  /** Where simulated and real time agree. */
  readonly zeroMs: number;
  /** Simulated milliseconds to a real one. */
  readonly speed: number;
}

const beatMs = 2;
/** The most of a real wait that simulated time takes part in: what is longer is this machine's. */
const longestBeatMs = 5;
const longestSleepMs = 20;

export function fastTimeFromNow(speed: number): FastTime {
  return { zeroMs: realNowMs(), speed };
}

export function fastClock({ zeroMs, speed }: FastTime): Clock {
  return sleepingOn(() => zeroMs + (realNowMs() - zeroMs) * speed, speed);
}

/**
 * As the fast clock, for one process: it does not run on while this process is kept from running, or
 * waits for a disk, so that a busy machine is not mistaken for a slow guard. To be stopped.
 */
export function steadyClock({ zeroMs, speed }: FastTime): Clock & { stop(): void } {
  let simulatedMs = zeroMs;
  let countedMs = performance.now();
  let isAtDisk = false;

  function count(): number {
    const passedMs = performance.now() - countedMs;
    countedMs += passedMs;
    if (!isAtDisk) simulatedMs += Math.min(passedMs, longestBeatMs) * speed;
    return simulatedMs;
  }

  const beat = setInterval(() => {
    count();
    isAtDisk = process.getActiveResourcesInfo().some((each) => /^(FSReq|CloseReq)/.test(each));
  }, beatMs);
  return { ...sleepingOn(count, speed), stop: () => clearInterval(beat) };
}

function sleepingOn(exactMs: () => number, speed: number): Clock {
  const nowMs = (): number => Math.floor(exactMs());
  return {
    nowMs,
    async sleepUntil(untilMs, signal) {
      for (let now = nowMs(); now < untilMs && !signal.aborted; now = nowMs()) {
        const realMs = Math.min((untilMs - now) / speed, longestSleepMs);
        // An abort ends the wait, as it does with the real clock.
        await sleep(Math.max(1, realMs), undefined, { signal }).catch(() => undefined);
      }
    },
  };
}

function realNowMs(): number {
  return performance.timeOrigin + performance.now();
}
