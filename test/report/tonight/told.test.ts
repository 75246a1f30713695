import { expect, it } from "vitest";
import { type Heard, toldBy, toldWords } from "#report/tonight/told.ts";

const noonMs = Date.UTC(2026, 0, 1, 12);
const nobody: Heard = { kind: "nobody" };
const atOnce: Heard = { kind: "at-once" };
const quiet = (fromHour: number, toHour: number, timeZone = "UTC"): Heard => ({
  kind: "waits",
  quietHours: { fromMinute: fromHour * 60, toMinute: toHour * 60, timeZone },
});

it.each<[string, readonly Heard[], string]>([
  ["by no way", [], "nobody is told"],
  ["by ways that do not work", [nobody, nobody], "nobody is told"],
  ["by one way of two", [nobody, atOnce], "you are told"],
  ["at once by one, later by the other", [quiet(23, 7), atOnce], "you are told"],
  [
    "by one that sleeps at night",
    [quiet(23, 7)],
    "you are told, but in quiet hours only at 07:00 (UTC)",
  ],
  [
    "by two that sleep at night, until the first of them wakes",
    [quiet(22, 8), quiet(23, 7)],
    "you are told, but in quiet hours only at 07:00 (UTC)",
  ],
  ["by two of which one is always awake", [quiet(23, 7), quiet(8, 20)], "you are told"],
  [
    "by two that sleep at the same time, on clocks of their own",
    [quiet(23, 7), quiet(8, 16, "Asia/Tokyo")],
    "you are told, but in quiet hours only at 07:00 (UTC)",
  ],
])("says whether people are told %s", (_, heard, words) => {
  expect(toldWords(toldBy(heard, noonMs))).toBe(words);
});
