import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { onHandedBack } from "#guard/hand-over/take-back.ts";
import type { Pod } from "#guard/model/account.ts";
import { isEnd } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { GuardState, Input } from "#guard/model/state.ts";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import { shifted } from "#guard/times.ts";
import { afterSaving } from "../../store/saved-state.ts";
import { budget, momentsAt } from "../budgets/budget-samples.ts";
import {
  at,
  hourMs,
  idleGuard,
  inputsOf,
  leaseGuard,
  type Lived,
  minuteMs,
  pod,
  policyWith,
  settleAt,
  step,
  unlived,
} from "../samples.ts";

const phone = { name: "phone", minSeverity: "info" } as const;
const podIds = ["p1", "p2", "p3"] as const;

/** What happens in one minute, and what whoever looks makes of it. */
interface Minute {
  readonly balanceUsd: number;
  readonly look: "seen" | "blind" | "no-pods";
  readonly isIdle: boolean;
  /** How RunPod answers those who end pods. */
  readonly answer: "done" | "failed" | "none";
  /** Which pod is started again, if it is stopped. */
  readonly starts: number | undefined;
}

const mostly = <Value>(usual: Value, ...others: readonly Value[]) =>
  fc.oneof(
    { weight: 9, arbitrary: fc.constant(usual) },
    ...others.map((other) => ({ weight: 1, arbitrary: fc.constant(other) })),
  );

const minute: fc.Arbitrary<Minute> = fc.record({
  balanceUsd: fc.constantFrom(25, 24, 12, 9, 3, 1.5, 0.4),
  look: mostly<Minute["look"]>("seen", "blind", "no-pods"),
  isIdle: mostly(true, false),
  answer: fc.constantFrom("done", "failed", "none"),
  starts: mostly<number | undefined>(undefined, 0, 1, 2),
});
const minutes = (maxLength: number) => fc.array(minute, { maxLength });

const maybe = <Value>(value: Value) => fc.constantFrom(value, value, undefined);

const policies: fc.Arbitrary<Policy> = fc
  .record({
    backstop: maybe({ action: "stop" as const, afterMs: 0 }),
    hardTimeout: maybe({ action: "stop" as const, pods: ["*"], afterMs: 25 * minuteMs }),
    lease: maybe({ ...leaseGuard, defaultMs: 15 * minuteMs, maxMs: hourMs }),
    idle: maybe({ ...idleGuard, afterMs: 5 * minuteMs }),
    warnMs: fc.constantFrom(0, 3 * minuteMs),
    maxEndsPerHour: fc.constantFrom(1, 2, 20),
    budgets: maybe([budget({ limitUsd: 5, action: "stop", freezes: true })]),
    remind: maybe("doubling" as const),
    protect: fc.constantFrom<readonly string[]>([], ["p1"]),
  })
  .map(({ backstop, budgets, remind, protect, ...guards }) => {
    const { podGuards, thresholds, ...rest } = policyWith(backstop && { backstop });
    return {
      ...rest,
      tells: false,
      channels: [phone],
      protect,
      thresholds: thresholds.map((each) => ({ ...each, answers: [], remind })),
      budgets,
      podGuards: { ...podGuards, ...guards },
    };
  });

/** The pods as they are, by the minute of their start; undefined: stopped. */
type World = Readonly<Record<string, number | undefined>>;

const begun: World = { p1: 0, p2: 0, p3: 0 };

interface Side extends Lived {
  /** When each end of a guard was proven, and of whom. */
  readonly proven: readonly (readonly [minute: number, podId: string])[];
}

const fresh: Side = { ...unlived, proven: [] };

function podsOf(world: World): readonly Pod[] {
  return podIds.map((id, n) =>
    pod({
      id,
      name: `name of ${id}`,
      costPerHrUsd: n + 1,
      status: world[id] === undefined ? "stopped" : "running",
    }),
  );
}

/** One guard lives through a minute: it looks, decides, and does at once what it owes. */
function turn(
  side: Side,
  n: number,
  world: World,
  { balanceUsd, look, isIdle, answer }: Minute,
  policy: Policy,
): { readonly side: Side; readonly world: World } {
  const all = podsOf(world);
  const seen = { balanceUsd, burnPerHrUsd: undefined, pods: look === "no-pods" ? "unknown" : all };
  const load = isIdle ? 0 : 90;
  let now: Lived = side;
  const samples = all.flatMap(({ id }) => {
    const startedAt = world[id];
    if (startedAt === undefined) return [];
    const startMs = at(startedAt);
    return [
      {
        podId: id,
        bootedAtMs: startMs,
        lastStartedAtMs: startMs,
        takenAtMs: at(n),
        cpuPercent: load,
        gpuPercents: [load],
        gpuMemoryPercents: [load],
        gpuType: "A40",
        region: "EU-RO-1",
      },
    ];
  });
  const given = { look: look === "blind" ? ("blind" as const) : seen, samples } as const;
  for (const input of [momentsAt(n, policy), ...inputsOf(n, given as never)]) {
    now = step(now, n, input, policy);
  }
  const ended = new Set<string>();
  const proven = [...side.proven];
  for (const effect of now.state.owed) {
    if (!isEnd(effect)) {
      now = settleAt(now, n, effect.id, {}, policy);
      continue;
    }
    if (effect.notBeforeMs > at(n) || answer === "none") continue;
    const { id, podId } = effect;
    if (world[podId] === undefined || ended.has(podId)) {
      now = settleAt(now, n, id, { kind: "moot", podIs: "stopped" }, policy);
    } else if (answer === "failed") {
      now = settleAt(now, n, id, { kind: "failed" }, policy);
    } else {
      now = settleAt(now, n, id, { kind: "done", podIs: "stopped" }, policy);
      ended.add(podId);
      if (effect.kind === "end-run") proven.push([n, podId]);
    }
  }
  const left = Object.entries(world).filter(([podId]) => !ended.has(podId));
  return { side: { ...now, proven }, world: Object.fromEntries(left) };
}

function started(world: World, n: number, { starts }: Minute): World {
  const id = starts === undefined ? undefined : podIds[starts];
  return id === undefined || world[id] !== undefined ? world : { ...world, [id]: n };
}

/** One guard, alone. */
function lives(
  from: { readonly side: Side; readonly world: World },
  first: number,
  all: readonly Minute[],
  policy: Policy,
): { readonly side: Side; readonly world: World } {
  return all.reduce(
    ({ side, world }, each, k) =>
      turn(side, first + k, started(world, first + k, each), each, policy),
    from,
  );
}

/** A process that goes on from what another has saved. */
const anew = (state: GuardState): Side => ({ ...fresh, state: afterRestart(afterSaving(state)) });

/** What is handed over, as it comes: by the clock there. */
function handedBack(
  id: string,
  n: number,
  base: GuardState,
  theirs: GuardState,
  aheadMs = 0,
): Input & { readonly kind: "handed-back" } {
  return {
    kind: "handed-back",
    id,
    atMs: at(n),
    aheadMs,
    base: afterSaving(shifted(base, aheadMs)),
    theirs: afterSaving(theirs),
    channels: ["phone"],
    because: "the guard outside guarded",
  };
}

/** What people see of a life: what was crossed, warned of, ended, and who was to be ended. */
function storyOf({ events, owed }: Lived): readonly string[] {
  return [
    ...events.flatMap(([n, event]) => {
      if (event.kind === "trip") return [`${n} trip ${event.threshold}`];
      if (event.kind === "rearm") return [`${n} rearm ${event.threshold}`];
      if (event.kind === "run-ended") return [`${n} ${event.run.podId} ended: ${event.reason}`];
      if (event.kind === "run-started") return [`${n} ${event.run.podId} started`];
      return event.kind === "said" ? [`${n} ${event.event} ${event.name}: ${event.because}`] : [];
    }),
    ...owed.map(([n, { kind, podId, reason }]) => `${n} ${kind} ${podId} ${reason}`),
  ].toSorted();
}

const clocks = fc.constantFrom(0, 0, 7 * minuteMs, -7 * minuteMs);

/** Until when the machine's guard lived, and what atLast stood in for it lived through. */
function stoodIn(
  policy: Policy,
  before: readonly Minute[],
  there: readonly Minute[],
): {
  readonly first: Side;
  readonly outside: Side;
  readonly world: World;
  readonly atLast: number;
} {
  const first = lives({ side: fresh, world: begun }, 0, before, policy);
  const from = before.length + 10;
  const { side: outside, world } = lives(
    { side: anew(first.side.state), world: first.world },
    from,
    there,
    policy,
  );
  return { first: first.side, outside, world, atLast: from + there.length };
}

describe("a guard that was dead while another stood in", () => {
  it("goes on as the other would have, whatever the clock there", () => {
    fc.assert(
      fc.property(
        policies,
        minutes(25),
        minutes(25),
        minutes(8),
        clocks,
        (policy, before, there, after, aheadMs) => {
          const { first, outside, world, atLast } = stoodIn(policy, before, there);
          const base = anew(first.state).state;
          const theirs = shifted(outside.state, aheadMs);
          const input = handedBack("1", atLast, base, theirs, aheadMs);

          const joint = onHandedBack(base, input, policy).state;

          const [back, alone] = [joint, outside.state].map(
            (state) => lives({ side: anew(state), world }, atLast, after, policy).side,
          );
          expect(back && storyOf(back)).toEqual(alone && storyOf(alone));
        },
      ),
    );
  });

  it("ends no more pods in an hour than it may, both taken together", () => {
    fc.assert(
      fc.property(policies, minutes(20), minutes(20), minutes(20), (policy, ...parts) => {
        const [before, there, after] = parts;
        const { first, outside, world, atLast } = stoodIn(policy, before, there);
        const base = anew(first.state).state;
        const joint = onHandedBack(
          base,
          handedBack("1", atLast, base, outside.state),
          policy,
        ).state;

        const back = lives({ side: anew(joint), world }, atLast, after, policy).side;

        const proven = [first, outside, back].flatMap((side) => side.proven.map(([n]) => n));
        const inAnHour = proven.map((n) => proven.filter((m) => m >= n && m < n + 60).length);
        expect(Math.max(0, ...inAnHour)).toBeLessThanOrEqual(policy.podGuards.maxEndsPerHour);
      }),
    );
  });
});

/** The two guards live side by side, as where only the way between them is cut. */
function sideBySide(
  policy: Policy,
  before: readonly Minute[],
  both: readonly { readonly here: Minute; readonly there: Minute }[],
) {
  const first = lives({ side: fresh, world: begun }, 0, before, policy);
  const from = before.length + 10;
  const base = anew(first.side.state).state;
  let [mine, theirs, { world }]: [Side, Side, { readonly world: World }] = [
    { ...first.side, owed: [], events: [], proven: [] },
    anew(base),
    first,
  ];
  for (const [k, { here, there }] of both.entries()) {
    const n = from + k;
    const ofMine = turn(mine, n, started(world, n, here), here, policy);
    const ofTheirs = turn(
      theirs,
      n,
      ofMine.world,
      { ...there, balanceUsd: here.balanceUsd },
      policy,
    );
    [mine, theirs, world] = [ofMine.side, ofTheirs.side, ofTheirs.world];
  }
  return { base, mine, theirs, world, atLast: from + both.length };
}

const bothSides = fc.array(fc.record({ here: minute, there: minute }), { maxLength: 20 });

describe("two guards that both lived", () => {
  it("owe no more what either has settled, and all that the machine's own came to owe", () => {
    fc.assert(
      fc.property(policies, minutes(20), bothSides, (policy, before, both) => {
        const { base, mine, theirs, atLast } = sideBySide(policy, before, both);

        const joint = onHandedBack(
          mine.state,
          handedBack("1", atLast, base, theirs.state),
          policy,
        ).state;

        const idsOf = ({ owed }: GuardState): readonly string[] => owed.map(({ id }) => id);
        const [ofBase, ofMine] = [idsOf(base), idsOf(mine.state)];
        const [ofTheirs, ofJoint] = [idsOf(theirs.state), idsOf(joint)];
        const settled = ofBase.filter((id) => !ofMine.includes(id) || !ofTheirs.includes(id));
        const came = ofMine.filter((id) => !ofBase.includes(id));

        expect(ofJoint.filter((id) => settled.includes(id))).toEqual([]);
        expect(ofJoint).toEqual(expect.arrayContaining([...came]));
      }),
      { numRuns: 400 },
    );
  });

  it("follow no run of which either has proven the end", () => {
    fc.assert(
      fc.property(policies, minutes(20), bothSides, clocks, (policy, before, both, aheadMs) => {
        const { base, mine, theirs, atLast } = sideBySide(policy, before, both);
        const input = handedBack("1", atLast, base, shifted(theirs.state, aheadMs), aheadMs);

        const joint = onHandedBack(mine.state, input, policy).state;

        const over = Object.values(base.runs).filter(({ podId, firstSeenAtMs }) =>
          [mine.state, theirs.state].some(
            ({ runs }) => runs[podId]?.firstSeenAtMs !== firstSeenAtMs,
          ),
        );
        const goesOn = over.filter(
          ({ podId, firstSeenAtMs }) => joint.runs[podId]?.firstSeenAtMs === firstSeenAtMs,
        );
        expect(goesOn).toEqual([]);
      }),
    );
  });

  it("count each end of the last hour, and what was spent as whoever has seen more of it", () => {
    fc.assert(
      fc.property(policies, minutes(20), bothSides, (policy, before, both) => {
        const { base, mine, theirs, atLast } = sideBySide(policy, before, both);

        const joint = onHandedBack(
          mine.state,
          handedBack("1", atLast, base, theirs.state),
          policy,
        ).state;

        const spentIn = ({ budgets }: GuardState): number =>
          budgets?.["daily"]?.at(-1)?.spentUsd ?? 0;
        const ends = (each: GuardState): readonly number[] =>
          each.guardEndsAtMs.filter((ms) => at(atLast) - ms < hourMs);
        expect(spentIn(joint)).toBe(Math.max(spentIn(mine.state), spentIn(theirs.state)));
        expect(ends(joint)).toEqual(expect.arrayContaining([...ends(mine.state)]));
        expect(ends(joint)).toEqual(expect.arrayContaining([...ends(theirs.state)]));
      }),
    );
  });

  it("have nothing owed of pods that have ended, once the joint one has looked", () => {
    fc.assert(
      fc.property(policies, minutes(20), bothSides, (policy, before, both) => {
        const { base, mine, theirs, world, atLast } = sideBySide(policy, before, both);
        const joint = onHandedBack(
          mine.state,
          handedBack("1", atLast, base, theirs.state),
          policy,
        ).state;
        const calm: Minute = {
          balanceUsd: 25,
          look: "seen",
          isIdle: false,
          answer: "failed",
          starts: undefined,
        };

        const { side } = lives({ side: anew(joint), world }, atLast + 5, [calm], policy);

        const ended = side.state.owed
          .filter(isEnd)
          .filter(({ podId }) => world[podId] === undefined);
        expect(ended).toEqual([]);
      }),
    );
  });

  it("hand over the same once, however often it comes", () => {
    fc.assert(
      fc.property(policies, minutes(20), bothSides, clocks, (policy, before, both, aheadMs) => {
        const { base, mine, theirs, atLast } = sideBySide(policy, before, both);
        const input = handedBack("1", atLast, base, shifted(theirs.state, aheadMs), aheadMs);
        const once = onHandedBack(mine.state, input, policy).state;

        const twice = onHandedBack(once, { ...input, atMs: at(atLast + 1) }, policy);

        expect(twice).toEqual({ state: once, events: [] });
      }),
    );
  });
});
