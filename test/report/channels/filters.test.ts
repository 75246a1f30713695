import { expect, it } from "vitest";
import { filterWords } from "#report/channels/filters.ts";

const night = { fromMinute: 23 * 60, toMinute: 7 * 60 };

it.each<[string, Parameters<typeof filterWords>[0], readonly string[]]>([
  ["nothing is held back", { minSeverity: "info" }, []],
  [
    "a night",
    { minSeverity: "info", quietHours: night },
    ["from 23:00 to 07:00 only what is critical is sent; the rest waits"],
  ],
  [
    "a night elsewhere",
    { minSeverity: "info", quietHours: { ...night, toMinute: 425, timeZone: "Europe/Berlin" } },
    ["from 23:00 to 07:05 (Europe/Berlin) only what is critical is sent; the rest waits"],
  ],
  ["a severity", { minSeverity: "warning" }, ["only what is warning or critical is sent"]],
  [
    "a night without a difference",
    { minSeverity: "critical", quietHours: night },
    ["only what is critical is sent"],
  ],
  [
    "events",
    { minSeverity: "info", events: ["trip", "backstop"] },
    ["only these events are sent: trip, backstop"],
  ],
])("says what a channel does not get: %s", (_, filters, words) => {
  expect(filterWords(filters)).toEqual(words);
});
