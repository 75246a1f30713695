import { describe, expect, it } from "vitest";
import type { Budget } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import type { BudgetPeriod } from "#guard/model/spend.ts";
import { budgetDeadline, isAnyHeld } from "#guard/pods/rules/budget.ts";
import { deadlinesOf } from "#guard/pods/rules/deadlines.ts";
import { budget, budgeted, day } from "../../budgets/budget-samples.ts";
import { at, book, cluster, pod, run } from "../../samples.ts";

const used: BudgetPeriod = {
  ...day(0),
  sinceMs: at(0),
  spentUsd: 20.31,
  trippedAtMs: at(100),
};
const stops = { action: "stop" } as const;
const freezes = { freezes: true } as const;

const deadline = (
  its: Partial<Budget>,
  period: Partial<BudgetPeriod> = {},
  ofRun: Partial<PodRun> = {},
  minute = 120,
) =>
  budgetDeadline(
    run(ofRun),
    pod(),
    { budgets: { daily: [{ ...used, ...period }] } },
    { budgets: [budget(its)] },
    at(minute),
  );

describe("a budget that is used up", () => {
  const early = { startedAtMs: at(50) };
  const late = { startedAtMs: at(110) };

  it.each<
    [
      sentence: string,
      its: Partial<Budget>,
      ofRun: Partial<PodRun>,
      found: readonly [action: string, minute: number] | undefined,
    ]
  >([
    ["stops what ran by then", stops, early, ["stop", 100]],
    ["stops what was started just then", stops, { startedAtMs: at(100) }, ["stop", 100]],
    ["leaves what starts later alone", stops, late, undefined],
    ["and is frozen stops what starts later too", { ...stops, ...freezes }, late, ["stop", 110]],
    ["and is frozen stops what ran by then", { ...stops, ...freezes }, early, ["stop", 100]],
    ["does nothing to pods by itself", {}, early, undefined],
    ["nor with an agent", { action: "agent" }, early, undefined],
    ["and is frozen tells of what starts later", freezes, late, ["notify", 110]],
    ["with an agent too", { action: "agent", ...freezes }, late, ["notify", 110]],
    ["and is frozen tells nothing of what ran by then", freezes, early, undefined],
    ["stops what its globs name", { ...stops, pods: ["train*"] }, early, ["stop", 100]],
    ["stops nothing that they do not name", { ...stops, pods: ["eval-*"] }, early, undefined],
  ])("%s", (_sentence, its, ofRun, found) => {
    const { action, atMs } = deadline(its, {}, ofRun) ?? {};

    expect(action && [action, atMs]).toEqual(found && [found[0], at(found[1])]);
  });

  it.each<[sentence: string, period: Partial<BudgetPeriod>, minute: number]>([
    ["once a person has lifted it", { unfrozenAtMs: at(105) }, 120],
    ["that has not tripped", { trippedAtMs: undefined }, 120],
    ["whose period is over", {}, 1440],
    ["whose period has not begun, by a clock that went back", {}, -5],
  ])("%s does nothing", (_sentence, period, minute) => {
    const its = { ...stops, ...freezes };

    expect(deadline(its, period, early, minute)).toBeUndefined();
    const state = { budgets: { daily: [{ ...used, ...period }] } };
    expect(isAnyHeld(state, { budgets: [budget(its)] }, at(minute))).toBe(false);
  });

  it("says why, and which it is", () => {
    expect(deadline(stops, { isAtLeast: true })).toMatchObject({
      of: "daily",
      reason: "budget_daily",
      words: "budget daily is used up (at least $20.31 of $20.00 today)",
    });
  });

  it("never ends a cluster", () => {
    const state = { budgets: { daily: [used] } };

    const found = budgetDeadline(run(), cluster(), state, { budgets: [budget(stops)] }, at(120));

    expect(found).toBeUndefined();
  });

  it("of several the first end counts, and what is only told after all ends", () => {
    const state = {
      budgets: {
        told: [{ ...used, trippedAtMs: at(10) }],
        second: [{ ...used, trippedAtMs: at(80) }],
        first: [{ ...used, trippedAtMs: at(70) }],
      },
    };
    const budgets = [
      budget({ name: "told", ...freezes }),
      budget({ name: "second", ...stops }),
      budget({ name: "first", ...stops }),
      budget({ name: "unknown", ...stops }),
    ];

    const found = budgetDeadline(run({ startedAtMs: at(50) }), pod(), state, { budgets }, at(120));

    expect(found?.of).toBe("first");
  });
});

describe("whether any is used up", () => {
  it.each<[string, Partial<Budget>, boolean]>([
    ["that stops", stops, true],
    ["that is frozen", freezes, true],
    ["that does nothing to pods", {}, false],
  ])("%s", (_sentence, its, is) => {
    const state = { budgets: { daily: [used] } };

    expect(isAnyHeld(state, { budgets: [budget(its)] }, at(120))).toBe(is);
    expect(isAnyHeld({}, { budgets: [budget(its)] }, at(120))).toBe(false);
    expect(isAnyHeld(state, {}, at(120))).toBe(false);
  });
});

describe("the deadline of a budget", () => {
  it.each([
    ["is sure", {}, book(), true],
    ["is unsure of a run that may be another by now", { unsureSinceMs: at(90) }, book(), false],
    ["is unsure while nobody knows whether it was lifted", {}, "unknown" as const, false],
  ])("%s", (_sentence, ofRun, leaseBook, isKnown) => {
    const policy = budgeted([budget(stops)]);
    const state = { leaseBook, budgets: { daily: [used] } };

    const found = deadlinesOf(run(ofRun), pod(), state, policy, at(120));

    expect(found).toMatchObject([{ guard: "budget", atMs: at(100), isPast: true, isKnown }]);
  });
});
