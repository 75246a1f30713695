import { describe, expect, it } from "vitest";
import { merged } from "#guard/hand-over/merge.ts";
import { onHandedBack } from "#guard/hand-over/take-back.ts";
import type { EndRun } from "#guard/model/effect.ts";
import type { Scheduled } from "#guard/model/schedules.ts";
import type { BudgetPeriod } from "#guard/model/spend.ts";
import { emptyState, type GuardState, type Input } from "#guard/model/state.ts";
import { at, minuteMs, policyWith, run } from "../samples.ts";

type Part = Partial<GuardState>;

/** What becomes of one part of the state where each side has come to this. */
function joint<Key extends keyof GuardState>(key: Key, mine: Part, base: Part, theirs: Part) {
  const [ofMine, ofBase, ofTheirs] = [mine, base, theirs].map((part) => ({
    ...emptyState,
    ...part,
  })) as [GuardState, GuardState, GuardState];
  return merged(ofMine, ofBase, ofTheirs)[key];
}

const end = (overrides: Partial<EndRun> = {}): EndRun => ({
  kind: "end-run",
  id: "end-run:idle:p1:1",
  guard: "idle",
  reason: "idle_30m",
  podId: "p1",
  podName: "trainer",
  action: "stop",
  because: "idle for 30 min",
  tries: 0,
  notBeforeMs: at(0),
  ...overrides,
});

describe("an end that was owed", () => {
  const waiting = { owed: [end()] };
  const tried = { owed: [end({ tries: 1 })] };
  const settled = { owed: [] };

  it.each<[string, Part, Part, Part, Part]>([
    ["and settled there is owed no more", waiting, waiting, settled, settled],
    ["and tried here, but settled there, is owed no more", tried, waiting, settled, settled],
    ["and settled here, but tried there, is owed no more", settled, waiting, tried, settled],
    ["and tried there is owed as there", waiting, waiting, tried, tried],
    ["only since, here, stays", waiting, settled, settled, waiting],
    ["only since, there, is owed from now on", settled, settled, waiting, waiting],
    ["only since, on both sides, is owed as here", tried, settled, waiting, tried],
  ])("%s", (_sentence, mine, base, theirs, expected) => {
    expect(joint("owed", mine, base, theirs)).toEqual(expected.owed);
  });
});

describe("a run", () => {
  const before = { runs: { p1: run() } };
  const changed = { runs: { p1: run({ idleMs: minuteMs }) } };
  const later = { runs: { p1: run({ firstSeenAtMs: at(30) }) } };
  const latest = { runs: { p1: run({ firstSeenAtMs: at(40) }) } };
  const over = { runs: {} };

  it.each<[string, Part, Part, Part, Part]>([
    ["that ended there is over", before, before, over, over],
    ["that went on here and ended there is over", changed, before, over, over],
    ["that ended here and went on there is over", over, before, changed, over],
    ["that began anew there is the new one", changed, before, later, later],
    ["that began anew here is the new one", later, before, changed, later],
    ["that began anew on both sides is that of here", later, before, latest, later],
    ["that is new there is followed", over, over, before, before],
    ["that is new here is followed", before, over, over, before],
  ])("%s", (_sentence, mine, base, theirs, expected) => {
    expect(joint("runs", mine, base, theirs)).toEqual(expected.runs);
  });

  it("that was pending began when either side has seen it run", () => {
    const pending = { isStarting: true, lastStartedAtMs: at(0) } as const;
    const base = { runs: { p1: run(pending) } };
    const here = { runs: { p1: run({ ...pending, isRecorded: true, warnedAtMs: { idle: 5 } }) } };
    const there = { runs: { p1: run({ runsSinceMs: at(9), lastStartedAtMs: at(8) }) } };
    const told = { runsSinceMs: at(9), lastStartedAtMs: at(8), warnedAtMs: { idle: 5 } };

    expect(joint("runs", here, base, there)).toMatchObject({ p1: told });
    expect(joint("runs", there, base, here)).toMatchObject({ p1: told });
    expect(joint("runs", here, base, there)).not.toHaveProperty("p1.isStarting");
  });

  it("has been warned of, and acted on, where either side has", () => {
    const here = run({
      idleMs: 1,
      warnedAtMs: { idle: 5 },
      warnedOfMs: { idle: 7 },
      actedAtMs: { lease: 1 },
    });
    const there = run({
      warnedAtMs: { idle: 6, budget: 8 },
      warnedOfMs: { idle: 9, budget: 9 },
      warnedActions: { budget: "stop" },
      warnedNames: { budget: "daily" },
      actedAtMs: { hard_timeout: 2 },
    });

    const runs = joint("runs", { runs: { p1: here } }, before, { runs: { p1: there } });

    expect(runs).toMatchObject({
      p1: {
        idleMs: 1,
        warnedAtMs: { idle: 5, budget: 8 },
        warnedOfMs: { idle: 7, budget: 9 },
        warnedActions: { budget: "stop" },
        warnedNames: { budget: "daily" },
        actedAtMs: { lease: 1, hard_timeout: 2 },
      },
    });
  });
});

describe("of what both sides have changed", () => {
  const scheduled = (changes: Partial<Scheduled>): Part => ({
    scheduled: { evening: { rule: "a", sinceMs: 0, dealtMs: [], due: {}, ...changes } },
  });
  const told = (lastAtMs: number, times: number, onItAtMs?: number): Part => ({
    reminded: { low: { firstAtMs: 0, lastAtMs, times, ...(onItAtMs && { onItAtMs }) } },
  });
  const span = (toMs: number): Part => ({
    podsCounted: { daily: [{ podId: "p1", fromMs: 0, toMs }] },
  });
  const accounted = (atMs: number): Part => ({
    accounted: { atMs, balanceUsd: 1, dueUsd: 0, dueFromMs: 0, fellAtMs: 0 },
  });
  const open = (...ways: readonly string[]): Part => ({
    openIncidents: ways.map((way) => ({ incident: "low", way, atMs: 0 })),
  });

  it.each<[string, keyof GuardState, Part, Part, Part, Part]>([
    [
      "a line that either saw crossed is crossed",
      "fired",
      { fired: { low: false } },
      {},
      { fired: { low: true } },
      { fired: { low: true } },
    ],
    [
      "it was crossed when the first of them saw it",
      "trippedAtMs",
      { trippedAtMs: { low: 7 } },
      {},
      { trippedAtMs: { low: 5 } },
      { trippedAtMs: { low: 5 } },
    ],
    [
      "it was said when the last of them said it",
      "saidAtMs",
      { saidAtMs: { a: 5, b: 9 } },
      { saidAtMs: { a: 1, b: 1 } },
      { saidAtMs: { a: 7, b: 8 } },
      { saidAtMs: { a: 7, b: 9 } },
    ],
    [
      "what one of them has forgotten stands as the other says",
      "saidAtMs",
      { saidAtMs: { a: 5 } },
      { saidAtMs: { a: 1 } },
      {},
      { saidAtMs: { a: 5 } },
    ],
    [
      "each end that was proven counts, and in the order of time",
      "guardEndsAtMs",
      { guardEndsAtMs: [1, 4] },
      { guardEndsAtMs: [1] },
      { guardEndsAtMs: [1, 3, 5] },
      { guardEndsAtMs: [1, 3, 4, 5] },
    ],
    [
      "records go on from the higher count",
      "recordCount",
      { recordCount: 3 },
      { recordCount: 1 },
      { recordCount: 8 },
      { recordCount: 8 },
    ],
    [
      "the day of the last brief is the later one",
      "briefedDay",
      { briefedDay: "2026-11-02" },
      { briefedDay: "2026-11-01" },
      { briefedDay: "2026-11-03" },
      { briefedDay: "2026-11-03" },
    ],
    [
      "which is here, where it is",
      "briefedDay",
      { briefedDay: "2026-11-03" },
      { briefedDay: "2026-11-01" },
      {},
      { briefedDay: "2026-11-03" },
    ],
    [
      "which is there, where it is",
      "briefedDay",
      {},
      { briefedDay: "2026-11-01" },
      { briefedDay: "2026-11-03" },
      { briefedDay: "2026-11-03" },
    ],
    [
      "spending is accounted for as far as either has",
      "accounted",
      accounted(5),
      accounted(1),
      accounted(7),
      accounted(7),
    ],
    ["or here", "accounted", accounted(7), accounted(1), accounted(5), accounted(7)],
    ["or there alone", "accounted", {}, accounted(1), accounted(5), accounted(5)],
    ["or here alone", "accounted", accounted(5), accounted(1), {}, accounted(5)],
    ["and what pods cost, too", "podsCounted", span(5), span(1), span(7), span(7)],
    ["or here", "podsCounted", span(7), span(1), span(5), span(7)],
    ["or here alone", "podsCounted", span(5), span(1), {}, span(5)],
    ["what was told last was told", "reminded", told(5, 2), told(1, 1), told(7, 3), told(7, 3)],
    ["or here", "reminded", told(7, 3), told(1, 1), told(5, 2), told(7, 3)],
    ["or here alone", "reminded", told(5, 2), told(1, 1), {}, told(5, 2)],
    ["or there alone", "reminded", {}, told(1, 1), told(5, 2), told(5, 2)],
    ["somebody there is on it", "reminded", told(7, 3), told(1, 1), told(5, 2, 6), told(7, 3, 6)],
    ["or here", "reminded", told(5, 2, 6), told(1, 1), told(7, 3), told(7, 3, 6)],
    [
      "or both, and the last word holds",
      "reminded",
      told(5, 2, 6),
      told(1, 1),
      told(4, 2, 8),
      told(5, 2, 8),
    ],
    [
      "a moment of a schedule that either has dealt with is dealt with",
      "scheduled",
      scheduled({ dealtMs: [1, 3], due: { p1: { run: "r1", ofMs: 3 } } }),
      scheduled({ dealtMs: [1] }),
      scheduled({ dealtMs: [1, 2], due: { p2: { run: "r2", ofMs: 2 } } }),
      scheduled({
        dealtMs: [1, 2, 3],
        due: { p1: { run: "r1", ofMs: 3 }, p2: { run: "r2", ofMs: 2 } },
      }),
    ],
    [
      "and one that is followed by another rule is as here",
      "scheduled",
      scheduled({ rule: "b", dealtMs: [5] }),
      scheduled({}),
      scheduled({ dealtMs: [2] }),
      scheduled({ rule: "b", dealtMs: [5] }),
    ],
    [
      "or as there where it is not followed here",
      "scheduled",
      {},
      scheduled({}),
      scheduled({ dealtMs: [2] }),
      scheduled({ dealtMs: [2] }),
    ],
    [
      "what is open by any way is open",
      "openIncidents",
      open("phone"),
      {},
      open("mail"),
      open("phone", "mail"),
    ],
    ["also where only one side has any", "openIncidents", {}, {}, open("mail"), open("mail")],
    ["or only the other", "openIncidents", open("mail"), {}, {}, open("mail")],
    [
      "an end that does not show yet on either side does not",
      "unconfirmed",
      { unconfirmed: [{ podId: "p1", name: "a", endedAtMs: 1 }] },
      {},
      { unconfirmed: [{ podId: "p2", name: "b", endedAtMs: 2 }] },
      {
        unconfirmed: [
          { podId: "p1", name: "a", endedAtMs: 1 },
          { podId: "p2", name: "b", endedAtMs: 2 },
        ],
      },
    ],
    [
      "what could not be told on either side was not",
      "lostNotices",
      { lostNotices: [{ atMs: 1, message: "a", because: "no" }] },
      {},
      { lostNotices: [{ atMs: 1, message: "b", because: "no" }] },
      {
        lostNotices: [
          { atMs: 1, message: "a", because: "no" },
          { atMs: 1, message: "b", because: "no" },
        ],
      },
    ],
    [
      "where each has looked, what was seen last here was",
      "podsSeenAtMs",
      { podsSeenAtMs: 5 },
      { podsSeenAtMs: 1 },
      { podsSeenAtMs: 7 },
      { podsSeenAtMs: 5 },
    ],
    [
      "what does not work on the machine does not work",
      "troubles",
      { troubles: { disk: { sinceMs: 1, because: "full" } } },
      {},
      { troubles: { log: { sinceMs: 1, because: "gone" } } },
      { troubles: { disk: { sinceMs: 1, because: "full" } } },
    ],
  ])("%s: %s", (_sentence, key, mine, base, theirs, expected) => {
    expect(joint(key, mine, base, theirs)).toEqual(expected[key]);
  });
});

describe("of a budget's period, the more careful word holds", () => {
  const period = (changes: Partial<BudgetPeriod> = {}, fromMs = 0): BudgetPeriod => ({
    fromMs,
    toMs: fromMs + 10,
    sinceMs: fromMs,
    spentUsd: 1,
    ...changes,
  });
  const budgets = (...periods: readonly BudgetPeriod[]): Part => ({ budgets: { daily: periods } });

  it.each<[string, BudgetPeriod, BudgetPeriod, BudgetPeriod]>([
    [
      "the greater spend, the first moments, the last lift",
      period({ spentUsd: 3, nearAtMs: 5, unfrozenAtMs: 6, sinceMs: 2 }),
      period({ spentUsd: 4, nearAtMs: 4, trippedAtMs: 5, unfrozenAtMs: 7, sinceMs: 1 }),
      period({ spentUsd: 4, nearAtMs: 4, trippedAtMs: 5, unfrozenAtMs: 7, sinceMs: 1 }),
    ],
    [
      "or that of here",
      period({ spentUsd: 5, toppedUpUsd: 3 }),
      period({ spentUsd: 4, toppedUpUsd: 8, overAtMs: 9 }),
      period({ spentUsd: 5, toppedUpUsd: 8, overAtMs: 9 }),
    ],
  ])("%s", (_sentence, mine, theirs, expected) => {
    expect(joint("budgets", budgets(mine), budgets(period()), budgets(theirs))).toEqual({
      daily: [expected],
    });
  });

  it("periods that only one side has stand beside the others, in the order of time", () => {
    const [first, second, third] = [period(), period({}, 10), period({}, 20)];

    const kept = joint("budgets", budgets(first, third), budgets(first), budgets(first, second));

    expect(kept).toEqual({ daily: [first, second, third] });
  });

  it("a budget that one side does not know any more is as the other has it", () => {
    const [less, more] = [budgets(period()), budgets(period({ spentUsd: 2 }))];
    const none = { budgets: undefined };

    expect(joint("budgets", { budgets: {} }, less, more)).toEqual(more.budgets);
    expect(joint("budgets", more, less, { budgets: {} })).toEqual(more.budgets);
    expect(joint("budgets", more, none, less)).toEqual(more.budgets);
  });
});

describe("what is handed back", () => {
  const theirs: GuardState = { ...emptyState, runs: { p1: run() }, guardEndsAtMs: [at(7)] };
  const input: Input & { readonly kind: "handed-back" } = {
    kind: "handed-back",
    id: "7-1",
    atMs: at(10),
    aheadMs: 5 * minuteMs,
    base: emptyState,
    theirs,
    channels: [],
    because: "the guard outside guarded",
  };
  const policy = policyWith({ tells: false });

  it("is by the clock here, and stands in the history", () => {
    const { state } = onHandedBack(emptyState, input, policy);

    expect(state.guardEndsAtMs).toEqual([at(2)]);
    expect(state.runs["p1"]?.firstSeenAtMs).toBe(at(-5));
    expect(state.tookBackId).toBe("7-1");
    expect(state.unrecorded).toMatchObject([
      { type: "daemon", because: "the guard outside guarded", atMs: at(10) },
    ]);
  });

  it("ends what ended there, whatever the clock there", () => {
    const mine = { ...emptyState, runs: { p1: run() } };
    const base = { ...emptyState, runs: { p1: run({ firstSeenAtMs: at(5), namedAtMs: at(0) }) } };

    const { state } = onHandedBack(mine, { ...input, base, theirs: emptyState }, policy);

    expect(state.runs).toEqual({});
  });

  it("is taken once", () => {
    const once = onHandedBack(emptyState, input, policy).state;

    expect(onHandedBack(once, input, policy)).toEqual({ state: once, events: [] });
  });
});
