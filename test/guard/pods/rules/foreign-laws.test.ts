import fc from "fast-check";
import { expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import type { Pod } from "#guard/model/account.ts";
import type { Launch } from "#guard/model/launch.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { LeaseBook } from "#guard/model/run.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { afterSaving } from "../../../store/saved-state.ts";
import {
  at,
  book,
  guarding,
  hardTimeout,
  hourMs,
  idleGuard,
  inputsOf,
  leaseGuard,
  minuteMs,
  pod,
} from "../../samples.ts";

const names = { p1: "trainer", p2: "qlora-rbabcdefg2", p3: "adopted" } as const;
const ids = ["p1", "p2", "p3"] as const;
const adoption: Launch = {
  id: "adopted2",
  name: "adopted",
  atMs: at(0),
  endsAtMs: at(120),
  by: { kind: "agent", host: "box" },
  podId: "p3",
  isAdopted: true,
};
const known: LeaseBook = { ...book(), launches: { [adoption.id]: adoption } };

const guards = {
  hardTimeout: { ...hardTimeout, afterMs: 3 * hourMs },
  lease: { ...leaseGuard, defaultMs: hourMs },
  idle: idleGuard,
  stopped: { action: "terminate", afterMs: 20 * minuteMs, losesData: true, pods: ["*"] },
  warnMs: 5 * minuteMs,
} as const;
const asForeign = (foreign?: "notify" | "ignore"): Policy => guarding({ ...guards, foreign });

const turn = fc.record({
  minutes: fc.constantFrom(1, 2, 3),
  running: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
  isIdle: fc.boolean(),
  isBookKnown: fc.oneof(
    { weight: 6, arbitrary: fc.constant(true) },
    { weight: 1, arbitrary: fc.constant(false) },
  ),
  isRestarted: fc.oneof(
    { weight: 9, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
  isDone: fc.boolean(),
});
type Turn = typeof turn extends fc.Arbitrary<infer Of> ? Of : never;

/** Lives through these turns; gives the states after each input. */
function lived(turns: readonly Turn[], policy: Policy): readonly GuardState[] {
  const states: GuardState[] = [];
  let state: GuardState = emptyState;
  let minute = 0;
  const take = (input: Parameters<typeof decide>[1]) => {
    state = decide(state, input, policy).state;
    states.push(state);
  };
  for (const { minutes, running, isIdle, isBookKnown, isRestarted, isDone } of turns) {
    minute += minutes;
    if (isRestarted) state = afterSaving(state);
    const pods = ids.map((id, n): Pod =>
      pod({ id, name: names[id], status: running[n] === true ? "running" : "stopped" }),
    );
    for (const input of inputsOf(minute, {
      look: { pods },
      sample: { cpuPercent: isIdle ? 1 : 50 },
      book: isBookKnown ? known : "unknown",
    })) {
      take(input);
    }
    const end = state.owed.find(({ kind }) => kind === "end-run" || kind === "end-stopped");
    if (end === undefined || !isDone) continue;
    const outcome = { kind: "done", because: "as asked", tail: "" } as const;
    take({ kind: "settled", id: end.id, atMs: at(minute), outcome });
  }
  return states;
}

/** Whom the guards of single pods end, or call an agent for. */
function endedIn(states: readonly GuardState[]): ReadonlySet<string> {
  return new Set(
    states.flatMap(({ owed }) =>
      owed.flatMap((each) =>
        each.kind === "end-run" || each.kind === "end-stopped" || each.kind === "call-pod-agent"
          ? [each.podId]
          : [],
      ),
    ),
  );
}

function toldIn(states: readonly GuardState[]): ReadonlySet<string> {
  return new Set(
    states.flatMap(({ owed }) =>
      owed.flatMap((each) =>
        each.kind === "notify" && ["idle", "lease", "hard_timeout", "stopped"].includes(each.name)
          ? (each.podIds ?? [])
          : [],
      ),
    ),
  );
}

it("of what was started elsewhere, nothing is ended, and nothing said where it is ignored", () => {
  let ended = 0;
  fc.assert(
    fc.property(
      fc.array(turn, { minLength: 60, maxLength: 140 }),
      fc.constantFrom("notify" as const, "ignore" as const),
      (turns, foreign) => {
        const states = lived(turns, asForeign(foreign));
        const others = endedIn(states);

        expect(others).not.toContain("p1");
        expect(foreign === "ignore" && toldIn(states).has("p1")).toBe(false);
        ended += others.size;
      },
    ),
    { numRuns: 60 },
  );
  // A law of what never happens says nothing.
  expect(ended).toBeGreaterThan(0);
});

it("what was started here is guarded the same, whatever becomes of the rest", () => {
  fc.assert(
    fc.property(fc.array(turn, { minLength: 60, maxLength: 100 }), (turns) => {
      const readable = turns.map((each) => ({ ...each, isBookKnown: true, isDone: false }));
      const ours = (policy: Policy) =>
        [...endedIn(lived(readable, policy))].filter((id) => id !== "p1").toSorted();

      expect(ours(asForeign("ignore"))).toEqual(ours(asForeign()));
    }),
    { numRuns: 40 },
  );
});
