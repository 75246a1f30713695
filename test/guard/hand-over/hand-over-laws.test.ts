import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import { merged } from "#guard/hand-over/merge.ts";
import { emptyState, type GuardEvent, type GuardState, type Input } from "#guard/model/state.ts";
import { at, pod, policyWith, seen } from "../samples.ts";

const channels = [{ name: "phone", minSeverity: "info" as const }];
const policy = policyWith({ tells: false, channels });

/** What one guard sees, minute by minute, and does about it at once. */
const looks = fc.array(fc.constantFrom(25, 12, 9, 3, 1.5, 0.4, -0.1), { maxLength: 12 });

interface Lived {
  readonly state: GuardState;
  readonly events: readonly GuardEvent[];
}

function live(before: GuardState, fromMinute: number, balances: readonly number[]): Lived {
  let state = before;
  const events: GuardEvent[] = [];
  const take = (input: Input): void => {
    const decision = decide(state, input, policy);
    state = decision.state;
    events.push(...decision.events);
  };
  for (const [n, balanceUsd] of balances.entries()) {
    const atMs = at(fromMinute + n);
    take({ kind: "look", look: seen({ atMs, balanceUsd, pods: [pod()] }) });
    for (const { id } of state.owed) {
      take({ kind: "settled", id, atMs, outcome: { kind: "done", because: "sent", tail: "" } });
    }
  }
  return { state, events };
}

/** Of one process, or of its machine. */
const ofOneProcess: ReadonlySet<string> = new Set<keyof GuardState>([
  "charges",
  "moments",
  "leaseBook",
  "lastSeen",
  "rulesSaid",
  "source",
  "crossing",
  "shown",
  "unseenBy",
  "rehearsal",
  "troubles",
  "inForce",
]);

/** All but what is of one process, or of its machine, alone. */
function handedOn(state: GuardState): unknown {
  const others = Object.entries(state).filter(([key]) => !ofOneProcess.has(key));
  // Rows are found by their names, whatever their order.
  return JSON.parse(JSON.stringify(Object.fromEntries(others)), (_key, value: unknown) =>
    Array.isArray(value) ? value.map((row) => JSON.stringify(row)).toSorted() : value,
  );
}

const told = ({ events }: Lived): readonly string[] =>
  events.flatMap((event) => (event.kind === "trip" ? [event.threshold] : []));

describe("of two guards that went on from one state", () => {
  it("one that did nothing has what the other has come to", () => {
    fc.assert(
      fc.property(looks, looks, (before, after) => {
        const base = live(emptyState, 0, before).state;
        const theirs = live(base, 20, after).state;

        const joint = merged(base, base, theirs);

        expect(handedOn(joint)).toEqual(handedOn(theirs));
      }),
    );
  });

  it("one keeps all of its own where the other did nothing", () => {
    fc.assert(
      fc.property(looks, looks, (before, after) => {
        const base = live(emptyState, 0, before).state;
        const mine = live(base, 20, after).state;

        const joint = merged(mine, base, base);

        expect(handedOn(joint)).toEqual(handedOn(mine));
      }),
    );
  });

  it("neither tells of a crossing that the other has told of, and none is lost", () => {
    fc.assert(
      fc.property(looks, looks, fc.constantFrom(25, 12, 9, 3, 1.5, 0.4), (before, after, now) => {
        const base = live(emptyState, 0, before).state;
        const outside = live(base, 20, after);
        const joint = merged(base, base, outside.state);

        const alone = live(outside.state, 40, [now]);
        const back = live(joint, 40, [now]);

        expect(told(back)).toEqual(told(alone));
        expect(back.state.fired).toEqual(alone.state.fired);
      }),
    );
  });

  it("a line that either has seen crossed stays crossed until the balance says otherwise", () => {
    fc.assert(
      fc.property(looks, looks, looks, (before, here, there) => {
        const base = live(emptyState, 0, before).state;
        const mine = live(base, 20, here).state;
        const theirs = live(base, 20, there).state;

        const joint = merged(mine, base, theirs);

        const crossedIn = ({ fired }: GuardState): readonly string[] =>
          policy.thresholds.map(({ name }) => name).filter((name) => fired[name] === true);
        const [ofMine, ofTheirs, ofJoint] = [mine, theirs, joint].map(crossedIn);
        const inBoth = ofMine?.filter((name) => ofTheirs?.includes(name)) ?? [];
        const inNeither = ofJoint?.filter(
          (name) => !ofMine?.includes(name) && !ofTheirs?.includes(name),
        );

        expect(ofJoint).toEqual(expect.arrayContaining(inBoth));
        expect(inNeither).toEqual([]);
      }),
    );
  });
});
