import type { Files } from "#operations/files.ts";
import type { Clock } from "#ports.ts";
import { GivenUp, withinLimit } from "#within-limit.ts";

/**
 * One after the other, each within the limit and with its turn waited for in it: a disk that hangs holds
 * one thread, however many ask. What was given up before it had begun never begins.
 */
export function createFilesInTurn(limitMs: number, clock: Clock): Files {
  let last: Promise<unknown> = Promise.resolve();
  return async (work) => {
    let isGivenUp = false;
    const mine = last.then(() => {
      if (isGivenUp) throw new GivenUp("not begun in time");
      return work();
    });
    last = mine.catch(() => undefined);
    try {
      return await withinLimit(mine, limitMs, clock);
    } finally {
      isGivenUp = true;
    }
  };
}
