import { describe, expect, it } from "vitest";
import { aheadLines } from "#commands/status/ahead-lines.ts";
import type { BudgetStanding } from "#guard/budgets/standing.ts";
import type { AheadReport, ScheduleReport } from "#report/ahead/ahead.ts";
import { localTime } from "#terminal/local-time.ts";
import { paint } from "./paint.ts";

const hourMs = 3_600_000;
const nowMs = Date.UTC(2026, 10, 27, 14, 30);
const toMs = nowMs + 10 * hourMs;

const standing: BudgetStanding = {
  budget: { name: "daily", limitUsd: 20, per: "day", action: "stop", freezes: true },
  period: { fromMs: nowMs - 14 * hourMs, toMs, sinceMs: nowMs - 14 * hourMs, spentUsd: 5 },
  spentUsd: 5,
  share: 0.25,
  isAtLeast: false,
  estimatedUsd: 0,
  toppedUpUsd: 0,
  burnPerHrUsd: 1.5,
  reachedAtMs: undefined,
  trippedAtMs: undefined,
  frozenUntilMs: undefined,
};

const evening: ScheduleReport = {
  schedule: { name: "evening", action: "stop", pods: ["dev-*"], cron: "0 19 * * *", except: [] },
  nextMs: nowMs + 2 * hourMs,
  isSkipped: false,
  podIds: [],
};

function lines(ahead: Partial<AheadReport>): readonly string[] {
  const none = { budgets: [], schedules: [], estimate: undefined };
  return aheadLines({ ahead: { ...none, ...ahead }, nowMs, command: "runpodboss" }, paint);
}

describe("the budgets of status", () => {
  it.each<[string, Partial<BudgetStanding>, string]>([
    ["spent in part", {}, "  daily  $5.00 of $20.00 today (25 %), not reached today"],
    [
      "that will be used up",
      { reachedAtMs: nowMs + 2 * hourMs },
      "  daily  $5.00 of $20.00 today (25 %), at $1.50/h reached in 2 h 0 min",
    ],
    [
      "that come near",
      { spentUsd: 16, share: 0.8 },
      "  daily  <yellow>$16.00 of $20.00 today (80 %), not reached today</yellow>",
    ],
    [
      "of which something is not known",
      { isAtLeast: true, burnPerHrUsd: undefined },
      "  daily  at least $5.00 of $20.00 today (25 %), its burn is unknown",
    ],
    [
      "that are used up and frozen",
      { spentUsd: 21, share: 1.05, trippedAtMs: nowMs - hourMs, frozenUntilMs: toMs },
      `  daily  <red>$21.00 of $20.00 today (105 %), USED UP, frozen until ${localTime(toMs)}; lift it: runpodboss unfreeze daily</red>`,
    ],
    [
      "that only tell",
      {
        budget: { ...standing.budget, action: "notify", freezes: false },
        spentUsd: 21,
        share: 1.05,
        trippedAtMs: nowMs - hourMs,
      },
      "  daily  <red>$21.00 of $20.00 today (105 %), USED UP</red>",
    ],
    [
      "that a person has lifted",
      {
        period: { fromMs: 0, toMs, sinceMs: 0, spentUsd: 21, unfrozenAtMs: nowMs },
        spentUsd: 21,
        share: 1.05,
        trippedAtMs: nowMs - hourMs,
      },
      `  daily  <yellow>$21.00 of $20.00 today (105 %), used up, lifted until ${localTime(toMs)}</yellow>`,
    ],
    ["of which nothing is counted yet", { period: undefined }, "  daily  not counted yet"],
  ])("%s", (_sentence, changes, line) => {
    expect(lines({ budgets: [{ ...standing, ...changes }] })).toEqual(["budgets:", line]);
  });
});

describe("the schedules of status", () => {
  const at = localTime(nowMs + 2 * hourMs);

  it.each<[string, Partial<ScheduleReport>, string]>([
    ["that come", {}, `  evening  ${at} (in 2 h 0 min) stops dev-*`],
    [
      "that a person passes over",
      { isSkipped: true },
      `  evening  <yellow>${at} (in 2 h 0 min) is PASSED OVER</yellow>`,
    ],
    [
      "of which nobody can read whether they are passed over",
      { isSkipped: undefined },
      `  evening  ${at} (in 2 h 0 min) stops dev-*, unless it is passed over: that cannot be read`,
    ],
    [
      "that end pods now",
      { podIds: ["p1", "p2"] },
      `  evening  ending p1, p2 now; ${at} (in 2 h 0 min) stops dev-*`,
    ],
    [
      "that come in a week",
      { nextMs: nowMs + 168 * hourMs },
      `  evening  ${localTime(nowMs + 168 * hourMs)} stops dev-*`,
    ],
    [
      "of which nothing is known",
      { nextMs: undefined },
      "  evening  when it comes next is not known",
    ],
  ])("%s", (_sentence, changes, line) => {
    expect(lines({ schedules: [{ ...evening, ...changes }] })).toEqual(["schedules:", line]);
  });

  it("and budgets are left out where there are none", () => {
    expect(lines({})).toEqual([]);
  });
});
