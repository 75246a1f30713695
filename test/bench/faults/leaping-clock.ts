import type { Clock } from "#ports.ts";

interface Sleeper {
  readonly untilMs: number;
  wake(): void;
}

/** What of this process still works on something; while it does, time stands still. */
const works = /^(FSReq|CloseReq|TCP|GetAddrInfo|HTTP)/;
/** Between two steps of its work nothing is to be seen for a turn or two of the loop. */
const quietTurns = 3;
const isProgram = (resource: string): boolean => resource === "ProcessWrap";

/**
 * A clock that leaps to the next moment at which anybody wants to be woken. It stands still while a
 * file or a socket is at work, and takes a millisecond for each leap while a program runs: what is
 * limited in simulated time then has its time, and a month still takes a minute or two.
 */
export function leapingClock(): Clock {
  let nowMs = Date.now();
  let sleepers: Sleeper[] = [];
  let isLeaping = false;
  let quiet = 0;
  let hasWaited = false;

  function leapSoon(): void {
    if (isLeaping) return;
    isLeaping = true;
    setImmediate(leap);
  }

  function leap(): void {
    const resources = process.getActiveResourcesInfo();
    quiet = resources.some((resource) => works.test(resource)) ? 0 : quiet + 1;
    if (quiet < quietTurns) return void setImmediate(leap);
    if (!resources.some(isProgram) || hasWaited) return wakeNext();
    hasWaited = true;
    quiet = 0;
    setTimeout(leap, 1);
  }

  function wakeNext(): void {
    isLeaping = false;
    quiet = 0;
    hasWaited = false;
    const [first] = sleepers.toSorted((a, b) => a.untilMs - b.untilMs);
    if (first === undefined) return;
    nowMs = Math.max(nowMs, first.untilMs);
    first.wake();
    if (sleepers.length > 0) leapSoon();
  }

  return {
    nowMs: () => Math.floor(nowMs),
    sleepUntil(untilMs, signal) {
      return new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const wake = (): void => {
          signal.removeEventListener("abort", wake);
          sleepers = sleepers.filter((other) => other !== sleeper);
          resolve();
        };
        const sleeper = { untilMs, wake };
        signal.addEventListener("abort", wake);
        if (!Number.isFinite(untilMs)) return;
        sleepers.push(sleeper);
        leapSoon();
      });
    },
  };
}
