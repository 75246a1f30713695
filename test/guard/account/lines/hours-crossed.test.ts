import { describe, expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import type { Look, Seen } from "#guard/model/account.ts";
import type { Policy, Threshold } from "#guard/model/policy.ts";
import { emptyState, type GuardEvent, type GuardState } from "#guard/model/state.ts";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import { afterSaving } from "../../../store/saved-state.ts";
import { at, blind, endsOf, minuteMs, pod, policyWith, seen } from "../../samples.ts";

const soon: Threshold = {
  name: "soon",
  belowHours: 2,
  answers: ["notify"],
  backstop: { action: "stop", afterMs: 3 * minuteMs },
};
const policyOf = (line: Partial<Threshold> = {}): Policy => {
  const policy = policyWith({ thresholds: [{ ...soon, ...line }] });
  return { ...policy, podGuards: { ...policy.podGuards, gapMs: 15 * minuteMs } };
};

/** `below`: $10 lasts 1.7 h; `near` is less than a tenth above the line; a burn of which nothing is known. */
const burns = { below: 6, near: 4.8, above: 4, nothing: 0, unknown: undefined };
type Sight = keyof typeof burns | "blind" | "doubted" | Partial<Seen>;

function lookOf(minute: number, sight: Sight): Look {
  if (sight === "blind") return blind(at(minute));
  const seenAs =
    typeof sight === "object"
      ? sight
      : sight === "doubted"
        ? { burnPerHrUsd: burns.above, isRiseDoubted: true }
        : { burnPerHrUsd: burns[sight] };
  const pods = [pod({ costPerHrUsd: 6 })];
  return seen({ atMs: at(minute), balanceUsd: 10, pods, ...seenAs });
}

interface Followed {
  readonly state: GuardState;
  /** `trip 0`: what happened to the threshold, and in which minute. */
  readonly happened: readonly string[];
}

function followed(
  sights: readonly (readonly [minute: number, sight: Sight])[],
  policy = policyOf(),
  from: Followed = { state: emptyState, happened: [] },
): Followed {
  return sights.reduce<Followed>(({ state, happened }, [minute, sight]) => {
    const after = decide(state, { kind: "look", look: lookOf(minute, sight) }, policy);
    const kinds = after.events.flatMap(({ kind }: GuardEvent) =>
      kind === "trip" || kind === "rearm" ? [`${kind} ${minute}`] : [],
    );
    return { state: after.state, happened: [...happened, ...kinds] };
  }, from);
}

/** Each minute of these, the last one included. */
const each = (from: number, to: number, sight: Sight | ((minute: number) => Sight)) =>
  Array.from({ length: to - from + 1 }, (_, n) => {
    const minute = from + n;
    return [minute, typeof sight === "function" ? sight(minute) : sight] as const;
  });

describe("a threshold that was crossed by hours", () => {
  it("is crossed once, however often its burn comes and goes", () => {
    const sights = each(0, 60, (minute) => (minute % 2 === 0 ? "below" : "nothing"));

    expect(followed(sights).happened).toEqual(["trip 0"]);
  });

  it.each<[sentence: string, sights: readonly (readonly [number, Sight])[], rearmedAt: number[]]>([
    ["above for ten minutes on end", each(1, 12, "above"), [11]],
    ["where nothing burned for ten minutes on end", each(1, 12, "nothing"), [11]],
    ["not before", each(1, 10, "above"), []],
    [
      "by two looks that are so far apart",
      [
        [1, "above"],
        [11, "above"],
      ],
      [11],
    ],
    [
      "not by looks between which nobody looked",
      [
        [1, "above"],
        [17, "above"],
        [27, "above"],
      ],
      [27],
    ],
    [
      "not where it was below meanwhile",
      [...each(1, 8, "above"), [9, "below"], ...each(10, 21, "above")],
      [20],
    ],
    [
      "nor where it was less than a tenth above meanwhile",
      [...each(1, 8, "above"), [9, "near"], ...each(10, 21, "above")],
      [20],
    ],
    [
      "an unknown burn meanwhile breaks nothing",
      [...each(1, 6, "above"), [7, "unknown"], ...each(8, 14, "above")],
      [11],
    ],
    [
      "nor does a poll that failed",
      [...each(1, 6, "above"), [7, "blind"], ...each(8, 14, "above")],
      [11],
    ],
    [
      "nor does a balance that is doubted",
      [...each(1, 6, "above"), [7, "doubted"], ...each(8, 14, "above")],
      [11],
    ],
    [
      "though every other poll fails",
      each(1, 14, (minute) => (minute % 2 === 1 ? "above" : "blind")),
      [11],
    ],
    [
      "what is not known for longer than a gap is no time that was seen",
      [...each(1, 6, "above"), ...each(7, 22, "blind"), ...each(23, 30, "above")],
      [28],
    ],
  ])("is armed again: %s", (_sentence, sights, rearmedAt) => {
    expect(followed([[0, "below"], ...sights]).happened).toEqual([
      "trip 0",
      ...rearmedAt.map((minute) => `rearm ${minute}`),
    ]);
  });

  it("can be crossed again after that", () => {
    const sights = [...each(1, 11, "above"), [12, "below"]] as const;

    expect(followed([[0, "below"], ...sights]).happened).toEqual(["trip 0", "rearm 11", "trip 12"]);
  });

  it("counts on over a restart", () => {
    const before = followed([[0, "below"], ...each(1, 6, "above")]);
    const state = afterRestart(afterSaving(before.state));

    expect(followed(each(7, 12, "above"), policyOf(), { ...before, state }).happened).toEqual([
      "trip 0",
      "rearm 11",
    ]);
  });

  it("counts on where the clock is set", () => {
    const before = followed([[0, "below"], ...each(1, 6, "above")]);
    const set = { kind: "stepped", atMs: at(66), byMs: 60 * minuteMs } as const;
    const { state } = decide(before.state, set, policyOf());

    expect(followed(each(67, 72, "above"), policyOf(), { ...before, state }).happened).toEqual([
      "trip 0",
      "rearm 71",
    ]);
  });

  it("and is in dollars by now is forgotten in hours", () => {
    const before = followed([[0, "below"], ...each(1, 3, "above")]);
    const dollars = policyOf({ belowHours: undefined, belowUsd: 5 });

    const after = followed([[4, "above"]], dollars, before);

    expect(after.happened).toEqual(["trip 0", "rearm 4"]);
    expect(after.state.hoursCrossed).toBeUndefined();
  });
});

describe("a threshold in dollars and in hours", () => {
  const both = policyOf({ belowUsd: 8 });
  const poor = { balanceUsd: 7, burnPerHrUsd: 1 };

  it.each<[sentence: string, sights: readonly (readonly [number, Sight])[], happened: string[]]>([
    [
      "that was crossed by dollars is armed again as soon as they are back",
      [
        [0, poor],
        [1, "above"],
      ],
      ["trip 0", "rearm 1"],
    ],
    [
      "or, where too little time was left just then, as soon as that is a tenth above",
      [
        [0, poor],
        [1, "near"],
        [2, "above"],
      ],
      ["trip 0", "rearm 2"],
    ],
    [
      "and by hours since then only after ten minutes",
      [[0, poor], [1, "below"], ...each(2, 13, "above")],
      ["trip 0", "rearm 12"],
    ],
    [
      "that was above in hours for so long waits for dollars alone",
      [[0, "below"], ...each(1, 20, poor), [21, "above"]],
      ["trip 0", "rearm 21"],
    ],
  ])("%s", (_sentence, sights, happened) => {
    expect(followed(sights, both).happened).toEqual(happened);
  });

  it("its backstop acts for dollars while the hours wait", () => {
    const { state } = followed([[0, "below"], ...each(1, 4, poor)], both);

    expect(endsOf(state.owed)).toHaveLength(1);
  });
});

describe("the backstop of a threshold that was crossed by hours", () => {
  it.each<[sentence: string, sights: readonly (readonly [number, Sight])[], ends: number]>([
    ["acts after its time", each(1, 3, "below"), 1],
    ["does nothing while time that is left is well above the line", each(1, 5, "above"), 0],
    ["has its whole time again after that", [[1, "above"], ...each(2, 4, "below")], 0],
    ["and acts then", [[1, "above"], ...each(2, 5, "below")], 1],
    ["withdraws an end that it wanted", [...each(1, 3, "below"), [4, "above"]], 0],
    ["keeps it while the burn is not known", [...each(1, 3, "below"), [4, "unknown"]], 1],
  ])("%s", (_sentence, sights, ends) => {
    expect(endsOf(followed([[0, "below"], ...sights]).state.owed)).toHaveLength(ends);
  });
});
