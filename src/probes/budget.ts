import { setTimeout as wait } from "node:timers/promises";

/** Waits until so much more may be done; whoever asks first is served first. */
export type Budget = (amount: number) => Promise<void>;

/** All who share it do no more than `perSecond` in a second. What was left undone is not made up for. */
export function createBudget(perSecond: number, nowMs = () => performance.now()): Budget {
  let freeAtMs = 0;
  return async (amount) => {
    const startMs = Math.max(freeAtMs, nowMs());
    freeAtMs = startMs + (amount / perSecond) * 1_000;
    const aheadMs = startMs - nowMs();
    if (aheadMs > 0) await wait(aheadMs);
  };
}
