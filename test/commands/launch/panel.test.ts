import { describe, expect, it } from "vitest";
import { estimatePanel } from "#commands/launch/panel.ts";
import { hourMs } from "#guard/model/time.ts";
import type { Estimate } from "#report/launch/estimate.ts";
import { offer } from "../../operations/launch/world.ts";

const estimate: Estimate = {
  wanted: {
    offer,
    cloud: "secure",
    gpuCount: 1,
    forMs: 4 * hourMs,
    volumeGb: 0,
    containerDiskGb: 20,
  },
  price: {
    computePerHrUsd: 0.7,
    perHrUsd: 0.703,
    computeUsd: 2.8,
    storageUsd: 0.01,
    storageGb: 20,
    totalUsd: 2.81,
  } as Estimate["price"],
  atMs: 0,
  endsAtMs: 4 * hourMs,
  balanceUsd: 20,
  burnPerHrUsd: 0,
  balanceAtEndUsd: 17.19,
  reached: [],
  budgets: [],
  lasts: true,
  because: undefined,
};

describe("the panel of an estimate", () => {
  it.each<[string, number | undefined, string]>([
    ["what is left", 17.19, "$17.19"],
    ["that nothing is, and what it lacks", -383.44, "nothing left, $383.44 short"],
    ["that this is not known", undefined, "unknown"],
  ])("tells for its end %s", (_sentence, balanceAtEndUsd, words) => {
    const panel = estimatePanel({ ...estimate, balanceAtEndUsd }, 80);

    expect(panel.find((line) => line.startsWith("At its end"))).toMatch(
      new RegExp(`^At its end +${words.replaceAll("$", String.raw`\$`)}$`),
    );
  });
});
