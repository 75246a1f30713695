import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { slopePerHrUsd } from "#guard/account/falls/measured.ts";
import { estimateOf } from "#guard/account/falls/estimate.ts";
import { decide } from "#guard/decide.ts";
import type { Look, Seen } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import { emptyState, type GuardEvent, type GuardState } from "#guard/model/state.ts";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import { afterSaving } from "../../store/saved-state.ts";
import {
  at,
  blind,
  endsOf,
  minuteMs,
  namesOf,
  pod,
  policyWith,
  seen,
  wordsOf,
} from "../samples.ts";

/** One poll, and what has happened before it. */
const turn = fc.record({
  afterS: fc.oneof(fc.integer({ min: 5, max: 300 }), fc.integer({ min: 300, max: 20_000 })),
  look: fc.constantFrom("seen", "seen", "seen", "doubted", "blind", "blind"),
  balanceUsd: fc.oneof(
    fc.double({ min: -5, max: 30, noNaN: true }),
    fc.constantFrom(0, 2, 10, 12, 13.2),
  ),
  burnPerHrUsd: fc.constantFrom(undefined, undefined, 0, 0.5, 1, 6, 80),
  isRestarted: fc.boolean(),
  steppedMin: fc.oneof(
    { weight: 12, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: -600, max: 600 }) },
  ),
});

type Turn = typeof turn extends fc.Arbitrary<infer T> ? T : never;

interface Step {
  /** By how much the clock was set before. */
  readonly byMs: number;
  readonly before: GuardState;
  readonly look: Look;
  readonly state: GuardState;
  readonly events: readonly GuardEvent[];
}

function lived(turns: readonly Turn[], policy: Policy): readonly Step[] {
  const steps: Step[] = [];
  let state: GuardState = emptyState;
  let nowMs = at(0);
  for (const each of turns) {
    const byMs = each.steppedMin * minuteMs;
    nowMs += each.afterS * 1_000 + byMs;
    if (byMs !== 0) state = decide(state, { kind: "stepped", atMs: nowMs, byMs }, policy).state;
    if (each.isRestarted) state = afterRestart(afterSaving(state));
    const { balanceUsd, burnPerHrUsd } = each;
    const look =
      each.look === "blind"
        ? blind(nowMs)
        : seen({
            atMs: nowMs,
            balanceUsd,
            burnPerHrUsd,
            pods: [pod({ costPerHrUsd: burnPerHrUsd })],
            ...(each.look === "doubted" && { isRiseDoubted: true }),
          });
    const before = state;
    const after = decide(state, { kind: "look", look }, policy);
    state = after.state;
    steps.push({ byMs, before, look, state, events: after.events });
  }
  return steps;
}

const lives = fc.array(turn, { minLength: 5, maxLength: 60 });
/** What is so is mostly so for some polls on end. */
const moods = fc
  .array(fc.tuple(turn, fc.integer({ min: 1, max: 8 })), { minLength: 3, maxLength: 15 })
  .map((each) => each.flatMap(([one, times]) => Array.from({ length: times }, () => one)));
const burnOf = (state: GuardState, look: Seen): number | undefined =>
  look.burnPerHrUsd ?? slopePerHrUsd(state, look.atMs);

/** Most of the turns are nearer to each other than what counts as a gap. */
function withGap(overrides: Partial<Policy>): Policy {
  const { podGuards, ...policy } = policyWith(overrides);
  return { ...policy, podGuards: { ...podGuards, gapMs: 180 * minuteMs } };
}

describe("hours left", () => {
  const policy = withGap({
    thresholds: [{ name: "soon", belowHours: 2, answers: ["notify"], backstop: undefined }],
  });

  it("cross their line where balance ÷ burn is below it, and are back once seen a tenth above for ten minutes on end; what is unknown does neither", () => {
    fc.assert(
      fc.property(moods, (turns) => {
        let isFired = false;
        let aboveAtMs = -Infinity;
        let aboveMs = 0;
        for (const { byMs, look, state, events } of lived(turns, policy)) {
          aboveAtMs += byMs;
          const burn = look.kind === "seen" ? burnOf(state, look) : undefined;
          let isNow: boolean = isFired;
          const isKnown =
            look.kind === "seen" && burn !== undefined && !(isFired && look.isRiseDoubted === true);
          if (isKnown) {
            const left = burn > 0 ? look.balanceUsd / burn : Infinity;
            const isAbove: boolean = isFired && left >= 2 * 1.1;
            const apartMs = look.atMs - aboveAtMs;
            if (!isAbove) aboveMs = 0;
            else if (apartMs <= policy.podGuards.gapMs) aboveMs += apartMs;
            aboveAtMs = isAbove ? look.atMs : -Infinity;
            isNow = isFired ? !isAbove || aboveMs < 10 * minuteMs : left < 2;
          }
          expect(namesOf(events, "trip")).toEqual(isNow && !isFired ? ["soon"] : []);
          expect(namesOf(events, "rearm")).toEqual(!isNow && isFired ? ["soon"] : []);
          isFired = isNow;
          expect(state.fired["soon"] ?? false).toBe(isFired);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("are back at all", () => {
    const events = fc
      .sample(moods, 100)
      .flatMap((turns) => lived(turns, policy).flatMap((each) => each.events));

    expect(namesOf(events, "rearm").length).toBeGreaterThan(5);
  });
});

describe("what the balance must be by now", () => {
  const lines = policyWith({ backstop: { action: "stop", afterMs: 0 } }).thresholds;
  const soon = { name: "soon", belowHours: 2, answers: ["notify"], backstop: undefined } as const;
  const policies = fc
    .tuple(fc.constantFrom(lines, [soon]), fc.boolean())
    .map(([thresholds, tripsOnEstimate]) => withGap({ thresholds, tripsOnEstimate }));

  it("is never more than was seen last, and is a number", () => {
    fc.assert(
      fc.property(
        lives,
        policies,
        fc.integer({ min: -1_000, max: 10_000 }),
        (turns, policy, later) => {
          for (const { look, state } of lived(turns, policy)) {
            const estimate = estimateOf(state, look.atMs + later * minuteMs);
            if (estimate === undefined) continue;
            expect(estimate.balanceUsd).toSatisfy(Number.isFinite);
            expect(estimate.balanceUsd).toBeLessThanOrEqual(estimate.lastUsd);
            // RunPod stops what it can at $0.
            expect(estimate.balanceUsd).toBeGreaterThanOrEqual(Math.min(0, estimate.lastUsd));
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it("crosses lines only while blind and where that is wanted; no pod is ended for it", () => {
    fc.assert(
      fc.property(lives, policies, (turns, policy) => {
        for (const { before, look, state, events } of lived(turns, policy)) {
          if (look.kind === "seen") continue;
          expect(namesOf(events, "rearm")).toEqual([]);
          const isWanted = policy.tripsOnEstimate === true;
          expect(isWanted ? [] : namesOf(events, "trip")).toEqual([]);
          const owedBefore = new Set(endsOf(before.owed).map(({ id }) => id));
          expect(endsOf(state.owed).filter(({ id }) => !owedBefore.has(id))).toEqual([]);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("crosses lines at all, and is found to be so and not to be so", () => {
    // One walk in a hundred does each.
    const walks = fc.sample(fc.tuple(lives, policies), 1_500);
    const isSaid = (words: RegExp) =>
      walks.some(([turns, policy]) =>
        lived(turns, policy).some(({ events }) => wordsOf(events).some((each) => words.test(each))),
      );

    expect(isSaid(/confirmed: .* as estimated/)).toBe(true);
    expect(isSaid(/is not confirmed/)).toBe(true);
  });

  it("is said to be so, or not to be so, once for each line that it crossed: at the first poll that knows", () => {
    fc.assert(
      fc.property(lives, policies, (turns, policy) => {
        const open = new Set<string>();
        for (const { look, state, events } of lived(turns, policy)) {
          const said = wordsOf(events).filter((words) => /as estimated|was estimated/.test(words));
          const isKnown = (name: string): boolean => {
            if (look.kind === "blind" || look.isRiseDoubted === true) return false;
            return name !== "soon" || burnOf(state, look) !== undefined;
          };
          const due = [...open].filter(isKnown);
          expect(said).toHaveLength(due.length);
          for (const name of due) open.delete(name);
          const crossed = look.kind === "blind" ? namesOf(events, "trip") : [];
          for (const name of crossed) open.add(name);
          expect(Object.keys(state.estimatedAtMs ?? {}).toSorted()).toEqual([...open].toSorted());
        }
      }),
      { numRuns: 100 },
    );
  });
});
