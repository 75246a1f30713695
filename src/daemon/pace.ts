import type { Ahead } from "#guard/ahead/ahead.ts";
import type { Look } from "#guard/model/account.ts";
import { minuteMs } from "#guard/model/time.ts";
import type { Paces } from "#paces.ts";
import { createBucket } from "./bucket.ts";

/** When the next poll begins. All are asked for again and again: a reload may change the pace meanwhile. */
export interface NextPoll {
  /** If nothing comes due before. */
  readonly pollAtMs: () => number;
  /** RunPod has asked to be left alone until then, whatever comes due. */
  readonly notBeforeMs: () => number;
  /** For the sake of what comes; Infinity: it comes at its regular time. */
  readonly aheadAtMs: (ahead: Ahead) => number;
}

/** How often the account is polled, as the last polls went. */
export interface Pace {
  /** `look`: what the poll that began then has given; undefined: it could not be dealt with. */
  after(beganAtMs: number, look: Look | undefined): NextPoll;
}

export interface PaceDeps {
  /** How often people want it polled. */
  readonly pollIntervalMs: () => number;
  /** Whether polls may come sooner where a line comes near. They may not unless given. */
  readonly isAdaptive?: () => boolean;
  readonly paces: Pick<Paces, "firstRetryMs" | "leastPollMs">;
}

/**
 * What comes due is not kept waiting longer for the sake of RunPod's rate windows: for such polls half of
 * them is left.
 */
const duePaceMs = 15_000;
/** Polls that can be left out: no more than 120 an hour with all others, and ten at once. */
const sparing = { most: 10, everyMs: 30_000 } as const;
/** After RunPod refused a poll as one too many, those that can be left out come half as often for so long. */
const politeForMs = 10 * minuteMs;

export function createPace({ pollIntervalMs, isAdaptive, paces }: PaceDeps): Pace {
  const bucket = createBucket(sparing);
  /** Polls that failed in a row. */
  let blind = 0;
  /** RunPod's rate windows may allow no poll as often as it is asked for. */
  let allowedEachMs = 0;
  let polite = { eachMs: 0, fromMs: -Infinity };

  /** RunPod allows no poll before then. */
  function allowedAtMs(beganAtMs: number, look: Look | undefined): number {
    if (look === undefined) return beganAtMs;
    switch (look.kind) {
      case "blind":
        blind += 1;
        if (look.refusal === "rate") {
          polite = { eachMs: 2 * Math.max(polite.eachMs, paces.leastPollMs), fromMs: beganAtMs };
        }
        return look.atMs + (look.retryAfterMs ?? 0);
      case "seen":
        blind = 0;
        allowedEachMs = look.paceMs ?? 0;
        if (Math.abs(beganAtMs - polite.fromMs) > politeForMs) polite = { ...polite, eachMs: 0 };
        return beganAtMs + Math.min(allowedEachMs, duePaceMs);
    }
  }

  return {
    after(beganAtMs, look) {
      const allowedMs = allowedAtMs(beganAtMs, look);
      bucket.take(beganAtMs);
      // A failed poll is retried soon, less soon each time, not before RunPod allows it, with its rate
      // windows heeded, and never later than the poll interval.
      const retryInMs = Math.max(paces.firstRetryMs * 2 ** (blind - 1), allowedEachMs);
      const retryAtMs = blind === 0 ? Infinity : beganAtMs + retryInMs;
      const regularAtMs = (): number => beganAtMs + Math.max(pollIntervalMs(), allowedEachMs);
      return {
        pollAtMs: () => Math.min(regularAtMs(), Math.max(retryAtMs, allowedMs)),
        notBeforeMs: () => Math.min(regularAtMs(), allowedMs),
        aheadAtMs({ moneyAtMs, momentAtMs, learnAtMs }) {
          if (isAdaptive?.() !== true) return Infinity;
          const apartMs = Math.max(paces.leastPollMs, allowedEachMs, polite.eachMs);
          const fromMs = Math.max(beganAtMs + apartMs, allowedMs);
          const besidesMs = Math.max(Math.min(momentAtMs, learnAtMs), beganAtMs + duePaceMs);
          const bestMs = Math.min(moneyAtMs, Math.max(besidesMs, bucket.freeAtMs()));
          // Clocks tell whole milliseconds: before one is over, it has not come, however long one waits.
          return Math.ceil(Math.max(bestMs, fromMs));
        },
      };
    },
  };
}
