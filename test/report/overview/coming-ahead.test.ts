import { describe, expect, it } from "vitest";
import type { Budget, Policy } from "#guard/model/policy.ts";
import { comingAhead } from "#report/overview/coming-ahead.ts";
import { guardReports } from "#report/overview/guards.ts";
import { at, book, guarding, hourMs, minuteMs } from "../../guard/samples.ts";
import { type Given, sourcesWith } from "./overview.ts";

const daily: Budget = {
  name: "daily",
  limitUsd: 20,
  per: "day",
  action: "stop",
  freezes: true,
};

const evening = { name: "evening", action: "stop", pods: ["dev-*"] } as const;

const coming = (given: Given) =>
  comingAhead(sourcesWith(given)).map(({ atMs, guard, what, isFixed }) => [
    atMs === undefined ? undefined : Math.round((atMs - at(60)) / minuteMs),
    guard,
    what,
    isFixed,
  ]);

function budgeted(budget: Partial<Budget>): Given {
  const period = { fromMs: at(0), toMs: at(24 * 60), sinceMs: at(0), spentUsd: 17 };
  return {
    policy: { ...guarding({}), budgets: [{ ...daily, ...budget }] },
    look: { balanceUsd: 50, burnPerHrUsd: 1.5 },
    state: { budgets: { daily: [period] } },
  };
}

describe("what comes of budgets", () => {
  it.each<[Partial<Budget>, string]>([
    [{}, "tell you and stop all pods: budget daily of $20.00 is used up"],
    [{ action: "notify" }, "tell you: budget daily of $20.00 is used up"],
    [{ action: "agent" }, "tell you and call the agent: budget daily of $20.00 is used up"],
  ])("with %j is when it is used up at the present burn", (budget, words) => {
    expect(coming(budgeted(budget))).toEqual([[120, "budget", words, false]]);
  });

  it("is nothing where it is not reached in its period", () => {
    expect(coming(budgeted({ limitUsd: 500 }))).toEqual([]);
  });

  it("tells nobody where no way to is set up", () => {
    const [[, , words] = []] = coming({ ...budgeted({ action: "notify" }), isNobodyTold: true });

    expect(words).toContain("tell nobody (no way to is set up)");
  });
});

function scheduled(skippedMs?: number): Given {
  const moments = {
    atMs: at(60),
    periods: {},
    schedules: { evening: { rule: "0 19 * * *", nextMs: at(180) } },
  };
  return {
    policy: guarding({ schedules: [evening, { ...evening, name: "unknown" }] }),
    state: {
      moments,
      leaseBook: {
        ...book(),
        ...(skippedMs !== undefined && { skippedMs: { evening: skippedMs } }),
      },
    },
  };
}

describe("what comes of schedules", () => {
  it("is the next time of each of which it is known", () => {
    expect(coming(scheduled())).toEqual([[120, "schedule", "stop dev-*: schedule evening", true]]);
  });

  it("is nothing at a time that a person passes over", () => {
    expect(coming(scheduled(at(180)))).toEqual([]);
    expect(coming(scheduled(at(60)))).toHaveLength(1);
  });
});

describe("each guard of what is ahead", () => {
  it("says what it does", () => {
    const guards = guarding({
      schedules: [evening, { ...evening, name: "look", action: "notify" }],
      stopped: { afterMs: 24 * hourMs, action: "terminate", losesData: false, pods: ["*"] },
    });
    const policy: Policy = {
      ...guards,
      budgets: [
        daily,
        { ...daily, name: "team", pods: ["team-*"], action: "agent", freezes: false },
      ],
    };

    const words = guardReports(policy, false)
      .filter(({ name }) => /^(budget|schedule|stopped)/.test(name))
      .map((each) => `${each.name}: ${each.words}`);

    expect(words).toEqual([
      "budget daily: At $20.00 a day: tells you, stops all pods, 15 min after a warning; until the next day pods that start are told of and stopped",
      "budget team: At $20.00 a day by team-*: tells you, calls the agent",
      "schedule evening: When it comes: stops dev-*, 15 min after a warning",
      "schedule look: When it comes: tells you of dev-*",
      "stopped: Deletes a pod that has been stopped for 24 h, if it has a network volume, 15 min after a warning",
    ]);
  });
});
