import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { createWorstCase } from "#commands/watch/worst-case.ts";
import type { Settings } from "#config/settings.ts";
import { realPaces } from "#paces.ts";
import { keptLog } from "../../effects/samples.ts";

const settings = {
  pollIntervalMs: 60_000,
  dryRun: false,
  thresholds: [{ name: "low", belowUsd: 1, prompt: "", notifyCommand: [] }],
} as unknown as Settings;

it.each<[string, Partial<Settings>, readonly ("seen" | "blind")[], number]>([
  ["after the first good poll, once", {}, ["blind", "seen", "seen"], 1],
  ["not before", {}, ["blind"], 0],
  ["never without a threshold", { thresholds: [] }, ["seen"], 0],
])("the worst case is told %s", async (_sentence, given, looks, times) => {
  const { log, entries } = keptLog();
  const worstCase = createWorstCase({
    settings: () => ({ ...settings, ...given }),
    paces: realPaces,
    log,
    spendLimit: () => Promise.resolve(80),
  });

  for (const kind of looks) worstCase.polled({ kind });
  await nextTurn();

  expect(entries).toHaveLength(times);
});

it("what breaks it is told, and breaks nothing else", async () => {
  const { log, entries } = keptLog();
  const spendLimit = () => Promise.reject(new Error("the moon is full"));
  const worstCase = createWorstCase({
    settings: () => settings,
    paces: realPaces,
    log,
    spendLimit,
  });

  worstCase.polled({ kind: "seen" });
  await nextTurn();

  expect(JSON.stringify(entries)).toContain("the moon is full");
});
