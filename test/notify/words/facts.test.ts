import { describe, expect, it } from "vitest";
import { dearestIn, dearestWords, factsOf } from "#notify/words/facts.ts";
import type { Pod, Seen } from "#guard/model/account.ts";
import { pod, seen } from "../../guard/samples.ts";

const minuteMs = 60_000;
const notice = { atMs: 0, balanceUsd: 9.19, burnPerHrUsd: 6.65 };
const fleet: readonly Pod[] = [
  pod({ id: "t1", name: "trainer", costPerHrUsd: 0.79 }),
  pod({ id: "e1", name: "eval-sweep", costPerHrUsd: 1.49 }),
  pod({ id: "d1", name: "db", costPerHrUsd: 0.2, status: "stopped" }),
];
const look = seen({ atMs: 0, pods: fleet });

describe("the account in one line", () => {
  it.each<[string, Parameters<typeof factsOf>[0], Seen | undefined, string]>([
    [
      "is its balance, its burn, what is left, and what costs most",
      notice,
      look,
      "Balance $9.19 · burning $6.65/h · about 1 h 23 min left · most: eval-sweep (e1) $1.49/h, trainer (t1) $0.79/h",
    ],
    [
      "names no pods where they are not known",
      notice,
      seen({ pods: "unknown" }),
      "Balance $9.19 · burning $6.65/h · about 1 h 23 min left",
    ],
    [
      "names none before the first poll",
      { ...notice, balanceUsd: undefined },
      undefined,
      "Balance unknown · burning $6.65/h",
    ],
    [
      "says that nothing burns",
      { ...notice, burnPerHrUsd: 0 },
      seen({ pods: [] }),
      "Balance $9.19 · burning $0.00/h",
    ],
    [
      "says that the burn is not known",
      { ...notice, burnPerHrUsd: undefined },
      seen({ pods: [] }),
      "Balance $9.19 · burn unknown",
    ],
    ["is empty where nothing is known", { atMs: 0 }, undefined, ""],
    [
      "is only the pods where only they are known",
      { atMs: 0 },
      seen({ pods: [pod({ costPerHrUsd: undefined })] }),
      "most: trainer (p1) cost unknown",
    ],
    [
      "says how old it is, and then counts nothing by it",
      { ...notice, atMs: 20 * minuteMs },
      look,
      "Last seen 20 min before: balance $9.19 · burning $6.65/h",
    ],
    [
      "is of now where nobody wrote down when it happened",
      { balanceUsd: 9.19, burnPerHrUsd: 6.65 },
      seen({ pods: [] }),
      "Balance $9.19 · burning $6.65/h · about 1 h 23 min left",
    ],
    [
      "counts long times in days",
      { ...notice, burnPerHrUsd: 0.1 },
      seen({ pods: [] }),
      "Balance $9.19 · burning $0.10/h · about 3 days left",
    ],
    [
      "says that nothing is left",
      { ...notice, balanceUsd: -0.1 },
      seen({ pods: [] }),
      "Balance -$0.10 · burning $6.65/h · nothing left",
    ],
  ])("%s", (_sentence, told, seenThen, line) => {
    expect(factsOf(told, seenThen, 0)).toBe(line);
  });

  it("stays one line, and short, whatever pods are called", () => {
    const odd = seen({ pods: [pod({ name: `a\n${"é".repeat(2_000)}` })] });

    const line = factsOf(notice, odd, 0);

    expect(line).not.toContain("\n");
    expect(Buffer.byteLength(line)).toBeLessThan(500);
  });
});

it("what costs most is what runs, an unknown cost first, and no more than three by name", () => {
  const more = ["a", "b", "c"].map((id) => pod({ id, name: id, costPerHrUsd: 0.1 }));
  const unknown = pod({ id: "u1", name: "unpriced", costPerHrUsd: undefined });
  const all = seen({ pods: [...more, ...fleet, unknown] });

  expect(dearestWords(dearestIn(all, 0))).toBe(
    "unpriced (u1) cost unknown, eval-sweep (e1) $1.49/h, trainer (t1) $0.79/h and 3 more",
  );
});
