import { expect, it } from "vitest";
import { momentsIn } from "#page/words/moments.ts";

const now = "2026-03-09T02:00:00Z";

it.each([
  ["today is the time alone", "2026-03-09T13:47:10Z", "UTC", "13:47"],
  ["midnight is 00, not 24", "2026-03-09T00:05:00Z", "UTC", "00:05"],
  ["another day has its name", "2026-03-08T23:59:00Z", "UTC", "Sun 23:59"],
  ["another week has its date", "2026-02-27T13:47:00Z", "UTC", "27 Feb 13:47"],
  ["another year has that too", "2025-12-27T13:47:00Z", "UTC", "27 Dec 2025 13:47"],
  ["where it is read decides the day", "2026-03-08T16:30:00Z", "Asia/Tokyo", "01:30"],
])("%s", (_sentence, at, zone, words) => {
  expect(momentsIn(zone)(Date.parse(at), Date.parse(now))).toBe(words);
});
