import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPace, type Pace } from "#daemon/pace.ts";
import { decide } from "#guard/decide.ts";
import { type Ahead, aheadOf } from "#guard/ahead/ahead.ts";
import type { Look } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { paceMs, rateWindowsIn } from "#runpod/rest/rate-limits.ts";
import { budget } from "../guard/budgets/budget-samples.ts";
import {
  at,
  blind,
  book,
  guarding,
  hardTimeout,
  hourMs,
  minuteMs,
  pod,
  seen,
} from "../guard/samples.ts";

const secondMs = 1_000;
const paces = { firstRetryMs: 5 * secondMs, leastPollMs: 5 * secondMs };
const startMs = at(0);

const paced = (pollIntervalMs: number, isAdaptive = true): Pace =>
  createPace({ pollIntervalMs: () => pollIntervalMs, isAdaptive: () => isAdaptive, paces });

const intervals = fc.integer({ min: 5, max: 600 }).map((s) => s * secondMs);

/** From a poll to what comes: it may be over, and is no whole number of milliseconds. */
const inMs = fc.oneof(
  fc.constant(Infinity),
  fc.double({ min: -hourMs, max: hourMs, noNaN: true }),
  fc.double({ min: 0, max: 30 * secondMs, noNaN: true }),
);
const comes = fc.record({ moneyInMs: inMs, momentInMs: inMs, learnInMs: inMs });

type Comes = typeof comes extends fc.Arbitrary<infer T> ? T : never;

interface Answered {
  readonly kind: "seen" | "limited" | "blind" | "refused" | "lost";
  readonly takesMs: number;
  /** How far apart RunPod's windows allow polls, or how long it asks to be left alone. */
  readonly apartMs: number;
}

const answered = fc.record<Answered>({
  kind: fc.constantFrom("seen", "seen", "seen", "limited", "blind", "refused", "lost"),
  takesMs: fc.integer({ min: 0, max: 20 * secondMs }),
  apartMs: fc.integer({ min: 0, max: 300 * secondMs }),
});

function lookOf({ kind, takesMs, apartMs }: Answered, beganAtMs: number): Look | undefined {
  const atMs = beganAtMs + takesMs;
  switch (kind) {
    case "seen":
      return seen({ atMs });
    case "limited":
      return seen({ atMs, paceMs: apartMs });
    case "blind":
      return blind(atMs);
    case "refused":
      return {
        kind: "blind",
        atMs,
        cause: "unreachable",
        because: "429",
        refusal: "rate",
        retryAfterMs: apartMs,
      };
    case "lost":
      return undefined;
  }
}

function aheadIn({ moneyInMs, momentInMs, learnInMs }: Comes, fromMs: number): Ahead {
  return {
    moneyAtMs: fromMs + moneyInMs,
    momentAtMs: fromMs + momentInMs,
    learnAtMs: fromMs + learnInMs,
  };
}

describe("whatever comes, is answered, and the clock does, the next poll", () => {
  const turns = fc.array(
    fc.record({
      comes,
      answered,
      steppedMs: fc.oneof(
        { weight: 8, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: -30 * hourMs, max: 30 * hourMs }) },
      ),
    }),
    { minLength: 1, maxLength: 60 },
  );

  it("comes in whole milliseconds, after 5 seconds and within the interval, or what RunPod allows", () => {
    fc.assert(
      fc.property(intervals, turns, (intervalMs, all) => {
        const pace = paced(intervalMs);
        let nowMs = startMs;
        let allowedMs = 0;
        for (const turn of all) {
          nowMs += turn.steppedMs;
          const look = lookOf(turn.answered, nowMs);
          if (look?.kind === "seen") allowedMs = look.paceMs ?? 0;

          const next = pace.after(nowMs, look);

          const nextMs = Math.min(next.pollAtMs(), next.aheadAtMs(aheadIn(turn.comes, nowMs)));
          expect(nextMs).toSatisfy(Number.isSafeInteger);
          expect(nextMs - nowMs).toBeGreaterThanOrEqual(5 * secondMs);
          expect(nextMs - nowMs).toBeLessThanOrEqual(Math.max(intervalMs, allowedMs));
          nowMs = nextMs;
        }
      }),
      { numRuns: 500 },
    );
  });

  it("comes after the interval where the pace is fixed, but for polls that failed", () => {
    fc.assert(
      fc.property(intervals, turns, (intervalMs, all) => {
        const pace = paced(intervalMs, false);
        let nowMs = startMs;
        for (const turn of all) {
          nowMs += turn.steppedMs;

          const next = pace.after(nowMs, seen({ atMs: nowMs + turn.answered.takesMs }));

          const nextMs = Math.min(next.pollAtMs(), next.aheadAtMs(aheadIn(turn.comes, nowMs)));
          expect(nextMs).toBe(nowMs + intervalMs);
          nowMs = nextMs;
        }
      }),
    );
  });

  it("comes no closer than half of RunPod's windows allow, whatever its headers say", () => {
    const windows = fc.array(
      fc.record({
        quota: fc.integer({ min: 0, max: 100_000 }),
        lengthS: fc.integer({ min: 0, max: 86_400 }),
      }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(
        intervals,
        windows,
        fc.integer({ min: 1, max: 20 }),
        fc.array(comes, { minLength: 20, maxLength: 80 }),
        (intervalMs, all, requests, lives) => {
          const header = all.map(({ quota, lengthS }, n) => `"w${n}";q=${quota};w=${lengthS}`);
          const apartMs = paceMs(
            rateWindowsIn({ "ratelimit-policy": header.join(", ") }),
            requests,
          );
          const pace = paced(intervalMs);
          const polls = [startMs];
          for (const each of lives) {
            const nowMs = polls.at(-1) ?? 0;
            const look = seen({ atMs: nowMs, ...(apartMs !== undefined && { paceMs: apartMs }) });
            const next = pace.after(nowMs, look);
            polls.push(Math.min(next.pollAtMs(), next.aheadAtMs(aheadIn(each, nowMs))));
          }

          for (const { quota, lengthS } of all) {
            // A poll every five minutes is made all the same.
            const needsMs = (lengthS * secondMs * requests) / (quota / 2);
            if (quota === 0 || needsMs > 300 * secondMs) continue;
            for (const fromMs of polls) {
              const within = polls.filter((ms) => ms >= fromMs && ms < fromMs + lengthS * secondMs);
              // The one that the window begins with may be of the one before.
              expect((within.length - 1) * requests).toBeLessThanOrEqual(quota / 2);
            }
          }
        },
      ),
    );
  });

  it("is, of those that no line of money asks for, one of 120 an hour", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 30, max: 600 }),
        fc.array(comes, { minLength: 150, maxLength: 400 }),
        (intervalS, all) => {
          const pace = paced(intervalS * secondMs);
          const polls = [startMs];
          for (const each of all) {
            const nowMs = polls.at(-1) ?? 0;
            const next = pace.after(nowMs, seen({ atMs: nowMs }));
            const ahead = aheadIn({ ...each, moneyInMs: Infinity }, nowMs);
            polls.push(Math.min(next.pollAtMs(), next.aheadAtMs(ahead)));
          }

          for (const fromMs of polls) {
            const within = polls.filter((ms) => ms >= fromMs && ms < fromMs + hourMs);
            expect(within.length).toBeLessThanOrEqual(120 + 10);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});

/** An account over a while: what its pod costs, and what is paid in. */
const phases = fc.array(
  fc.record({
    minutes: fc.integer({ min: 1, max: 90 }),
    perHrUsd: fc.constantFrom(0, 0.2, 1.5, 6, 24, 80),
    topUpUsd: fc.constantFrom(0, 0, 0, 5, 50),
    /** With auto-pay the card is charged, and the balance stands still. */
    isCharged: fc.constantFrom(true, true, true, false),
    isBurnTold: fc.constantFrom(true, true, false),
  }),
  { minLength: 1, maxLength: 6 },
);

const watched = fc.record({
  phases,
  tickS: fc.constantFrom(1, 60, 300),
  startUsd: fc.double({ min: 0, max: 60, noNaN: true }),
  intervalS: fc.constantFrom(30, 60, 300),
  lines: fc.array(
    fc.oneof(
      fc.record({ belowUsd: fc.double({ min: 0.5, max: 50, noNaN: true }) }),
      fc.record({ belowHours: fc.double({ min: 0.1, max: 8, noNaN: true }) }),
    ),
    { maxLength: 3 },
  ),
  limitUsd: fc.option(fc.double({ min: 0.5, max: 40, noNaN: true }), { nil: undefined }),
  timeoutMs: fc.option(fc.integer({ min: minuteMs, max: 5 * hourMs }), { nil: undefined }),
});

type Account = typeof watched extends fc.Arbitrary<infer T> ? T : never;

interface Polled {
  readonly atMs: number;
  /** Whether at some burn that is known, a line may be crossed within two minutes, or was to be by now. */
  readonly isNear: boolean;
}

/** Polls an account through its phases, as the daemon would. */
function watchOver(account: Account): readonly Polled[] {
  const { tickS, startUsd, intervalS, lines, limitUsd, timeoutMs } = account;
  const policy: Policy = guarding(
    timeoutMs === undefined ? {} : { hardTimeout: { ...hardTimeout, afterMs: timeoutMs } },
    {
      thresholds: lines.map((line, n) => ({
        name: `${n}`,
        answers: [],
        backstop: undefined,
        ...line,
      })),
      budgets: limitUsd === undefined ? [] : [budget({ limitUsd })],
    },
  );
  const pace = paced(intervalS * secondMs);
  const polls: Polled[] = [];
  let state: GuardState = emptyState;
  let [balanceUsd, dueUsd, nextMs, untilMs] = [startUsd, 0, startMs, startMs];
  for (const { minutes, perHrUsd, topUpUsd, isCharged, isBurnTold } of account.phases) {
    balanceUsd += topUpUsd;
    const fromMs = untilMs;
    untilMs += minutes * minuteMs;
    for (let ms = fromMs; ms < untilMs; ms += secondMs) {
      dueUsd += perHrUsd / 3600;
      if ((ms / secondMs) % tickS === 0) {
        if (isCharged) balanceUsd -= dueUsd;
        dueUsd = 0;
      }
      if (ms < nextMs) continue;
      const moments = {
        atMs: ms,
        periods: { daily: { fromMs: at(-600), toMs: at(1440) } },
        schedules: {},
      };
      const look = seen({
        atMs: ms,
        balanceUsd,
        burnPerHrUsd: isBurnTold ? perHrUsd : undefined,
        pods: isBurnTold ? [pod({ costPerHrUsd: perHrUsd })] : "unknown",
      });
      for (const input of [
        { kind: "moments", moments },
        { kind: "leases", atMs: ms, book: book() },
        { kind: "look", look },
      ] as const) {
        state = decide(state, input, policy).state;
      }
      const ahead = aheadOf(state, policy, ms);
      const next = pace.after(ms, look);
      nextMs = Math.min(next.pollAtMs(), next.aheadAtMs(ahead));
      expect(nextMs).toSatisfy(Number.isSafeInteger);
      expect(nextMs - ms).toBeGreaterThanOrEqual(5 * secondMs);
      expect(nextMs - ms).toBeLessThanOrEqual(intervalS * secondMs);
      const comesNothing = Object.values(ahead).every((each) => each === Infinity);
      expect(comesNothing ? nextMs - ms : intervalS * secondMs).toBe(intervalS * secondMs);
      polls.push({ atMs: ms, isNear: ahead.moneyAtMs - ms < 2 * minuteMs });
    }
  }
  return polls;
}

describe("an account that burns, is paid for and stands still", () => {
  it("is polled within its bounds, and 120 times an hour where no line is near", () => {
    fc.assert(
      fc.property(watched, (account) => {
        const polls = watchOver(account);

        for (const { atMs: fromMs } of polls) {
          const within = polls.filter(
            ({ atMs, isNear }) => !isNear && atMs >= fromMs && atMs < fromMs + hourMs,
          );
          expect(within.length).toBeLessThanOrEqual(120 + 10);
        }
      }),
      { numRuns: 20 },
    );
  });

  it("is never polled 120 times an hour for long by a balance that stands still", () => {
    fc.assert(
      fc.property(watched, (account) => {
        const still: Account["phases"] = [
          ...account.phases,
          { minutes: 240, perHrUsd: 6, topUpUsd: 0, isCharged: false, isBurnTold: true },
        ];
        // What is polled every 30 s is polled 120 times an hour before any line comes.
        const polls = watchOver({ ...account, intervalS: 60, phases: still });

        const lastMs = polls.at(-1)?.atMs ?? 0;
        const within = polls.filter(({ atMs }) => atMs > lastMs - hourMs);
        expect(within.length).toBeLessThanOrEqual(120 + 10);
      }),
      { numRuns: 20 },
    );
  });
});
