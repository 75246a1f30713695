import { describe, expect, it } from "vitest";
import type { Remind } from "#guard/model/policy.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { isToldAgain, tellWhile, withoutTold, withTold } from "#guard/outbox/remind.ts";
import { hourMs, minuteMs, policy, wordsOf } from "../samples.ts";

const day = 24;

/** The hours at which it is told, asked every quarter of an hour that somebody looks. */
function toldAt(
  remind: Remind | undefined,
  hours: number,
  isSeen = (_hour: number) => true,
): readonly number[] {
  let state: GuardState = emptyState;
  const told: number[] = [];
  for (let hour = 0; hour <= hours; hour += 0.25) {
    if (!isSeen(hour)) continue;
    const atMs = hour * hourMs;
    const words = { event: "budget", name: "daily", atMs, because: "it lasts" } as const;
    const after = tellWhile(state, policy, "budget:daily", { remind }, words);
    if (wordsOf(after.events).length > 0) told.push(hour);
    state = after.state;
  }
  return told;
}

describe("what lasts is told", () => {
  it.each<[string, Remind | undefined, number, readonly number[]]>([
    ["once, where nothing is asked", undefined, 200, [0]],
    ["once", "once", 200, [0]],
    ["every hour", "hourly", 3, [0, 1, 2, 3]],
    ["every day", "daily", 3 * day - 1, [0, day, 2 * day]],
    ["after 1 h, 2 h, 4 h and so on", "doubling", 20, [0, 1, 2, 4, 8, 16]],
  ])("%s", (_sentence, remind, hours, expected) => {
    expect(toldAt(remind, hours)).toEqual(expected);
  });

  it.each<[string, Remind, readonly number[]]>([
    ["every hour: once after that, and from then on every hour", "hourly", [0, 1, 6, 7, 8]],
    ["doubling: once after that, and not what it missed", "doubling", [0, 1, 6]],
  ])("and after some hours without a look, %s", (_sentence, remind, expected) => {
    expect(toldAt(remind, 8, (hour) => hour < 2 || hour >= 6)).toEqual(expected);
  });

  it("not sooner, where the clock went back and nobody noticed", () => {
    const told = { firstAtMs: 0, lastAtMs: 5 * hourMs, times: 3 };

    for (const remind of ["hourly", "daily", "doubling"] as const) {
      expect(isToldAgain(told, { remind }, 5 * hourMs - minuteMs)).toBe(false);
    }
  });
});

describe("what was told", () => {
  it("is counted, from the first time on", () => {
    const twice = withTold(withTold(emptyState, "a", 1), "a", 5);

    expect(twice.reminded).toEqual({ a: { firstAtMs: 1, lastAtMs: 5, times: 2 } });
  });

  it("is forgotten once it is over, and what else was told stays", () => {
    const both = withTold(withTold(emptyState, "a", 1), "b", 2);

    const one = withoutTold(both, (key) => key === "a");
    const none = withoutTold(one, (key) => key === "b");

    expect(Object.keys(one.reminded ?? {})).toEqual(["b"]);
    expect(none.reminded).toBeUndefined();
    expect(withoutTold(none, () => true)).toBe(none);
    expect(withoutTold(both, () => false)).toBe(both);
  });
});
