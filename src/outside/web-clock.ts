import type { Clock } from "#ports.ts";

/** The clock of a machine that is somebody else's: nothing there sleeps, and nobody sets it by hand. */
export function createWebClock(nowMs: () => number = Date.now): Clock {
  return {
    nowMs: () => Math.floor(nowMs()),
    sleepUntil(untilMs, signal) {
      const leftMs = untilMs - nowMs();
      if (leftMs <= 0 || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const over = (): void => {
          clearTimeout(timer);
          signal.removeEventListener("abort", over);
          resolve();
        };
        // No timer lasts longer than this.
        const timer = setTimeout(over, Math.min(leftMs, 2 ** 31 - 1));
        signal.addEventListener("abort", over);
      });
    },
  };
}
