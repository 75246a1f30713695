import { describe, expect, it } from "vitest";
import { estimateOf } from "#guard/account/falls/estimate.ts";
import { decide } from "#guard/decide.ts";
import type { Look, Seen } from "#guard/model/account.ts";
import type { Policy, Threshold } from "#guard/model/policy.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import { afterSaving } from "../../../store/saved-state.ts";
import {
  after,
  at,
  blind,
  endsOf,
  minuteMs,
  namesOf,
  noticesOf,
  policy as samplePolicy,
  policyWith,
  seen,
  stateWith,
  wordsOf,
} from "../../samples.ts";

const look = seen({ atMs: at(0), balanceUsd: 20, burnPerHrUsd: 60 });

describe("an estimate of the balance", () => {
  it.each<[string, Partial<GuardState>, number, number | undefined]>([
    ["$1 a minute, five minutes later", { lastSeen: look }, 5, 15],
    ["at once it is what was seen", { lastSeen: look }, 0, 20],
    ["after a clock that went back, too", { lastSeen: look }, -5, 20],
    ["it goes no lower than $0", { lastSeen: look }, 60, 0],
    ["a debt stays one", { lastSeen: { ...look, balanceUsd: -3 } }, 60, -3],
    ["nothing burns", { lastSeen: { ...look, burnPerHrUsd: 0 } }, 60, 20],
    [
      "a burn that nobody knows estimates nothing",
      { lastSeen: { ...look, burnPerHrUsd: undefined } },
      5,
      undefined,
    ],
    ["nor does a doubted balance", { lastSeen: { ...look, isRiseDoubted: true } }, 5, undefined],
    [
      "after a restart, by what was seen before it",
      { shown: { api: "graphql", atMs: at(0), balanceUsd: 20, burnPerHrUsd: 60 } },
      5,
      15,
    ],
    ["nothing was ever seen", {}, 5, undefined],
  ])("%s", (_sentence, state, minute, balanceUsd) => {
    const estimate = estimateOf({ ...emptyState, ...state }, at(minute));

    expect(estimate?.balanceUsd).toBe(balanceUsd);
  });
});

const low: Threshold = {
  name: "low",
  belowUsd: 10,
  answers: ["notify", "call-agent"],
  backstop: { action: "stop", afterMs: 120_000 },
};
const gapMs = 40 * minuteMs;
const estimating = (line: Partial<Threshold> = {}, overrides: Partial<Policy> = {}): Policy =>
  policyWith({
    thresholds: [{ ...low, ...line }],
    tripsOnEstimate: true,
    blindAfterMs: Infinity,
    podGuards: { ...samplePolicy.podGuards, gapMs },
    ...overrides,
  });

describe("while nobody sees the balance", () => {
  it.each<[string, Policy, Partial<Seen>, number, readonly string[]]>([
    ["an estimate below the threshold trips it", estimating(), {}, 12, ["low"]],
    ["one above does not", estimating(), {}, 9, []],
    ["nor one at it", estimating(), {}, 10, []],
    ["hours that are left trip as well", estimating({ belowHours: 0.3 }), {}, 3, ["low"]],
    [
      "nothing trips unless the config wants it",
      estimating({}, { tripsOnEstimate: false }),
      {},
      12,
      [],
    ],
    ["of an unknown burn nothing trips", estimating(), { burnPerHrUsd: undefined }, 12, []],
  ])("%s", (_sentence, policy, saw, minute, expected) => {
    const { state, events } = after([{ ...look, ...saw }, blind(at(minute))], policy);

    expect(namesOf(events, "trip")).toEqual(expected);
    expect(Object.keys(state.estimatedAtMs ?? {})).toEqual(expected);
    expect(state.owed.map(({ kind }) => kind)).toEqual(
      expected.length === 0 ? [] : ["notify", "call-agent"],
    );
  });

  it("it is said that it is an estimate, and since when nothing was seen", () => {
    const { state } = after([look, blind(at(12))], estimating());

    expect(noticesOf(state.owed).map(({ because, balanceUsd }) => [because, balanceUsd])).toEqual([
      [
        "estimated balance $8.00 is below $10.00: nothing was seen for 12 min, and the last that was is $20.00, burning $60.00/h",
        8,
      ],
    ]);
  });

  it("it trips once, and no backstop comes before it is seen", () => {
    const { state, events } = after(
      [look, blind(at(12)), blind(at(15)), blind(at(40))],
      estimating(),
    );

    expect(namesOf(events, "trip")).toEqual([]);
    expect(endsOf(state.owed)).toEqual([]);
    expect(state.trippedAtMs).toEqual({ low: at(12) });
  });

  it("several trip, the highest first", () => {
    const thresholds = [low, { ...low, name: "lower", belowUsd: 5 }];
    const { events } = after([look, blind(at(16))], estimating({}, { thresholds }));

    expect(namesOf(events, "trip")).toEqual(["low", "lower"]);
  });
});

describe("where nobody looked for a while before the first poll that failed", () => {
  const slept = { blindAfterMs: 5 * minuteMs };
  /** What a restart remembers. */
  const told: Seen = { ...look, source: { api: "graphql" } };
  const tripsAt = (looks: readonly Look[], from?: GuardState): Record<string, number> =>
    after(looks, estimating({}, slept), from).state.trippedAtMs;
  const failedAt = (...minutes: readonly number[]) => minutes.map((minute) => blind(at(minute)));

  it.each<[sentence: string, minutes: readonly number[], trippedAtMinute: number | undefined]>([
    ["at the limit nothing is amiss: it trips at once", [40], 40],
    ["the first failed poll trips nothing", [41], undefined],
    [
      "nor do those until polls were tried for as long as makes it blind",
      [41, 43, 45.9],
      undefined,
    ],
    ["after that it trips", [41, 43, 46], 46],
    ["sleep while it is blind begins that time anew", [5, 60, 62, 64.9], undefined],
    ["and it trips once that is over", [5, 60, 62, 65], 65],
    ["what tripped before the sleep stays so", [12, 80], 12],
  ])("%s", (_sentence, minutes, trippedAtMinute) => {
    expect(tripsAt([look, ...failedAt(...minutes)])).toEqual(
      trippedAtMinute === undefined ? {} : { low: at(trippedAtMinute) },
    );
  });

  it("the time in which the guard was down counts as such", () => {
    const { state } = after([told], estimating({}, slept));
    const restarted = afterRestart(afterSaving(state));

    expect(tripsAt(failedAt(60), restarted)).toEqual({});
    expect(tripsAt(failedAt(60, 65), restarted)).toEqual({ low: at(65) });
  });

  it("as it does where it is not known when it looked last", () => {
    const shown = { api: "graphql", atMs: at(0), balanceUsd: 20, burnPerHrUsd: 60 } as const;

    expect(tripsAt(failedAt(60), { ...emptyState, shown })).toEqual({});
    expect(tripsAt(failedAt(12), { ...emptyState, shown })).toEqual({ low: at(12) });
  });

  it("a restart meanwhile does not begin it anew", () => {
    const { state } = after([told, ...failedAt(60)], estimating({}, slept));

    expect(tripsAt(failedAt(65), afterRestart(afterSaving(state)))).toEqual({ low: at(65) });
  });

  it("a clock that is set does not shorten it", () => {
    const policy = estimating({}, slept);
    const { state } = after([look, ...failedAt(60)], policy);
    const byMs = 30 * minuteMs;
    const set = decide(state, { kind: "stepped", atMs: at(91), byMs }, policy).state;

    expect(tripsAt(failedAt(92), set)).toEqual({});
    expect(tripsAt(failedAt(92, 95), set)).toEqual({ low: at(95) });
  });

  it("once it was seen meanwhile, all is as ever", () => {
    const again = { ...look, atMs: at(60) };

    expect(tripsAt([look, ...failedAt(50), again, ...failedAt(72)])).toEqual({ low: at(72) });
  });
});

describe("once it is seen again", () => {
  const again = (sight: Partial<Seen>, policy = estimating(), later: Partial<Seen>[] = []) =>
    after(
      [
        look,
        blind(at(12)),
        { ...look, atMs: at(20), ...sight },
        ...later.map((each) => ({ ...look, atMs: at(21), ...each })),
      ],
      policy,
    );

  it("below: the estimate is confirmed, and a backstop that came due acts", () => {
    const { state, events } = again({ balanceUsd: 7 });

    expect(wordsOf(events)[0]).toBe(
      "low: confirmed: balance $7.00 is below $10.00, as estimated 8 min ago",
    );
    expect(state.fired).toEqual({ low: true });
    expect(state.estimatedAtMs).toBeUndefined();
    expect(endsOf(state.owed)).toHaveLength(1);
  });

  it("above, as after a top-up: it is not confirmed, all who were told hear of it, and it is armed again", () => {
    const { state, events } = again({ balanceUsd: 100 });

    expect(namesOf(events, "rearm")).toEqual(["low"]);
    expect(wordsOf(events)).toEqual([
      "low: balance $100.00 is back at or above $10.00. What was estimated 8 min ago is not confirmed",
    ]);
    expect(state.fired).toEqual({ low: false });
    expect(state.trippedAtMs).toEqual({});
    expect(noticesOf(state.owed).map(({ event, isResolution }) => [event, isResolution])).toEqual([
      ["estimate", true],
    ]);
    expect(endsOf(state.owed)).toEqual([]);
  });

  it("it can trip again, on sight", () => {
    const { events } = again({ balanceUsd: 100 }, estimating(), [{ balanceUsd: 9 }]);

    expect(namesOf(events, "trip")).toEqual(["low"]);
    expect(wordsOf(events)).toEqual([]);
  });

  it("a balance that is doubted neither confirms it nor arms it again", () => {
    const { state, events } = again({ balanceUsd: 100, isRiseDoubted: true });

    expect(wordsOf(events)).toEqual([]);
    expect(state.fired).toEqual({ low: true });
    expect(state.estimatedAtMs).toEqual({ low: at(12) });
  });

  it("hours that are not known leave it as it is", () => {
    const policy = estimating({ belowUsd: undefined, belowHours: 0.2 });
    const { state } = again({ balanceUsd: 100, burnPerHrUsd: undefined }, policy);

    expect(state.fired).toEqual({ low: true });
    expect(state.estimatedAtMs).toEqual({ low: at(12) });
  });

  it("of two, each has its own end", () => {
    const thresholds = [low, { ...low, name: "lower", belowUsd: 9 }];
    const { state } = again({ balanceUsd: 9.5 }, estimating({}, { thresholds }));

    expect(state.fired).toEqual({ low: true, lower: false });
    expect(state.trippedAtMs).toEqual({ low: at(12) });
  });

  it("a threshold that is gone from the config is forgotten", () => {
    const before = { ...stateWith({ gone: true }), estimatedAtMs: { gone: at(1) } };
    const { state, events } = decide(
      before,
      { kind: "look", look: { ...look, balanceUsd: 100 } },
      estimating(),
    );

    expect(state.estimatedAtMs).toBeUndefined();
    expect(wordsOf(events)).toEqual([]);
  });
});
