import { describe, expect, it } from "vitest";
import { measuredIn } from "#guard/account/falls/measured.ts";
import type { Seen } from "#guard/model/account.ts";
import { emptyState } from "#guard/model/state.ts";
import { at, minuteMs, policyWith, seen } from "../../samples.ts";
import { type Burning, burnt } from "../burning.ts";

const untold: Partial<Seen> = { pods: "unknown", burnPerHrUsd: undefined };
const dark: Burning = { burn: () => 6, look: () => untold };

function slopeAfter(minutes: number, burning: Partial<Burning> = {}, askedAt = minutes) {
  const { state } = burnt([0, minutes], { ...dark, ...burning });
  const { burnPerHrUsd } = measuredIn(state, seen({ ...untold, atMs: at(askedAt) }));
  return burnPerHrUsd === undefined ? undefined : Math.round(burnPerHrUsd * 1_000) / 1_000;
}

describe("the burn, where neither the account nor the pods tell it", () => {
  it.each<[string, number, Partial<Burning>, number | undefined]>([
    ["is how fast the balance falls", 20, {}, 6],
    ["is not known within a quarter of an hour", 15, {}, undefined],
    ["is the same where RunPod charges every second", 20, { tickMs: 1_000, pollMs: 5_000 }, 6],
    ["is the same where RunPod charges every 5 min", 25, { tickMs: 5 * minuteMs }, 6],
    ["is not yet known then after 19 min", 19, { tickMs: 5 * minuteMs }, undefined],
    ["is that of late", 60, { burn: (n) => (n < 30 ? 6 : 12) }, 12],
    ["is not known while nothing has fallen", 30, { burn: () => 0 }, undefined],
    [
      "is known for a quarter of an hour after the last fall",
      34,
      { burn: (n) => (n < 20 ? 6 : 0) },
      6,
    ],
    ["and then not any more", 36, { burn: (n) => (n < 20 ? 6 : 0) }, undefined],
    ["is measured anew after a top-up", 40, { lump: (n) => (n === 30 ? -50 : 0) }, undefined],
    ["is known again a quarter of an hour later", 50, { lump: (n) => (n === 30 ? -50 : 0) }, 6],
    [
      "is measured anew after a time without looks",
      40,
      { look: (n) => (n > 25 && n < 30 ? "blind" : untold) },
      undefined,
    ],
    ["does not mind a look that is missing", 40, { look: (n) => (n === 30 ? "blind" : untold) }, 6],
    [
      "is not known while a change-over leaves the balance in doubt",
      20,
      { look: () => ({ ...untold, isRiseDoubted: true }) },
      undefined,
    ],
    [
      "is measured anew after such a doubt",
      40,
      { look: (n) => ({ ...untold, ...(n === 30 && { isRiseDoubted: true }) }) },
      undefined,
    ],
  ])("%s", (_sentence, minutes, burning, expected) => {
    expect(slopeAfter(minutes, burning)).toBe(expected);
  });

  it("is the account's where the account tells it", () => {
    const { state } = burnt([0, 20], dark);

    expect(measuredIn(state, seen({ balanceUsd: 5, burnPerHrUsd: 2 }))).toEqual({
      balanceUsd: 5,
      burnPerHrUsd: 2,
    });
  });

  it("is not known to who has never looked", () => {
    expect(measuredIn(emptyState, seen(untold)).burnPerHrUsd).toBeUndefined();
  });

  it("trips a threshold in hours", () => {
    const policy = policyWith({
      thresholds: [{ name: "soon", belowHours: 3, answers: ["notify"], backstop: undefined }],
    });

    const { state, events } = burnt([0, 20], { ...dark, startUsd: 18 }, emptyState, policy);

    const trips = events.flatMap(([minute, event]) =>
      event.kind === "trip" ? [[minute, event.because]] : [],
    );
    expect(trips).toEqual([[16, "balance $16.40 lasts 2.7 h at $6.00/h, less than 3 h"]]);
    expect(state.fired).toEqual({ soon: true });
  });
});
