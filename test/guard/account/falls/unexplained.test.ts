import { describe, expect, it } from "vitest";
import { isAuditDue } from "#guard/account/audited.ts";
import { decide } from "#guard/decide.ts";
import { emptyState } from "#guard/model/state.ts";
import { at, minuteMs, noticesOf, pod } from "../../samples.ts";
import { type Burning, burnt, burnWords, podOf, still } from "../burning.ts";

const costUsd = 2;
const explained: Burning = { burn: () => costUsd, look: () => podOf(costUsd) };
/** From minute 30 on, $3.00/h burn that no pod explains. */
const leaking: Burning = { ...explained, burn: (n) => (n < 30 ? costUsd : costUsd + 3) };

function toldAt(burning: Partial<Burning>, last = 120): readonly number[] {
  const told = burnWords(burnt([0, last], { ...leaking, ...burning }));
  return told.map(([minute]) => minute);
}

describe("a balance that falls faster than the pods explain", () => {
  it("is told once, after a quarter of an hour and the time of an audit, with the numbers", () => {
    const told = burnWords(burnt([0, 600], leaking));

    expect(told).toEqual([
      [
        47,
        "burn: the balance fell $1.25 in 16 min ($4.69/h), and the pods explain at most $2.00/h of it. $2.69/h is unexplained. Check for serverless workers and storage. To find it: runpodboss audit",
      ],
    ]);
  });

  it("is told with what the audit has found by then", () => {
    const { state } = burnt([0, 45], leaking);
    const words = "endpoint whisper $3.00/h";
    expect(isAuditDue(state, at(45))).toBe(true);

    const found = decide(state, { kind: "audited", atMs: at(45), words }, still).state;
    const startUsd = found.falls?.balanceUsd ?? 0;
    const told = burnWords(burnt([46, 50], { ...leaking, startUsd }, found));

    expect(told.map(([minute]) => minute)).toEqual([46]);
    expect(told[0]?.[1]).toContain("is unexplained: endpoint whisper $3.00/h. To find it");
  });

  it.each<[string, Partial<Burning>, readonly number[]]>([
    [
      "after a dear pod has ended",
      { burn: (n) => (n < 20 ? 40 : 5), look: (n) => podOf(n < 20 ? 40 : 2) },
      [44],
    ],
    ["that RunPod charges every second", { tickMs: 1_000, pollMs: 15_000 }, [46.5]],
    ["that RunPod charges every 5 min", { tickMs: 5 * minuteMs }, [47]],
    ["by over a fifth", { burn: (n) => (n < 30 ? 2 : 2.6) }, [47]],
  ])("is told of a burn %s", (_sentence, burning, expected) => {
    expect(toldAt(burning)).toEqual(expected);
  });

  it.each<[string, Partial<Burning>]>([
    ["the pods explain all of it", explained],
    ["it is no more than a fifth", { burn: (n) => (n < 30 ? 2 : 2.35) }],
    ["it is less than $0.10/h", { burn: (n) => (n < 30 ? 0.1 : 0.19), look: () => podOf(0.1) }],
    ["it lasts for 12 min", { burn: (n) => (n >= 30 && n < 42 ? 5 : 2) }],
    [
      "it is charged in one go, as storage is",
      { burn: () => 2, lump: (n) => (n % 60 === 30 ? 1 : 0) },
    ],
    ["there is a top-up every 10 min", { lump: (n) => (n % 10 === 0 ? -5 : 0) }],
    ["nobody looked for a while every 12 min", { look: (n) => (n % 12 < 4 ? "blind" : podOf(2)) }],
    ["the pods are unknown", { look: () => ({ pods: "unknown" }) }],
    [
      "the pods are unknown now and then",
      { look: (n) => (n % 10 === 0 ? { pods: "unknown" } : podOf(2)) },
    ],
    ["a row of the pods cannot be read", { look: () => ({ ...podOf(2), unreadablePods: 1 }) }],
    ["the cost of a pod is unknown", { look: () => podOf(undefined) }],
    [
      "the cost of one of two pods is unknown",
      { look: () => ({ pods: [pod(), pod({ id: "p2", costPerHrUsd: undefined })] }) },
    ],
    [
      "what ran is charged 5 min after it has ended",
      { burn: (n) => (n < 34 ? 20 : 2), look: (n) => podOf(n < 30 ? 20 : 2) },
    ],
  ])("is not told of where %s", (_sentence, burning) => {
    expect(toldAt(burning)).toEqual([]);
  });
});

describe("that it is explained again", () => {
  const over: Burning = { ...leaking, burn: (n) => (n >= 30 && n < 60 ? 5 : 2) };

  it("is told once, and what begins anew is told anew", () => {
    const again = { ...over, burn: (n: number) => (over.burn(n) > 2 || n >= 120 ? 5 : 2) };

    const told = burnWords(burnt([0, 180], again));

    expect(told.map(([minute]) => minute)).toEqual([47, 74, 137]);
    expect(told[1]?.[1]).toBe(
      "burn: nothing unexplained burns any more: the balance fell $0.55 in 16 min ($2.06/h), which the pods explain",
    );
  });

  it("is told once nothing has fallen for a quarter of an hour", () => {
    const stopped = { ...over, burn: (n: number) => (n < 60 ? over.burn(n) : 0) };

    const told = burnWords(burnt([0, 120], stopped));

    expect(told.map(([minute]) => minute)).toEqual([47, 75]);
    expect(told[1]?.[1]).toContain("the balance has not fallen for 15 min");
  });

  it.each<[string, Partial<Burning>]>([
    ["the pods are unknown", { look: (n) => (n < 55 ? podOf(2) : { pods: "unknown" }) }],
    ["nobody looks", { look: (n) => (n < 55 ? podOf(2) : "blind") }],
    [
      "a change-over leaves the balance in doubt",
      { look: (n) => ({ ...podOf(2), ...(n >= 55 && { isRiseDoubted: true }) }) },
    ],
    [
      "a pod that runs for a while may hide it",
      { burn: leaking.burn, look: (n) => podOf(n % 20 === 0 ? 20 : 2) },
    ],
  ])("is not told while %s", (_sentence, burning) => {
    const told = burnWords(burnt([0, 100], { ...over, ...burning }));

    expect(told.filter(([, words]) => words.includes("any more"))).toEqual([]);
  });

  it("is known to be over though nothing was told yet, and nothing is then", () => {
    const { state } = burnt([0, 45], leaking);
    const later = burnt([46, 90], { ...explained, startUsd: 150 }, state);

    expect(state.saidAtMs).toEqual({ "burn:falls": at(45) });
    expect(burnWords(later)).toEqual([]);
    expect(later.state.saidAtMs).toEqual({});
  });

  it("takes the place of the notice that was not sent yet", () => {
    const { state } = burnt([0, 120], over);

    expect(noticesOf(state.owed).map(({ isResolution }) => isResolution)).toEqual([true]);
    expect(burnt([0, 10], explained, emptyState).state.owed).toEqual([]);
  });
});
