import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { BudgetPeriod, Period } from "#guard/model/spend.ts";
import { emptyState, type GuardEvent, type GuardState, type Input } from "#guard/model/state.ts";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import { afterSaving } from "../store/saved-state.ts";
import { budget, budgeted } from "./budgets/budget-samples.ts";
import { at, blind, book, minuteMs, pod, sampleAt, seen } from "./samples.ts";

/** Days of 24 hours, but for two on which the clocks change; from long before to long after. */
const days: readonly Period[] = Array.from({ length: 16 }, (_, n) => n - 6).map((n) => {
  const begins = (k: number) => at(k * 1440 + (k > 1 ? -60 : 0) + (k > 2 ? 60 : 0));
  return { fromMs: begins(n), toMs: begins(n + 1) };
});

function dayAt(ms: number): Period {
  const found = days.find(({ fromMs, toMs }) => fromMs <= ms && ms < toMs);
  if (found === undefined) throw new Error("no such day");
  return found;
}

function momentsAt(ms: number, { budgets = [] }: Policy): Input {
  const periods = Object.fromEntries(budgets.map(({ name }) => [name, dayAt(ms)]));
  return { kind: "moments", moments: { atMs: ms, periods, schedules: {} } };
}

const mostly = <T>(usual: fc.Arbitrary<T>, ...others: readonly fc.Arbitrary<T>[]) =>
  fc.oneof(
    { weight: 12, arbitrary: usual },
    ...others.map((arbitrary) => ({ weight: 1, arbitrary })),
  );

/** One look at an account, and what has happened before it. */
interface Turn {
  readonly afterS: number;
  readonly topUpUsd: number;
  readonly burnPerHrUsd: number | undefined;
  readonly isRestarted: boolean;
  readonly steppedMin: number;
  readonly look: "seen" | "blind" | "doubted";
  /** The answer shows what the balance was so long before. */
  readonly oldS: number;
}

const calm = {
  afterS: fc.integer({ min: 5, max: 60 }),
  topUpUsd: mostly(fc.constant(0), fc.integer({ min: 1, max: 50 })),
  burnPerHrUsd: fc.constant(undefined),
  isRestarted: mostly(fc.constant(false), fc.constant(true)),
  steppedMin: fc.constant(0),
  look: fc.constant<Turn["look"]>("seen"),
  oldS: fc.constant(0),
};
const rough = {
  ...calm,
  afterS: mostly(fc.integer({ min: 5, max: 600 }), fc.integer({ min: 600, max: 30_000 })),
  burnPerHrUsd: mostly(
    fc.constant<number | undefined>(undefined),
    fc.constantFrom<number | undefined>(0, 0.5, 6, 80),
  ),
  look: mostly<Turn["look"]>(fc.constant("seen"), fc.constant("blind"), fc.constant("doubted")),
};
const stepping = {
  ...rough,
  steppedMin: mostly(fc.constant(0), fc.integer({ min: -700, max: 700 })),
};

interface Life {
  readonly charged: number;
  readonly burned: number;
  readonly fell: number;
  /** By the beginning of each period, what was counted in it last. */
  readonly periods: ReadonlyMap<number, BudgetPeriod>;
  readonly events: readonly (readonly [period: number, event: GuardEvent])[];
  readonly topUps: number;
  readonly gaps: number;
}

/** No two top-ups within ten minutes: an old answer may show what was between them. */
function apart(turns: readonly Turn[]): readonly Turn[] {
  let passedS = 0;
  return turns.map((turn) => {
    passedS += turn.afterS;
    const isApart = passedS > 600;
    if (isApart && turn.topUpUsd > 0) passedS = 0;
    return isApart ? turn : { ...turn, topUpUsd: 0 };
  });
}

/** Lives through the turns, with an account that charges every so many seconds. */
function life(turns: readonly Turn[], tickS: number, burnPerHrUsd: number, policy: Policy): Life {
  let state: GuardState = emptyState;
  let [trueS, offsetMs, balanceUsd, burn, due] = [36_000, 0, 1_000, burnPerHrUsd, 0];
  let [charged, burned, fell, topUps, gaps] = [0, 0, 0, 0, 0];
  let last: { readonly ms: number; readonly usd: number } | undefined;
  const periods = new Map<number, BudgetPeriod>();
  const events: (readonly [number, GuardEvent])[] = [];
  const shown: number[] = [];
  const take = (input: Input, nowMs: number) => {
    const decision = decide(state, input, policy);
    state = decision.state;
    for (const event of decision.events) events.push([dayAt(nowMs).fromMs, event]);
    for (const each of state.budgets?.["daily"] ?? []) periods.set(each.fromMs, each);
  };
  for (const turn of turns) {
    for (let s = 0; s < turn.afterS; s += 1) {
      shown.push(balanceUsd);
      trueS += 1;
      due += burn / 3600;
      burned += burn / 3600;
      if (trueS % tickS !== 0) continue;
      balanceUsd -= due;
      charged += due;
      due = 0;
    }
    if (turn.topUpUsd > 0) topUps += 1;
    balanceUsd += turn.topUpUsd;
    burn = turn.burnPerHrUsd ?? burn;
    const byMs =
      Math.max(-700, Math.min(700, offsetMs / minuteMs + turn.steppedMin)) * minuteMs - offsetMs;
    offsetMs += byMs;
    const nowMs = at(0) + trueS * 1000 + offsetMs;
    if (byMs !== 0) {
      take({ kind: "stepped", atMs: nowMs, byMs }, nowMs);
      if (last !== undefined) last = { ms: last.ms + byMs, usd: last.usd };
    }
    if (turn.isRestarted) {
      state = afterRestart(afterSaving(state));
      take({ kind: "daemon", atMs: nowMs, because: "started" }, nowMs);
    }
    take(momentsAt(nowMs, policy), nowMs);
    const isRiseDoubted = turn.look === "doubted";
    const look =
      turn.look === "blind"
        ? blind(nowMs)
        : seen({
            atMs: nowMs,
            balanceUsd: turn.oldS === 0 ? balanceUsd : (shown.at(-turn.oldS) ?? balanceUsd),
            burnPerHrUsd: burn,
            pods: "unknown",
            isRiseDoubted,
          });
    take({ kind: "look", look }, nowMs);
    const isGap = last !== undefined && nowMs - last.ms > 15 * minuteMs;
    if (turn.look === "doubted" && last !== undefined && !isGap)
      last = { ms: nowMs, usd: last.usd };
    if (turn.look !== "seen") continue;
    if (isGap) gaps += 1;
    if (!isGap && last !== undefined) fell += Math.max(0, last.usd - balanceUsd);
    last = { ms: nowMs, usd: balanceUsd };
  }
  return { charged, burned, fell, periods, events, topUps, gaps };
}

function sumOf({ periods }: Life, what: "spentUsd" | "estimatedUsd" | "toppedUpUsd"): number {
  return [...periods.values()].reduce((sum, each) => sum + (each[what] ?? 0), 0);
}

const burns = fc.constantFrom(0.2, 1.5, 6, 24, 80);
const ticks = fc.constantFrom(1, 60, 300);
const daily = budgeted([budget({ limitUsd: 10, action: "stop", freezes: true })]);

describe("what an account spends", () => {
  it("is never counted beyond what burned, and misses no more than a charge and a poll a top-up", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record(calm), { minLength: 20, maxLength: 120 }),
        ticks,
        burns,
        (turns, tickS, burn) => {
          const lived = life(turns, tickS, burn, daily);

          const counted = sumOf(lived, "spentUsd");
          const aMinuteUsd = burn / 60;
          // The first look is not the first charge.
          const missed = lived.charged - counted;
          expect(counted).toBeLessThanOrEqual(lived.burned + 1e-6);
          expect(missed).toBeLessThanOrEqual(
            (burn * (tickS + 60)) / 3600 + lived.topUps * ((burn * tickS) / 3600 + 2 * aMinuteUsd),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it("is hardly counted beyond what burned, however many answers show what was so minutes before", () => {
    const old = { ...calm, oldS: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 290 })) };
    fc.assert(
      fc.property(
        fc.array(fc.record(old), { minLength: 20, maxLength: 120 }).map(apart),
        ticks,
        burns,
        (turns, tickS, burn) => {
          const lived = life(turns, tickS, burn, daily);

          // However often that is so, no more than what burns in the time of two old answers.
          const mostUsd = lived.burned + (burn * (600 + tickS)) / 3600;
          expect(sumOf(lived, "spentUsd")).toBeLessThanOrEqual(mostUsd);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("is no more than what fell and what is estimated, each dollar once, over restarts, gaps and days of any length", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record(rough), { minLength: 10, maxLength: 60 }),
        ticks,
        burns,
        (turns, tickS, burn) => {
          const lived = life(turns, tickS, burn, daily);

          const seenUsd = sumOf(lived, "spentUsd") - sumOf(lived, "estimatedUsd");
          // A fall that may show what was before a top-up counts once it has lasted.
          expect(seenUsd).toBeLessThanOrEqual(lived.fell + 1e-6);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("is not counted beyond what burned, whatever nobody saw", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ ...rough, burnPerHrUsd: calm.burnPerHrUsd }), {
          minLength: 10,
          maxLength: 60,
        }),
        ticks,
        burns,
        (turns, tickS, burn) => {
          const lived = life(turns, tickS, burn, daily);

          // What was presumed just before a gap may be in the first charge after it.
          const oneChargeUsd = (burn * tickS) / 3600;
          expect(sumOf(lived, "spentUsd")).toBeLessThanOrEqual(
            lived.burned + lived.gaps * oneChargeUsd + 1e-6,
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** One turn with three pods, of which the budget is for the first two. */
interface PodTurn {
  readonly after: number;
  readonly look: "seen" | "unknown" | "blind";
  readonly isSampled: boolean;
  readonly crash: "none" | "saved" | "stale" | "lost";
  /** The pod that is stopped, or started again. */
  readonly changes: number | undefined;
}

const podTurn = fc.record({
  after: mostly(fc.constantFrom(1, 2), fc.integer({ min: 3, max: 300 })),
  look: mostly<PodTurn["look"]>(fc.constant("seen"), fc.constant("unknown"), fc.constant("blind")),
  isSampled: mostly(fc.constant(true), fc.constant(false)),
  crash: mostly<PodTurn["crash"]>(
    fc.constant("none"),
    fc.constant("saved"),
    fc.constant("stale"),
    fc.constant("lost"),
  ),
  changes: mostly<number | undefined>(fc.constant(undefined), fc.nat(2), fc.nat(2), fc.nat(2)),
});

const teamPods = ["team-a", "team-b", "other"] as const;
const costs = [6, 12, 90] as const;
const team = budgeted([budget({ pods: ["team-*"], limitUsd: 1e6 })]);

interface PodLife {
  readonly counted: number;
  /** What the two pods have cost, and what of it nobody can have seen. */
  readonly cost: number;
  readonly unseen: number;
}

const lastLook: PodTurn = {
  after: 1,
  look: "seen",
  isSampled: true,
  crash: "none",
  changes: undefined,
};

/** What was spent before it is not counted. */
const firstLook: PodTurn = { ...lastLook, after: 0 };

function podLife(turns: readonly PodTurn[]): PodLife {
  let state: GuardState = emptyState;
  let before: GuardState = emptyState;
  let minute = 0;
  let [cost, unseen, lastSeen] = [0, 0, 0];
  const started: (number | undefined)[] = [0, 0, 0];
  const periods = new Map<number, number>();
  // Until a stop was seen, the pod stays stopped.
  const isStopSeen = [true, true, true];
  const take = (input: Input) => {
    state = decide(state, input, team).state;
    for (const each of state.budgets?.["daily"] ?? []) periods.set(each.fromMs, each.spentUsd);
  };
  for (const turn of [firstLook, ...turns]) {
    minute += turn.after;
    for (const [n, since] of started.entries()) {
      if (since !== undefined && n < 2) cost += ((costs[n] ?? 0) * turn.after) / 60;
    }
    const k = turn.changes;
    if (k !== undefined && started[k] !== undefined) {
      // What it has cost since it was last seen is lost.
      if (k < 2) unseen += ((costs[k] ?? 0) * (minute - lastSeen)) / 60;
      started[k] = undefined;
      isStopSeen[k] = false;
    } else if (k !== undefined && isStopSeen[k] === true) started[k] = minute;
    if (turn.crash !== "none") {
      const { runs, podsSeenAtMs, podsKnownAtMs } = before;
      const left =
        turn.crash === "saved"
          ? state
          : turn.crash === "stale"
            ? { ...state, runs, podsSeenAtMs, podsKnownAtMs }
            : { ...state, runs: {}, podsSeenAtMs: undefined, podsKnownAtMs: undefined };
      state = afterRestart(afterSaving(left));
      take({ kind: "daemon", atMs: at(minute), because: "started" });
    }
    before = state;
    const atMs = at(minute);
    take(momentsAt(atMs, team));
    take({ kind: "leases", atMs, book: book() });
    const running = teamPods.flatMap((name, n) => (started[n] === undefined ? [] : [{ name, n }]));
    const pods = teamPods.map((name, n) =>
      pod({
        id: `p${n}`,
        name,
        costPerHrUsd: costs[n],
        status: started[n] === undefined ? "stopped" : "running",
      }),
    );
    const isSeen = turn.look === "seen";
    const look =
      turn.look === "blind" ? blind(atMs) : seen({ atMs, pods: isSeen ? pods : "unknown" });
    take({ kind: "look", look });
    if (isSeen) {
      lastSeen = minute;
      isStopSeen.fill(true);
    }
    if (!isSeen || !turn.isSampled) continue;
    const samples = running.map(({ n }) =>
      sampleAt(minute, {
        podId: `p${n}`,
        bootedAtMs: at(started[n] ?? 0),
        lastStartedAtMs: at(started[n] ?? 0),
      }),
    );
    take({ kind: "measured", activity: {}, measured: { kind: "measured", atMs, samples } });
  }
  const counted = [...periods.values()].reduce((sum, usd) => sum + usd, 0);
  return { counted, cost, unseen };
}

describe("what pods spend", () => {
  it("is never counted twice, over restarts, crashes, gaps and pods that come and go", () => {
    fc.assert(
      fc.property(fc.array(podTurn, { minLength: 10, maxLength: 60 }), (turns) => {
        const lived = podLife(turns);

        expect(lived.counted).toBeLessThanOrEqual(lived.cost + 1e-6);
      }),
      { numRuns: 150 },
    );
  });

  it("is all counted, but for what a pod has cost since it was last seen", () => {
    fc.assert(
      fc.property(fc.array(podTurn, { minLength: 10, maxLength: 60 }), (turns) => {
        const whole = turns.map((each) => ({ ...each, crash: "none", isSampled: true }) as const);

        const lived = podLife([...whole, lastLook, lastLook]);

        expect(lived.counted).toBeGreaterThanOrEqual(lived.cost - lived.unseen - 1e-6);
      }),
      { numRuns: 150 },
    );
  });
});

describe("a budget", () => {
  it("trips once a period at most, and only when all is spent, whatever the clock does", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record(stepping), { minLength: 10, maxLength: 60 }),
        ticks,
        burns,
        (turns, tickS, burn) => {
          const lived = life(turns, tickS, burn, daily);

          const trips = lived.events.flatMap(([period, event]) =>
            event.kind === "said" && event.because.includes("the budget is used up")
              ? [period]
              : [],
          );
          expect(new Set(trips).size).toBe(trips.length);
          const tripped = [...lived.periods.values()].filter(
            ({ trippedAtMs }) => trippedAtMs !== undefined,
          );
          expect(tripped.every(({ spentUsd }) => spentUsd > 10 - 1e-6)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
});
