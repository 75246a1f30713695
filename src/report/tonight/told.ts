import { isQuiet } from "#notify/quiet-hours.ts";
import type { QuietHours } from "#notify/settings.ts";
import { untilWords } from "#report/channels/filters.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";

/** Whether a notification gets through by its way. */
export type Heard =
  | { readonly kind: "nobody" | "at-once" }
  /** In its channel's quiet hours it waits for their end. */
  | { readonly kind: "waits"; readonly quietHours: QuietHours };

/** Whether people are told of something, by whatever way. */
export type Told =
  | { readonly kind: "nobody" | "at-once" }
  /** At some hours of the night only later: `07:00`. */
  | { readonly kind: "waits"; readonly until: string };

/** What is heard at once by one way is; what is quiet at different hours is heard by one of them. */
export function toldBy(heard: readonly Heard[], nowMs: number): Told {
  if (heard.some(({ kind }) => kind === "at-once")) return { kind: "at-once" };
  const quiet = heard.flatMap((each) => (each.kind === "waits" ? [each.quietHours] : []));
  if (quiet.length === 0) return { kind: "nobody" };
  const isAllQuiet = (atMs: number): boolean => quiet.every((each) => isQuiet(each, atMs));
  const quietAtMs = nextDay(nowMs).find(isAllQuiet);
  if (quietAtMs === undefined) return { kind: "at-once" };
  const over = nextDay(quietAtMs).find((atMs) => !isAllQuiet(atMs));
  const first = quiet.find((each) => over !== undefined && !isQuiet(each, over)) ?? quiet[0];
  return first === undefined ? { kind: "nobody" } : { kind: "waits", until: untilWords(first) };
}

const everyMs = 5 * minuteMs;

/** Moments of the 24 hours from then on. */
function nextDay(fromMs: number): readonly number[] {
  return Array.from({ length: (24 * hourMs) / everyMs }, (_, n) => fromMs + n * everyMs);
}

/** `you are told`, that nobody is, or that it is told later. */
export function toldWords(told: Told, when = ""): string {
  switch (told.kind) {
    case "nobody":
      return "nobody is told";
    case "at-once":
      return `you are told${when}`;
    case "waits":
      return `you are told${when}, but in quiet hours only at ${told.until}`;
  }
}
