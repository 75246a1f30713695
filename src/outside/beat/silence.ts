import { minuteMs } from "#guard/model/time.ts";

/** When a daemon was last heard, by the clock here, and when it said that it would be next. */
export interface Heard {
  readonly atMs: number;
  readonly nextInMs: number;
}

/** A beat may be late by so much: requests are repeated, and daemons restarted. */
const leastSilenceMs = 10 * minuteMs;
/** So many beats in a row are missed. */
const missed = 2;
/** No word of a daemon keeps it from being missed for longer. */
const mostSilenceMs = 60 * minuteMs;

/** A guard that sees nothing itself for so long is helped to. */
export const longBlindMs = leastSilenceMs;

/** From then on it counts as silent, if nothing is heard of it. */
export function silentFromMs({ atMs, nextInMs }: Heard): number {
  return atMs + Math.min(mostSilenceMs, Math.max(leastSilenceMs, missed * nextInMs));
}

/** What is older was written for pods and prices of another week. */
export const oldestOrdersMs = 7 * 24 * 60 * minuteMs;
