import type { QuietHours } from "./settings.ts";

const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * Whether it is quiet at that moment, by the clock on the wall in that time zone. The start is within, the
 * end is not. Where that cannot be told, it is not quiet. Never throws.
 */
export function isQuiet(quiet: QuietHours | undefined, atMs: number): boolean {
  if (quiet === undefined) return false;
  const { fromMinute, toMinute, timeZone } = quiet;
  const minute = minuteOfDay(atMs, timeZone);
  if (minute === undefined) return false;
  return fromMinute <= toMinute
    ? minute >= fromMinute && minute < toMinute
    : minute >= fromMinute || minute < toMinute;
}

function minuteOfDay(atMs: number, timeZone: string | undefined): number | undefined {
  try {
    const parts = formatFor(timeZone).formatToParts(atMs);
    const numberOf = (type: "hour" | "minute") =>
      Number(parts.find((part) => part.type === type)?.value);
    const minute = numberOf("hour") * 60 + numberOf("minute");
    return Number.isNaN(minute) ? undefined : minute;
  } catch {
    return undefined;
  }
}

/** Made once: it is asked at each poll. The machine's own zone may change while the guard runs. */
function formatFor(timeZone: string | undefined): Intl.DateTimeFormat {
  const known = timeZone === undefined ? undefined : formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  if (timeZone !== undefined) formats.set(timeZone, format);
  return format;
}
