import { describe, expect, it } from "vitest";
import type { Budget } from "#guard/model/policy.ts";
import { hourMs } from "#guard/model/time.ts";
import { estimateJson } from "#report/launch/estimate-json.ts";
import type { Reached } from "#report/launch/estimate.ts";
import { pod, policyWith } from "../../guard/samples.ts";
import { createWorld, lease, offer, type WorldOptions } from "../../operations/launch/world.ts";

/** One at $0.70/h for 4 h, on a disk that costs next to nothing. */
async function estimated(options: WorldOptions, more: object = {}) {
  const { estimate } = await createWorld(options).plan({ containerDiskGb: 0, ...more });
  return estimate;
}

const hoursTo = ({ atMs }: Reached, nowMs: number): number | undefined =>
  atMs === undefined ? undefined : Math.round(((atMs - nowMs) / hourMs) * 100) / 100;

async function reachedIn(options: WorldOptions, more: object = {}) {
  const { reached, atMs } = await estimated(options, more);
  return reached.map((each) => [each.name, each.is, hoursTo(each, atMs)]);
}

describe("what a pod would cost", () => {
  it("is its GPUs' price, and that of its disks beside them, for the hours of its lease", async () => {
    const { estimate } = await createWorld().plan({
      gpuCount: 2,
      volumeGb: 700,
      containerDiskGb: 20,
    });

    expect(estimate.price).toEqual({
      computePerHrUsd: 1.4,
      storageGb: 720,
      storagePerHrUsd: 0.1,
      perHrUsd: 1.5,
      computeUsd: 5.6,
      storageUsd: 0.4,
      totalUsd: 6,
    });
  });

  it("is not known where the catalogue has no price in that cloud, and then nothing is planned", async () => {
    const offers = [{ ...offer, secure: { ...offer.secure, perHrUsd: undefined } }];

    await expect(createWorld({ offers }).plan()).rejects.toThrow(
      "names no price for RTX 4090 in secure",
    );
  });

  it("is for no more GPUs than a pod may have", async () => {
    await expect(createWorld().plan({ gpuCount: 9 })).rejects.toThrow("at most 8 RTX 4090");
  });
});

describe("what becomes of the balance", () => {
  it("reaches each line while the pod runs, or after its lease at what burned before", async () => {
    // $1.00/h burns: $6.80 in the 4 hours of its lease, of $10.
    expect(await reachedIn({ look: { balanceUsd: 10, burnPerHrUsd: 1 } })).toEqual([
      ["warning", "ahead", 0],
      ["critical", "ahead", 5.2],
      ["emergency", "ahead", 6.7],
      ["$0", "ahead", 7.2],
    ]);
  });

  it("never comes to lines that it passes only if something burned after its lease", async () => {
    expect(await reachedIn({ look: { balanceUsd: 11, burnPerHrUsd: 0 } })).toEqual([
      ["warning", "ahead", 1.43],
      ["critical", "never", undefined],
      ["emergency", "never", undefined],
      ["$0", "never", undefined],
    ]);
  });

  it("is below a line already where it is", async () => {
    expect(await reachedIn({ look: { balanceUsd: 9, burnPerHrUsd: 0 } })).toContainEqual([
      "warning",
      "reached",
      undefined,
    ]);
  });

  it("is not known where it is not known what burns, and is not said to last", async () => {
    const look = { burnPerHrUsd: undefined, pods: [pod({ costPerHrUsd: undefined })] };

    const estimate = await estimated({ look });

    expect(estimate.reached.map(({ is }) => is)).toEqual(Array(4).fill("unknown"));
    expect([estimate.lasts, estimate.balanceAtEndUsd]).toEqual([undefined, undefined]);
  });

  it("is added up from the pods that run where RunPod does not say what burns", async () => {
    const look = {
      burnPerHrUsd: undefined,
      pods: [pod({ costPerHrUsd: 1 }), pod({ id: "p2", status: "stopped" })],
    };

    expect((await estimated({ look })).burnPerHrUsd).toBe(1);
  });

  it("lasts where a line by hours is not crossed at what burns with it", async () => {
    const thresholds = [{ name: "hours", belowHours: 10, answers: [], backstop: undefined }];
    const podGuards = { ...policyWith().podGuards, lease };
    const within = (balanceUsd: number) =>
      estimated({ policy: { thresholds, podGuards }, look: { balanceUsd, burnPerHrUsd: 0.3 } });

    // $1/h with it: $10 are 10 hours, and 4 hours cost $4.
    expect((await within(14)).lasts).toBe(true);
    expect((await within(13.9)).lasts).toBe(false);
  });

  it("says nothing of an account that gets a bill", async () => {
    const look = { balanceUsd: -5, billingMode: "POSTPAID" as const };

    expect((await estimated({ look })).lasts).toBe(true);
  });

  it("has each budget, with this pod where it is of it", async () => {
    const budget = (name: string, more: Partial<Budget> = {}): Budget => ({
      name,
      limitUsd: 5,
      per: "day",
      action: "notify",
      freezes: false,
      ...more,
    });
    const period = {
      fromMs: Date.now() - hourMs,
      toMs: Date.now() + 10 * hourMs,
      sinceMs: 0,
      rule: "",
      spentUsd: 3.6,
    };
    const budgets = {
      account: [period],
      mine: [period],
      others: [period],
      spent: [{ ...period, spentUsd: 6, trippedAtMs: 1 }],
      short: [{ ...period, toMs: Date.now() + hourMs }],
    };

    const reached = await reachedIn({
      look: { burnPerHrUsd: 0 },
      policy: {
        podGuards: { ...policyWith().podGuards, lease },
        budgets: [
          budget("account"),
          budget("mine", { pods: ["trainer*"] }),
          budget("others", { pods: ["dev-*"] }),
          budget("spent"),
          budget("short"),
          budget("new"),
        ],
      },
      saved: { budgets: budgets as never },
    });

    expect(reached.slice(3, 9)).toEqual([
      ["account", "ahead", 2],
      ["mine", "ahead", 2],
      ["others", "never", undefined],
      ["spent", "reached", expect.anything()],
      ["short", "never", undefined],
      ["new", "unknown", undefined],
    ]);
  });

  it("is told in JSON with null for what is unknown or does not come", async () => {
    const json = estimateJson(await estimated({ look: { balanceUsd: 11, burnPerHrUsd: 0 } }));

    expect(json).toMatchObject({
      gpu: { id: "NVIDIA GeForce RTX 4090", count: 1, cloud: "secure", stock: "high" },
      hours: 4,
      total_usd: 2.8,
      balance_at_end_usd: 8.2,
      lasts: true,
      because: null,
    });
    expect(json.reached.at(-1)).toEqual({
      kind: "zero",
      name: "$0",
      level_usd: 0,
      is: "never",
      at: null,
    });
  });
});
