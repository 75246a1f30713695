import { expect, it } from "vitest";
import { asRecorded, recordedAt } from "#report/as-recorded.ts";

const minuteMs = 60_000;

it.each<[string, readonly string[], readonly string[]]>([
  ["nothing", [], []],
  ["of the guard's own, what it decided first", ["60.8", "0.7"], ["0.7", "60.8"]],
  [
    "of the guard's own, what it decided first, though the clock was set back by a minute",
    ["60.7", "0.8"],
    ["60.7", "0.8"],
  ],
  ["of others, what has the earlier time", ["60.x", "0.y", "61.9"], ["0.y", "60.x", "61.9"]],
  [
    "what was held back goes before all that came meanwhile, and no further",
    ["10.1", "20.2", "90.4", "95.5", "30.3"],
    ["10.1", "20.2", "30.3", "90.4", "95.5"],
  ],
  ["of the same time, as recorded", ["5.b", "5.a", "5.c"], ["5.b", "5.a", "5.c"]],
  [
    "what is earlier by more than anything is held back was recorded by another clock",
    ["7200.1", "0.2", "60.3", "30.x"],
    ["7200.1", "0.2", "30.x", "60.3"],
  ],
  [
    "a state that was lost counts anew",
    ["100.500", "160.0", "220.1"],
    ["100.500", "160.0", "220.1"],
  ],
])("first comes %s", (_sentence, written, expected) => {
  const records = written.map((words) => {
    const [seconds = "", n = ""] = words.split(".");
    const atMs = Number(seconds) * 1_000;
    return { words, atMs, id: /\d/.test(n) ? `${atMs}.${n}` : `manual:${n}` };
  });

  expect(asRecorded(records, recordedAt).map(({ words }) => words)).toEqual(expected);
});

it("a hundred thousand are put in order at once", () => {
  const times = Array.from(
    { length: 100_000 },
    (_, n) => n * minuteMs - (n % 7 === 0 ? 90_000 : 0),
  );

  const inOrder = asRecorded(times, (atMs) => ({ atMs }));

  expect(inOrder).toEqual(times.toSorted((a, b) => a - b));
});
