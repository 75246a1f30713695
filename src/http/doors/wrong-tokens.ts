import { minuteMs } from "#guard/model/time.ts";
import type { Clock } from "#ports.ts";
import { limits } from "./limits.ts";
import { placeOf } from "./place-of.ts";

/** Slows down who shows wrong tokens; who shows the right one is never asked about here. */
export interface WrongTokens {
  /** Resolves when it may be answered; false: at once, and as one of too many. */
  wait(address: string | undefined): Promise<boolean>;
}

interface Seen {
  readonly times: number;
  readonly atMs: number;
}

const forgottenAfterMs = 15 * minuteMs;

/**
 * After ten from one address each further one is answered later than the one before. Only few wait at once; memory is
 * bounded, as are the waits.
 */
export function createWrongTokens(clock: Clock): WrongTokens {
  const seen = new Map<string, Seen>();
  const waiting = new Map<string, number>();

  const note = (from: string): number => {
    const nowMs = clock.nowMs();
    const before = seen.get(from);
    const isOld = before === undefined || nowMs - before.atMs > forgottenAfterMs;
    const times = isOld ? 1 : before.times + 1;
    // The one that was heard of longest ago goes first.
    seen.delete(from);
    if (seen.size >= limits.addresses) seen.delete(seen.keys().next().value ?? "");
    seen.set(from, { times, atMs: nowMs });
    return times;
  };

  return {
    async wait(address) {
      const from = placeOf(address);
      const late = note(from) - limits.wrongTokens;
      if (late <= 0) return true;
      const here = waiting.get(from) ?? 0;
      const all = [...waiting.values()].reduce((sum, each) => sum + each, 0);
      if (here >= limits.heldEach || all >= limits.heldInAll) return false;
      waiting.set(from, here + 1);
      const forMs = Math.min(late * 1_000, limits.heldMostMs);
      await clock.sleepUntil(clock.nowMs() + forMs, new AbortController().signal);
      const left = (waiting.get(from) ?? 1) - 1;
      if (left === 0) waiting.delete(from);
      else waiting.set(from, left);
      return true;
    },
  };
}
