import leven from "leven";
import type { QuietHours } from "#notify/settings.ts";

const clock = String.raw`([01]?\d|2[0-3]):([0-5]\d)`;
const time = new RegExp(`^${clock}$`);
const span = new RegExp(`^${clock} ?- ?${clock}$`);

/** The minute of the day of `09:00`; undefined where it is none. */
export function minuteOf(text: string): number | undefined {
  const [, hours, minutes] = time.exec(text) ?? [];
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes);
}

/** The span of `23:00-07:00`, or what is wrong with it. */
export function quietSpan(text: string): Omit<QuietHours, "timeZone"> | string {
  const [, fromHour, fromMinute, toHour, toMinute] = span.exec(text) ?? [];
  if (fromHour === undefined) return 'must be two times of the day, such as "23:00-07:00"';
  const from = Number(fromHour) * 60 + Number(fromMinute);
  const to = Number(toHour) * 60 + Number(toMinute);
  return from === to
    ? 'begins and ends at the same time; to be told only what is critical at any time, set "min_severity": "critical"'
    : { fromMinute: from, toMinute: to };
}

/** What is wrong with the name of a time zone; undefined when nothing is. */
export function timeZoneFault(name: string): string | undefined {
  try {
    Intl.DateTimeFormat("en", { timeZone: name });
    return undefined;
  } catch {
    const near = ["UTC", ...Intl.supportedValuesOf("timeZone")].find(
      (known) =>
        leven(known.toLowerCase(), name.toLowerCase()) <= 2 ||
        known.toLowerCase().endsWith(`/${name.toLowerCase().replaceAll(" ", "_")}`),
    );
    const hint = near === undefined ? `, such as "Europe/Berlin"` : `; did you mean "${near}"?`;
    return `must be the name of a time zone${hint}`;
  }
}
