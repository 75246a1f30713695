import { cleanName } from "#control-characters.ts";
import { dayMs, minuteMs } from "#guard/model/time.ts";

/** More in an hour is wrong, and could add up to what no number holds. */
const mostPerHrUsd = 1_000_000;
/** RunPod takes far shorter ones. */
const longestName = 1_000;
/** An older time is a clock's zero, such as year 1 or 1970. */
const longestAgoMs = 3650 * dayMs;
/** Clocks differ by minutes; a time further ahead than this is wrong. */
const farthestAheadMs = 5 * minuteMs;
/** RFC 3339: a time without an offset would be read by this machine's zone. */
const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

export type Json = Readonly<Record<string, unknown>>;

export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function numberIn(value: unknown, least: number, most: number): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= least && value <= most
    ? value
    : undefined;
}

/** Dollars an hour. */
export function amountIn(value: unknown): number | undefined {
  return numberIn(value, 0, mostPerHrUsd);
}

/** Words to be shown; undefined when there are none. */
export function wordsIn(value: unknown): string | undefined {
  return typeof value === "string" ? cleanName(value).trim() || undefined : undefined;
}

/**
 * A name as it is shown and as it is compared. One that is longer is compared with no rule: it is
 * shown, and what it protects is unknown.
 */
export function nameIn(value: unknown): {
  readonly name: string;
  readonly rawName: string | undefined;
} {
  const name = cleanName(typeof value === "string" ? value.slice(0, longestName) : "");
  const rawName = typeof value === "string" && value.length <= longestName ? value : undefined;
  return { name, rawName };
}

/** Why what should be the balance is none. */
export function balanceFault(found: unknown): string {
  if (found === null || found === undefined) return "the answer has no balance";
  const shown = typeof found === "number" ? String(found) : JSON.stringify(found);
  return `the balance is not a number (${shown.slice(0, 40)})`;
}

export function timeIn(value: unknown, atMs: number): number | undefined {
  if (typeof value !== "string" || !dateTime.test(value)) return undefined;
  return isDay(value.slice(0, 10)) ? likelyMs(Date.parse(value), atMs) : undefined;
}

/** `Date` takes 31 February for 3 March. */
function isDay(date: string): boolean {
  const midnight = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(date);
}

/** When a pod has begun that has run for so long at `atMs`. */
export function beganMs(uptimeSeconds: unknown, atMs: number): number | undefined {
  const seconds = numberIn(uptimeSeconds, 0, Infinity) ?? 0;
  return seconds > 0 ? likelyMs(atMs - seconds * 1000, atMs) : undefined;
}

function likelyMs(ms: number, atMs: number): number | undefined {
  const isLikely = ms >= atMs - longestAgoMs && ms <= atMs + farthestAheadMs;
  return isLikely ? Math.round(ms) : undefined;
}
