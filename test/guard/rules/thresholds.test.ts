import { describe, expect, it } from "vitest";
import { isFired } from "../../../src/guard/rules/thresholds.ts";
import { decide } from "../../../src/guard/decide.ts";
import type { GuardState, Policy } from "../../../src/guard/model.ts";
import { blind, namesOf, policy, seen, stateWith } from "../samples.ts";

const look = (balanceUsd: number, atMs = 1_000) =>
  ({ kind: "look", look: seen({ balanceUsd, atMs }) }) as const;

describe("a threshold", () => {
  it.each([
    ["armed, exactly at the line", { warning: false }, 10, []],
    ["armed, a hair below", { warning: false }, 9.9999, ["warning"]],
    ["never seen, below", {}, 9, ["warning"]],
    ["never seen, above", {}, 11, []],
    ["fired, still below", { warning: true }, 4, []],
    ["fired, back at the line", { warning: true }, 10, []],
    [
      "a fall through all three trips them highest first",
      {},
      0.4,
      ["warning", "critical", "emergency"],
    ],
    ["only what is not fired yet trips", { warning: true, critical: true }, 0.4, ["emergency"]],
    ["a balance of zero is below", {}, 0, ["warning", "critical", "emergency"]],
    ["a debt is below", {}, -0.2, ["warning", "critical", "emergency"]],
  ])("%s", (_sentence, fired, balanceUsd, trips) => {
    const before = stateWith(fired as Record<string, boolean>);

    const after = decide(before, look(balanceUsd), policy);

    expect(namesOf(after.events, "trip")).toEqual(trips);
  });

  it.each([
    ["re-arms at the line", { warning: true }, 10, ["warning"]],
    ["stays fired a hair below", { warning: true }, 9.9999, []],
    ["armed and above says nothing", { warning: false }, 50, []],
    [
      "a top-up over two lines re-arms both, highest first",
      { warning: true, critical: true, emergency: true },
      5,
      ["critical", "emergency"],
    ],
  ])("%s", (_sentence, fired, balanceUsd, rearmed) => {
    const before = stateWith(fired as Record<string, boolean>);

    const after = decide(before, look(balanceUsd), policy);

    expect(namesOf(after.events, "rearm")).toEqual(rearmed);
  });

  it("owes its answers in their order, with the balance of the crossing", () => {
    const after = decide(stateWith({}), look(1.5, 77), policy);

    expect(after.state.owed).toEqual([
      {
        kind: "notify",
        id: "notify:warning:77",
        threshold: "warning",
        belowUsd: 10,
        balanceUsd: 1.5,
        because: "balance $1.5000 is below $10.00",
      },
      expect.objectContaining({ id: "call-agent:warning:77" }),
      expect.objectContaining({ id: "notify:critical:77" }),
      expect.objectContaining({ id: "call-agent:critical:77" }),
    ]);
  });

  it("that was removed from the config leaves the state, and what it owed is moot", () => {
    const before = decide(stateWith({}), look(1.5), policy).state;
    const only: Policy = { thresholds: policy.thresholds.slice(1) };

    const after = decide(before, look(1.5, 2_000), only);

    expect(after.state.fired).toEqual({ critical: true, emergency: false });
    expect(after.state.owed.map(({ threshold }) => threshold)).toEqual(["critical", "critical"]);
    expect(after.events).toEqual([
      expect.objectContaining({
        kind: "moot",
        because: "the threshold is no longer in the config",
      }),
      expect.objectContaining({
        kind: "moot",
        because: "the threshold is no longer in the config",
      }),
    ]);
  });

  it("that was renamed is a new one", () => {
    const renamed: Policy = { thresholds: [{ name: "low", belowUsd: 10, answers: [] }] };

    const after = decide(stateWith({ warning: true }), look(9), renamed);

    expect(namesOf(after.events, "trip")).toEqual(["low"]);
    expect(after.state).toEqual({ fired: { low: true }, owed: [] });
  });

  it("that recovers before its effects were tried makes them moot", () => {
    const before = decide(stateWith({}), look(9), policy).state;

    const after = decide(before, look(30, 2_000), policy);

    expect(after.state.owed).toEqual([]);
    expect(after.events.filter(({ kind }) => kind === "moot")).toHaveLength(2);
  });

  it.each(["constructor", "__proto__", "toString"])("may be called %s", (name) => {
    const odd: Policy = { thresholds: [{ name, belowUsd: 10, answers: ["notify"] }] };

    const tripped = decide(stateWith({}), look(9), odd);
    const again = decide(tripped.state, look(8), odd);

    expect(namesOf(tripped.events, "trip")).toEqual([name]);
    expect(isFired(again.state, name)).toBe(true);
    expect(again.events).toEqual([]);
  });
});

describe("a blind look", () => {
  it.each([{}, { warning: true }, { warning: false }])("changes nothing in %j", (fired) => {
    const before: GuardState = stateWith(fired as Record<string, boolean>);

    const after = decide(before, { kind: "look", look: blind() }, policy);

    expect(after).toEqual({ state: before, events: [] });
  });
});

describe("an effect that was settled", () => {
  it("is owed no longer, and said", () => {
    const before = decide(stateWith({}), look(9, 77), policy).state;
    const outcome = { kind: "done", because: "exit 0", tail: "" } as const;

    const after = decide(before, { kind: "settled", id: "notify:warning:77", outcome }, policy);

    expect(after.state.owed.map(({ id }) => id)).toEqual(["call-agent:warning:77"]);
    expect(after.events).toEqual([
      expect.objectContaining({ kind: "settled", outcome, effect: before.owed[0] }),
    ]);
  });

  it("and is not owed, because it became moot meanwhile, changes nothing", () => {
    const outcome = { kind: "failed", because: "exit 1", tail: "" } as const;

    const after = decide(stateWith({}), { kind: "settled", id: "gone", outcome }, policy);

    expect(after).toEqual({ state: stateWith({}), events: [] });
  });
});
