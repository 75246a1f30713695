import { expect, it } from "vitest";
import { tellerOf } from "#commands/demo/teller.ts";

const minuteMs = 60_000;

it("tells with the story's time, and one look in so many minutes", () => {
  let nowMs = 5_000;
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  const tell = tellerOf({ nowMs: () => nowMs, zeroMs: 5_000, lookEveryMinutes: 10, print });

  for (const [minute, line] of [
    [0, "balance $3"],
    [9.9, "balance $2"],
    [9.9, "a trip"],
    [10, "balance $1"],
    [75, "balance $0"],
    [24 * 60 + 61, "another day"],
  ] as const) {
    nowMs = 5_000 + minute * minuteMs;
    tell(line);
  }

  expect(lines).toEqual([
    "00:00  balance $3",
    "00:09  a trip",
    "00:10  balance $1",
    "01:15  balance $0",
    "01:01  another day",
  ]);
});
