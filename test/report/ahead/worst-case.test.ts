import { expect, it } from "vitest";
import type { ThresholdSettings } from "#config/settings.ts";
import { realPaces } from "#paces.ts";
import { worstCaseWords } from "#report/ahead/worst-case.ts";

const threshold = (name: string, minutes?: number): ThresholdSettings => ({
  name,
  belowUsd: 1,
  prompt: "",
  notifyCommand: [],
  backstop: minutes === undefined ? undefined : { action: "stop", afterMs: minutes * 60_000 },
});
const settings = {
  pollIntervalMs: 60_000,
  dryRun: false,
  thresholds: [threshold("warning", 60), threshold("emergency", 2), threshold("last")],
};

it.each([
  [
    "with a backstop",
    settings,
    80,
    "at your $80.00/h limit a crossing costs at most $2.00 before it is seen, $6.24 until it is stopped",
  ],
  [
    "RunPod does not tell",
    settings,
    undefined,
    "at RunPod's usual limit of $80.00/h (yours could not be read) a crossing costs at most $2.00 before it is seen, $6.24 until it is stopped",
  ],
  [
    "no threshold has a backstop",
    { ...settings, thresholds: [threshold("warning")] },
    40,
    "at your $40.00/h limit a crossing costs at most $1.00 before it is seen; what it costs after that depends on who is told: no threshold has a backstop",
  ],
  [
    "a dry run",
    { ...settings, dryRun: true },
    40,
    "at your $40.00/h limit a crossing costs at most $1.00 before it is seen; what it costs after that depends on who is told: this is a dry run",
  ],
  ["no threshold", { ...settings, thresholds: [] }, 40, undefined],
])("the worst case: %s", (_sentence, given, limit, words) => {
  expect(worstCaseWords(given, realPaces, limit)).toBe(words);
});
