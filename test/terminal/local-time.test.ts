import { expect, it } from "vitest";
import { localTime, timeIn } from "#terminal/local-time.ts";

const atMs = Date.parse("2026-03-09T04:05:06Z");
const own = new Intl.DateTimeFormat().resolvedOptions().timeZone;

it.each([
  [undefined, localTime(atMs)],
  [own, localTime(atMs)],
  // No machine's own zone is a quarter of an hour off as this one is.
  ["Pacific/Chatham", "2026-03-09 17:50:06 (Pacific/Chatham)"],
])("a time in the zone %s names it where it is another than here", (zone, words) => {
  expect(timeIn(atMs, zone)).toBe(words);
});
