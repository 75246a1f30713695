import { describe, expect, it } from "vitest";
import { accountedTo } from "#guard/budgets/account-spend.ts";
import type { Accounted } from "#guard/model/spend.ts";
import { at } from "../samples.ts";

/** `[minute, balance, burn]`, and whether a rise is doubted. */
type Row = readonly [minute: number, balanceUsd: number, burn?: number, isRiseDoubted?: boolean];

/** Cents, of all that came of these looks; and what is due in the end. */
function spentBy(rows: readonly Row[]) {
  let accounted: Accounted | undefined;
  const sum = { spent: 0, estimated: 0, toppedUp: 0 };
  for (const [minute, balanceUsd, burnPerHrUsd, isRiseDoubted = false] of rows) {
    const next = accountedTo(accounted, {
      atMs: at(minute),
      balanceUsd,
      burnPerHrUsd,
      isRiseDoubted,
    });
    accounted = next.accounted;
    for (const { spentUsd, estimatedUsd = 0, toppedUpUsd = 0 } of next.spent) {
      sum.spent += spentUsd;
      sum.estimated += estimatedUsd;
      sum.toppedUp += toppedUpUsd;
    }
  }
  const cents = (usd: number) => Math.round(usd * 100) + 0;
  return [cents(sum.spent), cents(sum.estimated), cents(sum.toppedUp)];
}

describe("the account's spending: cents spent, estimated of it, topped up", () => {
  // At $6 an hour ten cents burn a minute.
  it.each<[sentence: string, rows: readonly Row[], spent: readonly number[]]>([
    ["the first look is where it begins", [[0, 100, 6]], [0, 0, 0]],
    [
      "falls are spending",
      [
        [0, 100, 6],
        [1, 99.9, 6],
        [2, 99.8, 6],
      ],
      [20, 0, 0],
    ],
    [
      "so are falls at a burn that nobody knows",
      [
        [0, 100],
        [1, 99.9],
        [20, 90],
      ],
      [1000, 990, 0],
    ],
    [
      "what is not charged yet is not spent",
      [
        [0, 100, 6],
        [4, 100, 6],
      ],
      [0, 0, 0],
    ],
    [
      "a charge every five minutes counts when it comes",
      [
        [0, 100, 6],
        [4, 100, 6],
        [5, 99.5, 6],
        [9, 99.5, 6],
        [10, 99, 6],
      ],
      [100, 0, 0],
    ],
    [
      "a top-up between two charges is a top-up, and no more",
      [
        [0, 100, 6],
        [5, 99.5, 6],
        [9, 109.5, 6],
        [10, 109, 6],
        [15, 108.5, 6],
      ],
      [150, 0, 1000],
    ],
    [
      "a charge that came together with a top-up is missing at the next one, and counts then",
      [
        [0, 100, 6],
        [5, 99.5, 6],
        [9, 99.5, 6],
        [10, 109, 6],
        [14, 109, 6],
        [15, 108.5, 6],
      ],
      [140, 40, 990],
    ],
    [
      "a top-up that is smaller than the charge that came with it is a smaller charge",
      [
        [0, 100, 6],
        [5, 99.5, 6],
        [10, 99.4, 6],
        [15, 98.9, 6],
      ],
      [110, 0, 0],
    ],
    [
      "a balance that does not fall for 15 min though something burns is kept up by a card",
      [
        [0, 100, 6],
        [10, 100, 6],
        [15, 100, 6],
        [16, 100, 6],
      ],
      [160, 160, 160],
    ],
    [
      "an answer that shows what was some minutes before is neither a top-up nor spent once more",
      [
        [0, 100, 6],
        [1, 99.9, 6],
        [2, 100, 6],
        [3, 99.7, 6],
        [4, 99.9, 6],
        [5, 99.5, 6],
      ],
      [50, 0, 0],
    ],
    [
      "a cent up and down is no spending",
      Array.from({ length: 60 }, (_, n): Row => [n, 100 - (n % 2) / 100, 0]),
      [1, 0, 0],
    ],
    [
      "what a card pays back within minutes is spent, where nobody knows what burns",
      [
        [0, 10],
        [1, 5],
        [2, 10],
        [5, 10],
        [6, 5],
        [7, 10],
      ],
      [1000, 0, 1000],
    ],
    [
      "so it is where that is what burns",
      [
        [0, 10, 60],
        [5, 5, 60],
        [6, 10, 60],
        [10, 5, 60],
        [11, 10, 60],
        [15, 5, 60],
      ],
      [1500, 0, 1000],
    ],
    [
      "an older answer after a top-up is no spending",
      [
        [0, 100, 6],
        [1, 109.9, 6],
        [2, 99.9, 6],
        [3, 109.7, 6],
        [12, 108.8, 6],
      ],
      [110, 0, 990],
    ],
    [
      "a fall that lasts is, though it came shortly after a top-up",
      [
        [0, 100, 6],
        [1, 109.9, 6],
        [2, 99.9, 6],
        [6.5, 99.4, 6],
      ],
      [1050, 0, 990],
    ],
    [
      "so is one that only rises",
      [
        [0, 100, 6],
        [10, 101, 6],
        [20, 102, 6],
      ],
      [200, 200, 400],
    ],
    [
      "what was charged late after all counts once",
      [
        [0, 100, 6],
        [10, 100, 6],
        [20, 100, 6],
        [25, 97.5, 6],
      ],
      [250, 0, 0],
    ],
    [
      "also where a part of it is charged only next time",
      [
        [0, 100, 6],
        [10, 100, 6],
        [20, 100, 6],
        [25, 98, 0],
        [30, 97.5, 0],
      ],
      [250, 0, 0],
    ],
    [
      "a fall beyond what was presumed is spending",
      [
        [0, 100, 6],
        [10, 100, 6],
        [20, 100, 6],
        [25, 90, 6],
      ],
      [1000, 0, 0],
    ],
    [
      "nothing burns, and nothing is presumed",
      [
        [0, 100, 0],
        [10, 100, 0],
        [20, 100, 0],
      ],
      [0, 0, 0],
    ],
    [
      "a burn that nobody knows makes nothing due",
      [
        [0, 100],
        [10, 100],
        [20, 100],
      ],
      [0, 0, 0],
    ],
    [
      "what is due is due for 15 min at most",
      [
        [0, 100, 60],
        [10, 99.99, 60],
        [20, 99.98, 60],
        [35, 99.98, 60],
      ],
      [3002, 3000, 3000],
    ],
    [
      "of a burn that has become unknown as much as it was",
      [
        [0, 100, 6],
        [10, 99.9],
        [11, 99.8],
      ],
      [20, 0, 0],
    ],
    [
      "a rise that is doubted is not believed",
      [
        [0, 100, 6],
        [5, 99.5, 6],
        [6, 120, 6, true],
        [7, 99.3, 6],
      ],
      [70, 0, 0],
    ],
    [
      "nor does anything begin with one",
      [
        [0, 120, 6, true],
        [1, 99.9, 6],
        [2, 99.8, 6],
      ],
      [10, 0, 0],
    ],
    [
      "one that is believed at last is a top-up, and what burned meanwhile is due",
      [
        [0, 100, 6],
        [5, 99.5, 6],
        [6, 120, 6, true],
        [16, 119, 6],
        [20, 118.5, 6],
      ],
      [160, 60, 2010],
    ],
    [
      "over a gap a fall is what was spent, by estimate",
      [
        [0, 100, 6],
        [60, 95, 6],
      ],
      [500, 500, 0],
    ],
    [
      "over a gap a rise says nothing by itself",
      [
        [0, 100, 6],
        [60, 120, 6],
      ],
      [0, 0, 0],
    ],
    [
      "a rise that is doubted over a gap waits",
      [
        [0, 100, 6],
        [60, 120, 6, true],
        [61, 99, 6],
      ],
      [100, 100, 0],
    ],
    [
      "a clock that goes back makes nothing due",
      [
        [60, 100, 6],
        [0, 99.9, 6],
      ],
      [10, 0, 0],
    ],
  ])("%s", (_sentence, rows, spent) => {
    expect(spentBy(rows)).toEqual(spent);
  });

  it("a gap is remembered until it is settled, with how the balance moved", () => {
    const first = accountedTo(undefined, { atMs: at(0), balanceUsd: 100, burnPerHrUsd: 6 });

    const over = accountedTo(first.accounted, { atMs: at(60), balanceUsd: 120, burnPerHrUsd: 6 });
    const next = accountedTo(over.accounted, { atMs: at(61), balanceUsd: 119, burnPerHrUsd: 6 });

    expect(over.accounted?.gap).toEqual({ fromMs: at(0), toMs: at(60), fellUsd: -20 });
    expect(next.accounted?.gap).toEqual(over.accounted?.gap);
  });
});
