import { describe, expect, it } from "vitest";
import { spentIn } from "#report/brief/spent.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = { fromMs: 24 * hour, toMs: 48 * hour, gapMs: 15 * minute };

/** A balance at an hour of the time. */
const sample = (atHours: number, balanceUsd: number, burnPerHrUsd?: number) => ({
  atMs: atHours * hour,
  balanceUsd,
  burnPerHrUsd,
});

/** One a minute, burning evenly. */
function burning(fromHours: number, toHours: number, fromUsd: number, perHrUsd: number) {
  const count = Math.round((toHours - fromHours) * 60);
  return Array.from({ length: count + 1 }, (_, n) =>
    sample(fromHours + n / 60, fromUsd - (perHrUsd * n) / 60, perHrUsd),
  );
}

describe("what was spent in a day", () => {
  it.each<[string, Parameters<typeof spentIn>[0], object]>([
    [
      "is what the balance fell by, and no day has of another's",
      burning(20, 52, 100, 1.5),
      { usd: 36, toppedUpUsd: 0, unseenMs: 0 },
    ],
    [
      "does not depend on the order in which the balances come",
      burning(20, 52, 100, 1.5).toReversed(),
      { usd: 36, toppedUpUsd: 0, unseenMs: 0 },
    ],
    [
      "is told apart from what was paid in",
      [...burning(24, 30, 10, 1), ...burning(30 + 1 / 60, 48, 54 - 1 / 60, 1)],
      { usd: 24, toppedUpUsd: 50, unseenMs: 0 },
    ],
    [
      "is nothing where nothing burns",
      burning(24, 48, 10, 0),
      { usd: 0, toppedUpUsd: 0, unseenMs: 0 },
    ],
    [
      "is unknown where nobody looked",
      burning(10, 20, 100, 1),
      { usd: undefined, toppedUpUsd: 0, unseenMs: 24 * hour },
    ],
    [
      "is at least what is known around a time in which nobody looked",
      [...burning(24, 30, 100, 1), ...burning(33, 48, 91, 1)],
      { usd: 24, toppedUpUsd: 0, unseenMs: 3 * hour },
    ],
    [
      "begins where somebody looked again",
      [sample(20, 100, 1), ...burning(26, 48, 94, 1)],
      { usd: 22, toppedUpUsd: 0, unseenMs: 2 * hour },
    ],
    [
      "does not grow by answers that are older than those before",
      burning(24, 48, 100, 6).map((each, n) =>
        n % 10 === 5 ? { ...each, balanceUsd: each.balanceUsd + 0.5 } : each,
      ),
      { usd: 144, toppedUpUsd: 0, unseenMs: 0 },
    ],
    [
      "does not grow by a single answer that was wrong",
      burning(24, 48, 100, 1).map((each, n) => (n === 700 ? { ...each, balanceUsd: 5 } : each)),
      { usd: 24, toppedUpUsd: 0, unseenMs: 0 },
    ],
    ["is unknown by a single balance", [sample(30, 10)], { usd: undefined }],
  ])("%s", (_sentence, samples, expected) => {
    const found = spentIn(samples, day);

    const near = (value: number | undefined) => value && Number(value.toFixed(6));
    expect({ ...found, usd: near(found.usd), toppedUpUsd: near(found.toppedUpUsd) }).toMatchObject(
      expected,
    );
  });
});
