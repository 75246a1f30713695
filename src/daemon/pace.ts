import type { Look } from "#guard/model/account.ts";
import type { Paces } from "#paces.ts";

/** When the next poll begins. Both are asked for again and again: a reload may change the pace meanwhile. */
export interface NextPoll {
  /** If nothing comes due before. */
  readonly pollAtMs: () => number;
  /** RunPod has asked to be left alone until then, whatever comes due. */
  readonly notBeforeMs: () => number;
}

/** How often the account is polled, as the last polls went. */
export interface Pace {
  /** `look`: what the poll that began then has given; undefined: it could not be dealt with. */
  after(beganAtMs: number, look: Look | undefined): NextPoll;
}

export interface PaceDeps {
  /** How often people want it polled. */
  readonly pollIntervalMs: () => number;
  readonly paces: Pick<Paces, "firstRetryMs">;
}

/**
 * What comes due is not kept waiting longer for the sake of RunPod's rate windows: for such polls half of
 * them is left.
 */
const duePaceMs = 15_000;

export function createPace({ pollIntervalMs, paces }: PaceDeps): Pace {
  /** Polls that failed in a row. */
  let blind = 0;
  /** RunPod's rate windows may allow no poll as often as it is asked for. */
  let allowedEachMs = 0;

  /** RunPod allows no poll before then. */
  function allowedAtMs(beganAtMs: number, look: Look | undefined): number {
    if (look === undefined) return beganAtMs;
    switch (look.kind) {
      case "blind":
        blind += 1;
        return look.atMs + (look.retryAfterMs ?? 0);
      case "seen":
        blind = 0;
        allowedEachMs = look.paceMs ?? 0;
        return beganAtMs + Math.min(allowedEachMs, duePaceMs);
    }
  }

  return {
    after(beganAtMs, look) {
      const allowedMs = allowedAtMs(beganAtMs, look);
      // A failed poll is retried soon, less soon each time, not before RunPod allows it, and never later
      // than the poll interval.
      const retryAtMs = blind === 0 ? Infinity : beganAtMs + paces.firstRetryMs * 2 ** (blind - 1);
      const regularAtMs = (): number => beganAtMs + Math.max(pollIntervalMs(), allowedEachMs);
      return {
        pollAtMs: () => Math.min(regularAtMs(), Math.max(retryAtMs, allowedMs)),
        notBeforeMs: () => Math.min(regularAtMs(), allowedMs),
      };
    },
  };
}
