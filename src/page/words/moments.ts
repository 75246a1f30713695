import { dayMs, minuteMs } from "./spans.ts";

type Part = "day" | "hour" | "minute" | "month" | "weekday" | "year";

/** Says when: by the clock of where it is read. */
export type Moments = (atMs: number, nowMs: number) => string;

/** `13:47`; of another day `Fri 13:47`, of another week `27 Nov 13:47`. */
export function momentsIn(zone?: string): Moments {
  const format = new Intl.DateTimeFormat("en-GB", {
    ...(zone !== undefined && { timeZone: zone }),
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const partsOf = (ms: number) =>
    Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value])) as Record<
      Part,
      string
    >;
  function words(atMs: number, nowMs: number): string {
    const at = partsOf(atMs);
    const now = partsOf(nowMs);
    const clock = `${at.hour}:${at.minute}`;
    const isThisYear = at.year === now.year;
    if (isThisYear && at.month === now.month && at.day === now.day) return clock;
    if (Math.abs(atMs - nowMs) < 6 * dayMs) return `${at.weekday} ${clock}`;
    return `${at.day} ${at.month}${isThisYear ? "" : ` ${at.year}`} ${clock}`;
  }
  // Calendars are slow, and a page asks for the same moments each second.
  let told = new Map<number, string>();
  let minute = Number.NaN;
  return (atMs, nowMs) => {
    const nowMinute = Math.floor(nowMs / minuteMs);
    if (nowMinute !== minute) {
      told = new Map();
      minute = nowMinute;
    }
    const known = told.get(atMs) ?? words(atMs, nowMs);
    told.set(atMs, known);
    return known;
  };
}
