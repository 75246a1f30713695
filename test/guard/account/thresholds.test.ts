import { describe, expect, it } from "vitest";
import { isFired } from "#guard/account/thresholds.ts";
import { decide } from "#guard/decide.ts";
import type { Policy } from "#guard/model/policy.ts";
import { blind, namesOf, policy, policyWith, seen, stateWith } from "../samples.ts";

const look = (balanceUsd: number, atMs = 1_000) =>
  ({ kind: "look", look: seen({ balanceUsd, atMs }) }) as const;

const only = (threshold: Pick<Policy["thresholds"][number], "name" | "answers">): Policy =>
  policyWith({ thresholds: [{ belowUsd: 10, backstop: undefined, ...threshold }] });

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
        event: "trip",
        name: "warning",
        tries: 0,
        notBeforeMs: 77,
        belowUsd: 10,
        balanceUsd: 1.5,
        because: "balance $1.50 is below $10.00",
      },
      expect.objectContaining({ id: "call-agent:warning:77" }),
      expect.objectContaining({ id: "notify:critical:77" }),
      expect.objectContaining({ id: "call-agent:critical:77" }),
    ]);
  });

  it("that was removed from the config leaves the state, and what it owed is moot", () => {
    const before = decide(stateWith({}), look(1.5), policy).state;
    const rest = policyWith({ thresholds: policy.thresholds.slice(1) });

    const after = decide(before, look(1.5, 2_000), rest);

    expect(after.state.fired).toEqual({ critical: true, emergency: false });
    expect(after.state.owed.map(({ id }) => id)).toEqual([
      "notify:critical:1000",
      "call-agent:critical:1000",
    ]);
    expect(after.events.filter(({ kind }) => kind !== "run-started")).toEqual([
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
    const renamed = only({ name: "low", answers: [] });

    const after = decide(stateWith({ warning: true }), look(9), renamed);

    expect(namesOf(after.events, "trip")).toEqual(["low"]);
    expect(after.state).toMatchObject({ fired: { low: true }, owed: [] });
  });

  it("that recovers before its effects were tried makes them moot", () => {
    const before = decide(stateWith({}), look(9), policy).state;

    const after = decide(before, look(30, 2_000), policy);

    expect(after.state).toMatchObject({ owed: [], trippedAtMs: {} });
    expect(after.events.filter(({ kind }) => kind === "moot")).toHaveLength(2);
  });

  it.each(["constructor", "__proto__", "toString"])("may be called %s", (name) => {
    const odd = only({ name, answers: ["notify"] });

    const tripped = decide(stateWith({}), look(9), odd);
    const again = decide(tripped.state, look(8), odd);

    expect(namesOf(tripped.events, "trip")).toEqual([name]);
    expect(isFired(again.state, name)).toBe(true);
    expect(namesOf(again.events, "trip")).toEqual([]);
  });
});

describe("a blind look", () => {
  it.each([{}, { warning: true }, { warning: false }])(
    "trips and re-arms nothing in %j",
    (fired) => {
      const before = stateWith(fired as Record<string, boolean>);

      const after = decide(before, { kind: "look", look: blind() }, policy);

      expect(after.state.fired).toEqual(fired);
      expect(after.state.owed).toEqual([]);
      expect(after.events).toEqual([]);
    },
  );
});
