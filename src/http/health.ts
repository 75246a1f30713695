import type { GuardState } from "#guard/model/state.ts";
import { spanWords } from "#guard/text.ts";

/** Whether the guard sees the account, and why. */
export interface Health {
  readonly isHealthy: boolean;
  readonly because: string;
  /** The last poll that worked, by this process. */
  readonly lastGoodAtMs: number | undefined;
  /** Healthy while that is younger. */
  readonly limitMs: number;
}

/** A poll may fail once, and be late, before anyone is alarmed. */
export const goodForPolls = 3;

export interface HealthSources {
  readonly state: Pick<GuardState, "lastSeen" | "blind"> | undefined;
  readonly intervalMs: number;
  readonly nowMs: number;
}

/** The last good poll is younger than three of the intervals at which the guard polls. */
export function healthOf({ state, intervalMs, nowMs }: HealthSources): Health {
  const lastGoodAtMs = state?.lastSeen?.atMs;
  const limitMs = goodForPolls * Math.max(intervalMs, state?.lastSeen?.paceMs ?? 0);
  if (lastGoodAtMs === undefined) {
    return { isHealthy: false, because: "no poll has worked yet", lastGoodAtMs, limitMs };
  }
  // By a clock that was set back since, a poll may lie ahead: then nobody knows how old it is.
  const isHealthy = Math.abs(nowMs - lastGoodAtMs) < limitMs;
  const because = `the last poll that worked was ${spanWords(Math.max(0, nowMs - lastGoodAtMs))} ago`;
  return { isHealthy, because, lastGoodAtMs, limitMs };
}
