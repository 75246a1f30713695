import { describe, expect, it } from "vitest";
import { isFired } from "#guard/account/lines/thresholds.ts";
import { decide } from "#guard/decide.ts";
import type { Notify } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import { blind, namesOf, policy, policyWith, seen, stateWith } from "../../samples.ts";

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
        atMs: 77,
        threshold: "warning",
        topic: "threshold:warning",
        severity: "warning",
        incident: "threshold:warning",
        burnPerHrUsd: 1.49,
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

  it("that recovers after a notice has failed says that it could not be sent", () => {
    const before = decide(stateWith({}), look(9, 0), policy).state;
    const owed = before.owed.map((each) => ({ ...each, tries: 1 }));

    const after = decide({ ...before, owed }, look(30, 7_500_000), policy);

    expect(after.state.owed).toMatchObject([
      { event: "rearm", because: expect.stringContaining("this could not be sent: balance $9.00") },
    ]);
  });

  it("that recovers before anyone could be told makes its effects moot, and that is told", () => {
    const before = decide(stateWith({}), look(9, 0), policy).state;

    const after = decide(before, look(30, 7_500_000), policy);

    expect(after.state.trippedAtMs).toEqual({});
    expect(after.events.filter(({ kind }) => kind === "moot")).toHaveLength(2);
    expect(after.state.owed).toMatchObject([
      {
        kind: "notify",
        event: "rearm",
        threshold: "warning",
        because:
          "balance $30.00 is back at or above $10.00. It fell below 2 h 5 min ago, and this may not have been sent: balance $9.00 is below $10.00",
      },
    ]);
  });

  it("that recovers after an older version wrote its crossing down is told the same way", () => {
    const {
      threshold: _,
      topic: __,
      ...old
    } = {
      ...decide(stateWith({}), look(9, 0), policy).state.owed[0],
    } as Notify;

    const after = decide({ ...stateWith({ warning: true }), owed: [old] }, look(30), policy);

    expect(after.state.owed).toMatchObject([{ event: "rearm", threshold: "warning" }]);
  });

  it("that recovers once all was told says nothing more", () => {
    const { owed: _, ...before } = decide(stateWith({}), look(9), policy).state;

    const after = decide({ ...before, owed: [] }, look(30, 2_000), policy);

    expect(after.state.owed).toEqual([]);
  });

  it("that falls again before its recovery could be told is told, and the recovery is not", () => {
    const recovered = [look(9, 1), look(30, 2)].reduce(
      (state, input) => decide(state, input, policy).state,
      stateWith({}),
    );

    const after = decide(recovered, look(8, 3), policy);

    expect(after.state.owed.map(({ id }) => id)).toEqual([
      "notify:warning:3",
      "call-agent:warning:3",
    ]);
  });

  it("that leaves the config takes with it what could not be told of it", () => {
    const recovered = [look(9, 1), look(30, 2)].reduce(
      (state, input) => decide(state, input, policy).state,
      stateWith({}),
    );

    const after = decide(recovered, look(30, 3), policyWith({ thresholds: [] }));

    expect(recovered.owed).toHaveLength(1);
    expect(after.state.owed).toEqual([]);
  });

  it("that recovers takes back what its backstop could not do, and keeps what it did", () => {
    const notice = (topic?: string) => ({
      kind: "notify" as const,
      id: `n${topic}`,
      event: "backstop" as const,
      name: "warning",
      threshold: "warning",
      because: topic === undefined ? "Stopping pod a" : "could not stop pod a",
      tries: 9,
      notBeforeMs: 0,
      ...(topic !== undefined && { topic }),
    });
    const before = {
      ...stateWith({ warning: true }),
      owed: [notice(), notice("backstop:warning:x")],
    };

    const after = decide(before, look(30), policy);

    expect(after.state.owed.map((each) => each.because)).toEqual([
      "Stopping pod a",
      expect.stringMatching(/could not be sent: could not stop pod a$/),
    ]);
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
