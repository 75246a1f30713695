import { expect, it } from "vitest";
import { createBucket } from "#daemon/bucket.ts";

const settings = { most: 3, everyMs: 30 };

it.each([
  ["an untouched one has room", [], -Infinity],
  ["one that was taken from has room for more", [0], -30],
  ["one that is empty has room after a while", [0, 0, 0], 30],
  ["what has passed is made up for", [0, 0, 0, 60], 60],
  ["those that could not be left out count too", [0, 0, 0, 0, 0], 90],
  ["but nobody waits for ever", Array<number>(100).fill(0), 150],
  ["after a clock that went back, too", [1_000_000, 0], 150],
])("%s", (_sentence, takenAtMs, freeAtMs) => {
  const bucket = createBucket(settings);
  for (const atMs of takenAtMs) bucket.take(atMs);

  expect(bucket.freeAtMs()).toBe(freeAtMs);
});
