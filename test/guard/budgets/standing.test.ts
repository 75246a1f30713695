import { describe, expect, it } from "vitest";
import { budgetStandings, isBudgetFor, standingOf } from "#guard/budgets/standing.ts";
import type { Budget } from "#guard/model/policy.ts";
import type { BudgetPeriod } from "#guard/model/spend.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { at, run, seen } from "../samples.ts";
import { budget, budgeted, day } from "./budget-samples.ts";

const counted: BudgetPeriod = { ...day(0), sinceMs: at(0), spentUsd: 14 };

const state = (period: Partial<BudgetPeriod> = {}, its: Partial<GuardState> = {}): GuardState => ({
  ...emptyState,
  budgets: { daily: [{ ...counted, ...period }] },
  lastSeen: seen({ atMs: at(600), burnPerHrUsd: 6 }),
  ...its,
});

const runs = {
  p1: run({ podId: "p1", name: "team-a", costPerHrUsd: 2 }),
  p2: run({ podId: "p2", name: "team-b", costPerHrUsd: 1 }),
  p3: run({ podId: "p3", name: "other", costPerHrUsd: 9 }),
  p4: run({ podId: "p4", name: "team-c", costPerHrUsd: 9, stoppedAtMs: at(1) }),
};
const ofTeam = { pods: ["team-*"] };

describe("how a budget stands", () => {
  it("is what was spent, what burns and when it is reached", () => {
    expect(standingOf(budget(), state(), at(600))).toEqual({
      budget: budget(),
      period: counted,
      spentUsd: 14,
      share: 0.7,
      isAtLeast: false,
      estimatedUsd: 0,
      toppedUpUsd: 0,
      burnPerHrUsd: 6,
      reachedAtMs: at(660),
      trippedAtMs: undefined,
      frozenUntilMs: undefined,
    });
  });

  it.each<[string, GuardState, Partial<Budget>, minute: number | undefined]>([
    ["of the account at the account's burn", state(), {}, 660],
    ["sooner by what is due", state({}, { accounted: { dueUsd: 3 } as never }), {}, 630],
    ["at once where that is all due", state({}, { accounted: { dueUsd: 9 } as never }), {}, 600],
    ["of pods at theirs", state({}, { runs }), ofTeam, 720],
    [
      "of pods without what is due of the account",
      state({}, { runs, accounted: { dueUsd: 3 } as never }),
      ofTeam,
      720,
    ],
    [
      "never in this period at a small burn",
      state({ spentUsd: 0 }, { lastSeen: seen({ burnPerHrUsd: 0.1 }) }),
      {},
      undefined,
    ],
    [
      "never where nothing burns",
      state({}, { lastSeen: seen({ burnPerHrUsd: 0 }) }),
      {},
      undefined,
    ],
    [
      "not known where the burn is not",
      state({}, { lastSeen: seen({ burnPerHrUsd: undefined }) }),
      {},
      undefined,
    ],
    ["not known where nothing was seen", state({}, { lastSeen: undefined }), {}, undefined],
    ["over once it is reached", state({ spentUsd: 20 }), {}, undefined],
  ])("it is reached, %s", (_sentence, before, its, minute) => {
    const { reachedAtMs } = standingOf(budget(its), before, at(600));

    expect(reachedAtMs).toBe(minute === undefined ? undefined : at(minute));
  });

  it.each<[string, GuardState, Partial<Budget>, boolean]>([
    ["all is known", state({}, { runs }), ofTeam, false],
    [
      "a pod's cost is not known",
      state({}, { runs: { p1: run({ name: "team-a", costPerHrUsd: undefined }) } }),
      ofTeam,
      true,
    ],
    [
      "a pod may have run",
      state({}, { runs: { p1: run({ name: "team-a", unsureSinceMs: at(1) }) } }),
      ofTeam,
      true,
    ],
    ["something was not known", state({ isAtLeast: true }), {}, true],
    ["the burn of the account is not known", state({}, { lastSeen: undefined }), {}, false],
  ])("it is at least so much where %s", (_sentence, before, its, isAtLeast) => {
    expect(standingOf(budget(its), before, at(600)).isAtLeast).toBe(isAtLeast);
  });

  it.each<[string, Partial<BudgetPeriod>, Partial<Budget>, boolean]>([
    ["used up", { trippedAtMs: at(1) }, { freezes: true }, true],
    ["not used up", {}, { freezes: true }, false],
    ["lifted", { trippedAtMs: at(1), unfrozenAtMs: at(2) }, { freezes: true }, false],
    ["one that does not freeze", { trippedAtMs: at(1) }, {}, false],
  ])("is frozen until its period ends: %s", (_sentence, period, its, isFrozen) => {
    const { frozenUntilMs } = standingOf(budget(its), state(period), at(600));

    expect(frozenUntilMs).toBe(isFrozen ? day(0).toMs : undefined);
  });

  it("shows no estimate and no top-up below nothing", () => {
    const found = standingOf(budget(), state({ estimatedUsd: -1, toppedUpUsd: -1 }), at(600));

    expect([found.estimatedUsd, found.toppedUpUsd]).toEqual([0, 0]);
  });

  it("is open where it is not counted yet", () => {
    const [found] = budgetStandings(emptyState, budgeted([budget()]), at(600));

    expect(found).toMatchObject({ period: undefined, spentUsd: 0, share: 0 });
    expect(budgetStandings(emptyState, {}, at(600))).toEqual([]);
  });
});

it.each([
  ["a pod by its name", run({ name: "team-a" }), ["team-*"], true],
  ["a pod by its id", run({ podId: "p1" }), ["p1"], true],
  ["another pod", run(), ["team-*"], false],
  ["a cluster by its name", run({ name: "team-a", isCluster: true }), ["team-*"], true],
  ["any, where it is the account's", run(), undefined, false],
])("is for %s", (_sentence, its, pods, is) => {
  expect(isBudgetFor(budget({ pods }), its)).toBe(is);
});
