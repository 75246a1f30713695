import { dayMs, minuteMs } from "#guard/model/time.ts";

/** Days and hours by the clock on the wall in a time zone; undefined: this machine's. */
export type Zone = string | undefined;

/** `2026-11-27`. */
export function dayOf(atMs: number, zone: Zone): string {
  const { year = "", month = "", day = "" } = partsOf(atMs, zone);
  return `${year.padStart(4, "0")}-${month}-${day}`;
}

/** From 0 to 1439. */
export function minuteOfDay(atMs: number, zone: Zone): number {
  const { hour, minute } = partsOf(atMs, zone);
  return Number(hour) * 60 + Number(minute);
}

/** The day before or after, by so many. */
export function otherDay(day: string, by: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + by * dayMs).toISOString().slice(0, 10);
}

/** No zone is further from UTC. */
const furthestMs = 15 * 60 * minuteMs;

/** The first moment of a day there: midnight, or what comes after it where a clock change leaves midnight out. */
export function startOfDay(day: string, zone: Zone): number {
  const utcMs = Date.parse(`${day}T00:00:00Z`);
  let before = (utcMs - furthestMs) / minuteMs;
  let within = (utcMs + furthestMs) / minuteMs;
  while (within - before > 1) {
    const between = Math.floor((before + within) / 2);
    if (dayOf(between * minuteMs, zone) < day) before = between;
    else within = between;
  }
  return within * minuteMs;
}

/** `13:15`; on another day than that of `nowMs`, `Sat 28 Nov, 13:15`. */
export function timeWords(atMs: number, nowMs: number, zone: Zone): string {
  const { hour, minute } = partsOf(atMs, zone);
  const time = `${hour}:${minute}`;
  const day = dayOf(atMs, zone);
  return day === dayOf(nowMs, zone) ? time : `${dayWords(day)}, ${time}`;
}

/** `Fri 27 Nov`. */
export function dayWords(day: string): string {
  const [year, month, date] = day.split("-");
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(date)));
  return `${weekdays[at.getUTCDay()]} ${at.getUTCDate()} ${months[at.getUTCMonth()]}`;
}

const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

const formats = new Map<string, Intl.DateTimeFormat>();

function partsOf(atMs: number, zone: Zone): Partial<Record<string, string>> {
  const parts = formatFor(zone).formatToParts(atMs);
  return Object.fromEntries(parts.map(({ type, value }) => [type, value]));
}

/** The machine's own zone may change while the guard runs, so that it is asked for again. */
function formatFor(timeZone: Zone): Intl.DateTimeFormat {
  const known = timeZone === undefined ? undefined : formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat("en-GB-u-ca-gregory-nu-latn", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  if (timeZone !== undefined) formats.set(timeZone, format);
  return format;
}
