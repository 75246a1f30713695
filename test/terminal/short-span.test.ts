import { expect, it } from "vitest";
import { shortSpan } from "#terminal/short-span.ts";

const minuteMs = 60_000;

it.each([
  [0, "0m"],
  [59_999, "0m"],
  [45 * minuteMs, "45m"],
  [60 * minuteMs, "1h 0m"],
  [135 * minuteMs, "2h 15m"],
  [76 * 60 * minuteMs + 5 * minuteMs, "76h 5m"],
])("%d ms is %s", (ms, words) => {
  expect(shortSpan(ms)).toBe(words);
});
