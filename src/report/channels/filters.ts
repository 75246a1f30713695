import type { Severity } from "#guard/model/effect.ts";
import type { ChannelSettings, QuietHours } from "#notify/settings.ts";

type Filters = Pick<ChannelSettings, "events" | "minSeverity" | "quietHours">;

/** What a channel does not get, or gets later, by its own settings: a sentence each. */
export function filterWords({ events, minSeverity, quietHours }: Filters): readonly string[] {
  return [
    ...(events === undefined ? [] : [`only these events are sent: ${events.join(", ")}`]),
    ...severityWords(minSeverity),
    ...(quietHours === undefined || minSeverity === "critical" ? [] : [quietWords(quietHours)]),
  ];
}

function severityWords(minSeverity: Severity): readonly string[] {
  switch (minSeverity) {
    case "info":
      return [];
    case "warning":
      return ["only what is warning or critical is sent"];
    case "critical":
      return ["only what is critical is sent"];
  }
}

/** `from 23:00 to 07:00 only what is critical is sent; the rest waits`. */
export function quietWords(quietHours: QuietHours): string {
  return `from ${clockTime(quietHours.fromMinute)} to ${untilWords(quietHours)} only what is critical is sent; the rest waits`;
}

/** `07:00`, `07:00 (Europe/Berlin)`. */
export function untilWords({ toMinute, timeZone }: QuietHours): string {
  return `${clockTime(toMinute)}${timeZone === undefined ? "" : ` (${timeZone})`}`;
}

function clockTime(minuteOfDay: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(Math.floor(minuteOfDay / 60))}:${two(minuteOfDay % 60)}`;
}
