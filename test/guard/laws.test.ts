import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import type { Look } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { blind, namesOf, noticesOf, policyWith, seen } from "./samples.ts";

/** Walks cross the lines often, stand still on them, and are blind now and then. */
const lines = [10, 2, 0.5];
const walk = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.double({ min: -1, max: 12, noNaN: true }) },
    { weight: 2, arbitrary: fc.constantFrom(...lines) },
    { weight: 1, arbitrary: fc.constant("blind" as const) },
  ),
  { minLength: 1, maxLength: 60 },
);

const thresholds: fc.Arbitrary<Policy> = fc
  .uniqueArray(fc.constantFrom(0.25, 0.5, 1, 2, 5, 10), { minLength: 1 })
  .map((belows) =>
    policyWith({
      thresholds: belows
        .sort((a, b) => b - a)
        .map((belowUsd) => ({
          name: `below ${belowUsd}`,
          belowUsd,
          answers: ["notify"],
          backstop: undefined,
        })),
    }),
  );

interface Step {
  readonly look: Look;
  readonly before: GuardState;
  readonly after: GuardState;
  readonly trips: readonly string[];
  readonly rearms: readonly string[];
}

/** Runs a walk; `through` is applied to the state between steps, as a restart would. */
function run(
  steps: readonly (number | "blind")[],
  policy: Policy,
  through: (state: GuardState, step: number) => GuardState = (state) => state,
): readonly Step[] {
  const ran: Step[] = [];
  let state = emptyState;
  for (const [n, step] of steps.entries()) {
    const look = step === "blind" ? blind(n) : seen({ atMs: n, balanceUsd: step });
    const before = through(state, n);
    const { state: after, events } = decide(before, { kind: "look", look }, policy);
    const [trips, rearms] = [namesOf(events, "trip"), namesOf(events, "rearm")];
    ran.push({ look, before, after, trips, rearms });
    state = after;
  }
  return ran;
}

/** The balances that were really seen. */
const balancesOf = (steps: readonly (number | "blind")[]) =>
  steps.filter((step) => step !== "blind");

describe("over any walk of the balance", () => {
  it("a threshold trips once per descent, and re-arms once per recovery", () => {
    fc.assert(
      fc.property(walk, thresholds, (steps, policy) => {
        const ran = run(steps, policy);
        const balances = balancesOf(steps);

        for (const { name, belowUsd = 0 } of policy.thresholds) {
          const below = balances.map((balanceUsd) => balanceUsd < belowUsd);
          const descents = below.filter((is, n) => is && !(below[n - 1] ?? false));
          const recoveries = below.filter((is, n) => !is && (below[n - 1] ?? false));
          expect(ran.flatMap(({ trips }) => trips).filter((t) => t === name)).toHaveLength(
            descents.length,
          );
          expect(ran.flatMap(({ rearms }) => rearms).filter((t) => t === name)).toHaveLength(
            recoveries.length,
          );
        }
      }),
    );
  });

  it("nothing trips while it is fired, and nothing re-arms while it is armed", () => {
    fc.assert(
      fc.property(walk, thresholds, (steps, policy) => {
        for (const { before, trips, rearms } of run(steps, policy)) {
          expect(trips.filter((name) => before.fired[name] === true)).toEqual([]);
          expect(rearms.filter((name) => before.fired[name] !== true)).toEqual([]);
        }
      }),
    );
  });

  it("fired is exactly: below at the last look that saw", () => {
    fc.assert(
      fc.property(walk, thresholds, (steps, policy) => {
        for (const { look, after } of run(steps, policy)) {
          if (look.kind === "blind") continue;
          expect(after.fired).toEqual(
            Object.fromEntries(
              policy.thresholds.map(({ name, belowUsd = 0 }) => [name, look.balanceUsd < belowUsd]),
            ),
          );
        }
      }),
    );
  });

  it("trips of one look come highest first", () => {
    fc.assert(
      fc.property(walk, thresholds, (steps, policy) => {
        const order = policy.thresholds.map(({ name }) => name);
        for (const { trips } of run(steps, policy)) {
          expect(trips).toEqual(order.filter((name) => trips.includes(name)));
        }
      }),
    );
  });

  it("every trip owes its answer, and nothing else is owed", () => {
    fc.assert(
      fc.property(walk, thresholds, (steps, policy) => {
        for (const { before, after, trips } of run(steps, policy)) {
          const added = after.owed.filter((effect) => !before.owed.includes(effect));
          const ofThresholds = noticesOf(added).filter(({ event }) => event === "trip");
          expect(ofThresholds.map(({ name }) => name)).toEqual(trips);
        }
      }),
    );
  });

  it("a run cut and afterRestart from saved state at any step gives the same trips", () => {
    fc.assert(
      fc.property(walk, thresholds, fc.nat(60), (steps, policy, cutAt) => {
        const whole = run(steps, policy);

        const cut = run(steps, policy, (state, step) =>
          step === cutAt ? (JSON.parse(JSON.stringify(state)) as GuardState) : state,
        );

        expect(cut.map(({ trips }) => trips)).toEqual(whole.map(({ trips }) => trips));
        expect(cut.map(({ after }) => after.fired)).toEqual(whole.map(({ after }) => after.fired));
      }),
    );
  });
});
