import { describe, expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import type { Look } from "#guard/model/account.ts";
import type { Policy, Threshold } from "#guard/model/policy.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { at, blind, noticesOf, policyWith, seen, stateWith } from "../../samples.ts";

const low: Threshold = { name: "low", belowUsd: 2, answers: ["notify"], backstop: undefined };

function reminding(threshold: Partial<Threshold> = {}, policy: Partial<Policy> = {}): Policy {
  return policyWith({ thresholds: [{ ...low, remind: "hourly", ...threshold }], ...policy });
}

/** A look every half an hour; what was told of the threshold, sent at once. */
function told(
  policy: Policy,
  looks: readonly (number | Look)[],
  from: GuardState = emptyState,
): { readonly state: GuardState; readonly said: readonly (readonly [half: number, string])[] } {
  let state = from;
  const said: (readonly [number, string])[] = [];
  for (const [half, each] of looks.entries()) {
    const look = typeof each === "number" ? seen({ atMs: at(30 * half), balanceUsd: each }) : each;
    state = decide(state, { kind: "look", look: { ...look, atMs: at(30 * half) } }, policy).state;
    const notices = noticesOf(state.owed).filter(
      ({ event }) => event === "trip" || event === "rearm",
    );
    said.push(...notices.map(({ because }) => [half, because] as const));
    state = { ...state, owed: state.owed.filter((effect) => effect.kind !== "notify") };
  }
  return { state, said };
}

describe("a crossing that lasts", () => {
  it("is told again every hour, with the numbers of now and since when", () => {
    const { said } = told(reminding(), [1.9, 1.5, 1.2, 1.1, 1, 5]);

    expect(said).toEqual([
      [0, "balance $1.90 is below $2.00"],
      [2, "still: balance $1.20 is below $2.00. It fell below 1 h 0 min ago"],
      [4, "still: balance $1.00 is below $2.00. It fell below 2 h 0 min ago"],
    ]);
  });

  it.each<[string, Partial<Threshold>, readonly (number | Look)[], readonly number[]]>([
    ["once, where nothing else is asked", { remind: undefined }, [1, 1, 1, 1, 1], [0]],
    ["with doubling pauses", { remind: "doubling" }, [1, 1, 1, 1, 1, 1, 1, 1, 1], [0, 2, 4, 8]],
    ["not while nobody sees it", {}, [1, 1, blind(), blind(), 1], [0, 4]],
    [
      "not while a change-over leaves it in doubt",
      {},
      [1, 1, seen({ balanceUsd: 1, isRiseDoubted: true }), 1],
      [0, 3],
    ],
    [
      "not of a time that is not known",
      { belowUsd: undefined, belowHours: 2 },
      [1, 1, seen({ balanceUsd: 1, pods: "unknown", burnPerHrUsd: undefined }), 1],
      [0, 3],
    ],
    ["anew once it has been over", {}, [1, 1, 5, 1, 1, 1], [0, 3, 5]],
    ["by nobody who was not told of it", { answers: ["call-agent"] }, [1, 1, 1], []],
  ])("is told %s", (_sentence, threshold, looks, expected) => {
    expect(told(reminding(threshold), looks).said.map(([half]) => half)).toEqual(expected);
  });

  it("of time that is left, says so where it is a little above its line by now", () => {
    const hours = reminding({ belowUsd: undefined, belowHours: 2 });
    const looks = [2.9, 2.9, 3.1].map((balanceUsd) => seen({ balanceUsd }));

    expect(told(hours, looks).said.at(-1)).toEqual([
      2,
      "balance $3.10 is not well above 2 h left yet. It fell below 1 h 0 min ago",
    ]);
  });

  it("is told again of one whose trip is from before that was asked for", () => {
    const before = { ...stateWith({ low: true }), trippedAtMs: { low: at(-90) } };

    expect(told(reminding(), [1, 1], before).said).toEqual([
      [1, "still: balance $1.00 is below $2.00. It fell below 2 h 0 min ago"],
    ]);
  });

  it("is told again an hour from now where it is not known when it tripped", () => {
    const { said } = told(reminding(), [1, 1, 1], stateWith({ low: true }));

    expect(said.map(([half]) => half)).toEqual([2]);
  });

  it("takes the place of what was not sent yet, by each way, and asks no agent", () => {
    const channels = [{ name: "phone", minSeverity: "info" }] as const;
    const policy = reminding({ answers: ["notify", "call-agent"] }, { channels });
    const states = [0, 30, 60].reduce<GuardState>(
      (state, minute) =>
        decide(state, { kind: "look", look: seen({ atMs: at(minute), balanceUsd: 1 }) }, policy)
          .state,
      emptyState,
    );

    expect(states.owed.map(({ kind, because }) => [kind, because.slice(0, 5)])).toEqual([
      ["call-agent", "balan"],
      ["notify", "still"],
      ["notify", "still"],
    ]);
  });

  it("is forgotten with its threshold", () => {
    const { state } = told(reminding(), [1, 1]);

    const after = told(policyWith({ thresholds: [] }), [1], state);

    expect(Object.keys(state.reminded ?? {})).toEqual(["threshold:low"]);
    expect(after.state.reminded).toBeUndefined();
  });
});

describe("that a threshold is armed again", () => {
  const channels = [{ name: "phone", minSeverity: "info" }] as const;

  it.each<[string, Partial<Threshold>, readonly (string | undefined)[]]>([
    ["is told to nobody who was told of the crossing by the command", {}, []],
    ["is told by all ways where it asks for it", { tellsResolved: true }, [undefined, "phone"]],
    [
      "is told by the channels alone where the crossing was",
      { tellsResolved: true, answers: ["call-agent"] },
      ["phone"],
    ],
  ])("%s", (_sentence, threshold, ways) => {
    const policy = reminding(threshold, { channels });
    const { state } = told(policy, [1]);

    const look = seen({ atMs: at(30), balanceUsd: 5 });
    const after = decide(state, { kind: "look", look }, policy).state;

    expect(noticesOf(after.owed).map(({ channel }) => channel)).toEqual(ways);
  });

  it("is told once to whom the crossing could not be sent, with what was missed", () => {
    const policy = reminding({ tellsResolved: true });
    const look = (minute: number, balanceUsd: number) =>
      ({ kind: "look", look: seen({ atMs: at(minute), balanceUsd }) }) as const;

    const { state } = decide(decide(emptyState, look(0, 1), policy).state, look(1, 5), policy);

    expect(noticesOf(state.owed).map(({ because }) => because)).toEqual([
      "balance $5.00 is back at or above $2.00. It fell below 1 min ago, and this may not have been sent: balance $1.00 is below $2.00",
    ]);
  });
});
