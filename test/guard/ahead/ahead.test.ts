import { describe, expect, it } from "vitest";
import { aheadOf } from "#guard/ahead/ahead.ts";
import type { Budget, Policy, Threshold } from "#guard/model/policy.ts";
import type { BalancePoint, BudgetPeriod, Falling } from "#guard/model/spend.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import {
  at,
  book,
  guarding,
  hardTimeout,
  hourMs,
  idleGuard,
  minuteMs,
  pod,
  policyWith,
  run,
  seen,
} from "../samples.ts";

const look = seen({ atMs: at(0), balanceUsd: 100, burnPerHrUsd: 60, pods: [] });
const saw = (
  overrides: Partial<typeof look> = {},
  state: Partial<GuardState> = {},
): GuardState => ({
  ...emptyState,
  lastSeen: { ...look, ...overrides },
  ...state,
});

/** At $2 a minute, for so long. */
function fallen(minutes: number): Falling {
  const point = (minute: number): BalancePoint => ({
    atMs: at(minute),
    sinceMs: at(minute - 1),
    balanceUsd: 100 - 2 * minute,
    podsUsd: undefined,
    lastPodsUsd: undefined,
  });
  const points = [point(-minutes), point(0)];
  return { sinceMs: at(-minutes), atMs: at(0), balanceUsd: 100, points, podsUsd: 0, rates: [] };
}

/** Minutes until a line of money may be crossed; a poll comes two minutes before, if that is sooner. */
function crossedIn(state: GuardState, policy: Policy): number {
  const { moneyAtMs } = aheadOf(state, policy, at(0));
  const minutes = (moneyAtMs - at(0)) / minuteMs;
  return Math.round((minutes + 2 - 1.5 / 60) * 100) / 100;
}

const line = (each: Partial<Threshold>): Policy =>
  policyWith({ thresholds: [{ name: "low", answers: [], backstop: undefined, ...each }] });

describe("the next line of money", () => {
  it.each<[string, GuardState, Policy, number]>([
    ["dollars, at $1 a minute", saw(), line({ belowUsd: 40 }), 60],
    ["hours that are left", saw(), line({ belowHours: 1 }), 40],
    ["the sooner of both", saw(), line({ belowUsd: 50, belowHours: 1 }), 40],
    [
      "of several the next",
      saw(),
      policyWith({
        thresholds: [
          { name: "a", belowUsd: 90, answers: [], backstop: undefined },
          { name: "b", belowUsd: 80, answers: [], backstop: undefined },
        ],
      }),
      10,
    ],
    [
      "one that has fired is none",
      saw({}, { fired: { low: true } }),
      line({ belowUsd: 40 }),
      Infinity,
    ],
    [
      "hours of a burn that is not known are none",
      saw({ burnPerHrUsd: undefined, pods: [pod()] }),
      line({ belowHours: 1 }),
      Infinity,
    ],
    ["nothing burns", saw({ burnPerHrUsd: 0 }), line({ belowUsd: 40 }), Infinity],
    ["nobody knows what burns", saw({ burnPerHrUsd: undefined }), line({ belowUsd: 40 }), Infinity],
    [
      "the pods cost more than the account says",
      saw({ pods: [pod({ costPerHrUsd: 120 })] }),
      line({ belowUsd: 40 }),
      30,
    ],
    [
      "as far as their cost is known, and they run",
      saw({
        pods: [
          pod({ id: "a", costPerHrUsd: 100 }),
          pod({ id: "b", costPerHrUsd: undefined }),
          pod({ id: "c", status: "stopped", costPerHrUsd: 99 }),
        ],
      }),
      line({ belowUsd: 50 }),
      30,
    ],
    [
      "of unknown pods only the account tells",
      saw({ pods: "unknown" }),
      line({ belowUsd: 40 }),
      60,
    ],
    [
      "the balance has fallen faster than both",
      saw({}, { falls: fallen(60) }),
      line({ belowUsd: 40 }),
      30,
    ],
    [
      "over a few minutes that says nothing",
      saw({}, { falls: fallen(5) }),
      line({ belowUsd: 40 }),
      60,
    ],
    [
      "a doubted balance crosses nothing",
      saw({ isRiseDoubted: true }),
      line({ belowUsd: 40 }),
      Infinity,
    ],
    ["nothing was seen yet", emptyState, line({ belowUsd: 40 }), Infinity],
  ])("%s", (_sentence, state, policy, minutes) => {
    expect(crossedIn(state, policy)).toBe(minutes);
  });
});

const budget: Budget = {
  name: "daily",
  limitUsd: 100,
  per: "day",
  action: "notify",
  freezes: false,
};
const period: BudgetPeriod = { fromMs: at(-600), toMs: at(600), sinceMs: at(-600), spentUsd: 50 };

describe("the next line of a budget", () => {
  const within = (
    spent: Partial<BudgetPeriod> | undefined,
    of: Partial<Budget> = {},
  ): [GuardState, Policy] => [
    saw(
      { pods: [pod({ costPerHrUsd: 30 })] },
      {
        budgets: spent === undefined ? {} : { daily: [period, { ...period, ...spent }] },
      },
    ),
    policyWith({ thresholds: [], budgets: [{ ...budget, ...of }] }),
  ];

  it.each<[string, [GuardState, Policy], number]>([
    ["at 80 % people are told", within({}), 30],
    ["after that, all of it", within({ nearAtMs: at(-1) }), 50],
    ["once it is spent there is none", within({ nearAtMs: at(-1), trippedAtMs: at(-1) }), Infinity],
    ["nothing was counted yet", within(undefined), Infinity],
    ["no budget was ever counted", [saw(), within({})[1]], Infinity],
    ["the period is over", within({ toMs: at(0) }), Infinity],
    ["of pods: what these cost", within({}, { pods: ["train*"] }), 60],
    ["more was spent by now: at once", within({ spentUsd: 99 }, { pods: ["*"] }), 2],
    ["of pods that do not run", within({}, { pods: ["other"] }), Infinity],
  ])("%s", (_sentence, [state, policy], minutes) => {
    expect(crossedIn(state, policy)).toBe(minutes);
  });

  it("of unknown pods is unknown", () => {
    const [state, policy] = within({}, { pods: ["*"] });
    const unseen = { ...state, lastSeen: { ...look, pods: "unknown" as const } };

    expect(crossedIn(unseen, policy)).toBe(Infinity);
  });
});

describe("the next moment of a guard", () => {
  const started = { runs: { p1: run() }, leaseBook: book() };
  const seenWith = (state: Partial<GuardState>, pods = [pod()]): GuardState =>
    saw({ pods }, { ...started, ...state });
  const eightHours = guarding({ hardTimeout });
  const schedule = (nextMs: number | undefined) => ({
    moments: { atMs: at(0), periods: {}, schedules: { evening: { rule: "0 19 * * *", nextMs } } },
  });
  const stopped = guarding({
    stopped: { action: "terminate", afterMs: 24 * hourMs, losesData: false, pods: ["*"] },
  });
  const stoppedPod = { podId: "p9", name: "old", sinceMs: at(0) };

  it.each<[string, GuardState, Policy, number, number]>([
    ["the warning of an end", seenWith({}), eightHours, 0, 465],
    ["then the end", seenWith({}), eightHours, 465, 480],
    ["then none", seenWith({}), eightHours, 480, Infinity],
    [
      "an end that was announced late comes late",
      seenWith({ runs: { p1: run({ warnedAtMs: { hard_timeout: at(481) }, warnedActions: {} }) } }),
      eightHours,
      481,
      496,
    ],
    [
      "what is not known sure has no moment",
      seenWith({ runs: { p1: run({ unsureSinceMs: at(0) }) } }),
      eightHours,
      0,
      Infinity,
    ],
    [
      "an idle pod, if it stays so",
      seenWith({
        runs: { p1: run({ idleMs: 5 * minuteMs, idleAtMs: at(5), idleSeenAtMs: at(5) }) },
      }),
      guarding({ idle: idleGuard }),
      5,
      15,
    ],
    ["a protected pod has none", seenWith({}), { ...eightHours, protect: ["p1"] }, 0, Infinity],
    ["a stopped pod has none", seenWith({}, [pod({ status: "stopped" })]), eightHours, 0, Infinity],
    ["nor a run that is not known", seenWith({ runs: {} }), eightHours, 0, Infinity],
    ["nor pods that are not seen", saw({ pods: "unknown" }, started), eightHours, 0, Infinity],
    ["nor before the first poll", { ...emptyState, ...started }, eightHours, 0, Infinity],
    ["the warning of a schedule", saw({}, schedule(at(60))), guarding({}), 0, 45],
    ["then its moment", saw({}, schedule(at(60))), guarding({}), 45, 60],
    ["a schedule without a next moment", saw({}, schedule(undefined)), guarding({}), 0, Infinity],
    ["a stopped pod's warning", saw({}, { stoppedPods: { p9: stoppedPod } }), stopped, 0, 1_425],
    [
      "and its end, warn_minutes after that",
      saw({}, { stoppedPods: { p9: { ...stoppedPod, warnedAtMs: at(1_500) } } }),
      stopped,
      1_500,
      1_515,
    ],
    ["where none was seen", saw(), stopped, 0, Infinity],
    [
      "where no guard is for them",
      saw({}, { stoppedPods: { p9: stoppedPod } }),
      guarding({}),
      0,
      Infinity,
    ],
  ])("%s", (_sentence, state, policy, nowMinute, minute) => {
    const { momentAtMs } = aheadOf(state, policy, at(nowMinute));

    expect((momentAtMs - at(0)) / minuteMs).toBe(minute);
  });
});

it("a poll to learn when the balance is charged comes only with a line ahead", () => {
  const charges = { afterMs: at(-1), byMs: at(0), steadyMs: minuteMs };
  const learnIn = (policy: Policy) =>
    (aheadOf(saw({}, { charges }), policy, at(0)).learnAtMs - at(0)) / minuteMs;

  expect(learnIn(line({ belowUsd: 60 }))).toBe(0.5);
  expect(learnIn(line({ belowUsd: 0 }))).toBe(Infinity);
  expect(learnIn(policyWith({ thresholds: [] }))).toBe(Infinity);
});
