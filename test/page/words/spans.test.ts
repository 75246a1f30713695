import { expect, it } from "vitest";
import { ago, dayMs, hourMs, minuteMs, minutesSpan, span, until } from "#page/words/spans.ts";

it.each([
  ["nothing yet", 0, "0 s"],
  ["a clock that went back", -5_000, "0 s"],
  ["seconds", 59_999, "59 s"],
  ["a minute", minuteMs, "1 min"],
  ["never 60 min", hourMs - 1, "59 min"],
  ["a whole hour", hourMs, "1 h"],
  ["hours", 2 * hourMs + 15 * minuteMs, "2 h 15 min"],
  ["a whole day", dayMs, "1 d"],
  ["days", 3 * dayMs + 4 * hourMs, "3 d 4 h"],
])("a span reads well: %s", (_sentence, ms, words) => {
  expect(span(ms)).toBe(words);
});

it("what has just been, or is due, says so", () => {
  expect([ago(400), ago(-9_000), ago(12_000)]).toEqual(["just now", "just now", "12 s ago"]);
  expect([until(0), until(-1), until(12 * minuteMs)]).toEqual(["now", "now", "in 12 min"]);
  expect([minutesSpan(59_000), minutesSpan(minuteMs)]).toEqual(["under 1 min", "1 min"]);
});
