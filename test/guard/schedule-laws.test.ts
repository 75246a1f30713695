import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LeaseBook } from "#guard/model/run.ts";
import type { Input } from "#guard/model/state.ts";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import { own } from "#guard/own-value.ts";
import { momentsAt, scheduling } from "./pods/evening.ts";
import {
  at,
  book,
  minuteMs,
  pod,
  seen,
  sampleAt,
  settleAt,
  step,
  unlived,
  type Lived,
} from "./samples.ts";

const everyMinutes = 120;
const comes = Array.from({ length: 40 }, (_, n) => (n + 1) * everyMinutes);
const policy = scheduling(undefined, { warnMs: 10 * minuteMs });

/** What happens around one turn of the loop. */
interface Turn {
  /** Minutes since the turn before: the machine may sleep. */
  readonly after: number;
  readonly look: "seen" | "no-list" | "blind";
  readonly isMeasured: boolean;
  readonly isBookRead: boolean;
  readonly isRestarted: boolean;
  /** What a person does with the pod just before. */
  readonly person: "nothing" | "starts" | "stops" | "restarts" | "skips";
  /** What becomes of an end that is owed. */
  readonly answer: "done" | "failed" | "none";
  /** By so many minutes the clock is set. */
  readonly stepsBy: number;
}

const mostly = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constant(usual) },
    ...others.map((other) => ({ weight: 1, arbitrary: fc.constant(other) })),
  );

const turns = (steps: fc.Arbitrary<number>): fc.Arbitrary<readonly Turn[]> =>
  fc.array(
    fc.record<Turn>({
      after: fc.oneof(
        { weight: 12, arbitrary: fc.integer({ min: 1, max: 2 }) },
        { weight: 2, arbitrary: fc.integer({ min: 20, max: 150 }) },
      ),
      look: mostly("seen", "no-list", "blind"),
      isMeasured: mostly<boolean>(true, false),
      isBookRead: mostly<boolean>(true, false),
      isRestarted: mostly<boolean>(false, true),
      person: mostly("nothing", "starts", "stops", "restarts", "skips"),
      answer: mostly("done", "failed", "none"),
      stepsBy: steps,
    }),
    { minLength: 40, maxLength: 120 },
  );

/**
 * An end: of which moment, when the run was started, whether the moment was dealt with by then, or skipped, and
 * whether nobody saw the pods for a while until more than an hour after it.
 */
interface Ended {
  readonly ofMinute: number;
  readonly startedMinute: number;
  readonly dealtBeforeStart: boolean;
  readonly isSkipped: boolean;
  readonly isLate: boolean;
}

/**
 * Lives through the turns; gives each end as it is carried out, right after a fresh poll and reading. A restart
 * that no poll and no reading has shown yet nobody can know of.
 */
function lived(all: readonly Turn[]): readonly Ended[] {
  let now: Lived = unlived;
  let minute = 0;
  /** RunPod's clock is never set: by so many minutes ours is ahead of it. */
  let aheadBy = 0;
  let stampMinute = 0;
  let startedMinute: number | undefined = 0;
  let wasSeenStopped = true;
  let isStartUnseen = false;
  let dealtAtStart: ReadonlySet<number> = new Set();
  let skippedMinute: number | undefined;
  let seenMinute = -Infinity;
  /** When the pods were seen again, the last time that nobody had seen them for a while. */
  let sightedMinute = -Infinity;
  const dealt = new Set<number>();
  const ended: Ended[] = [];
  const start = (): void => {
    isStartUnseen = !wasSeenStopped;
    wasSeenStopped = false;
    startedMinute = minute;
    stampMinute = minute - aheadBy;
    dealtAtStart = new Set(dealt);
  };
  const take = (input: Input): void => {
    now = step(now, minute, input, policy);
    for (const ms of now.state.scheduled?.["evening"]?.dealtMs ?? []) dealt.add(ms);
  };
  for (const turn of all) {
    minute += turn.after;
    if (turn.isRestarted) {
      const { lastSeen: _, leaseBook: _book, moments: _moments, ...saved } = now.state;
      now = { ...now, state: afterRestart(saved) };
    }
    if (turn.stepsBy !== 0) {
      minute += turn.stepsBy;
      aheadBy += turn.stepsBy;
      if (startedMinute !== undefined) startedMinute += turn.stepsBy;
      take({ kind: "stepped", atMs: at(minute), byMs: turn.stepsBy * minuteMs });
    }
    if (turn.person === "starts" && startedMinute === undefined) start();
    if (turn.person === "restarts") start();
    if (turn.person === "stops") startedMinute = undefined;
    if (turn.person === "skips") skippedMinute = comes.find((each) => each > minute);
    const atMs = at(minute);
    take({ kind: "leases", atMs, book: turn.isBookRead ? bookOf(skippedMinute) : "unknown" });
    take({ kind: "moments", moments: momentsAt(minute, { evening: comes }) });
    if (turn.look === "blind") {
      take({ kind: "look", look: { kind: "blind", atMs, cause: "unreachable", because: "" } });
      continue;
    }
    const row = pod({ status: startedMinute === undefined ? "stopped" : "running" });
    take({ kind: "look", look: seen({ atMs, pods: turn.look === "no-list" ? "unknown" : [row] }) });
    if (turn.look === "no-list") continue;
    if (minute - seenMinute > policy.podGuards.gapMs / minuteMs) sightedMinute = minute;
    seenMinute = minute;
    wasSeenStopped = startedMinute === undefined;
    if (startedMinute !== undefined && turn.isMeasured) {
      isStartUnseen = false;
      const [bootedAtMs, lastStartedAtMs] = [at(startedMinute), at(stampMinute)];
      const samples = [sampleAt(minute, { bootedAtMs, lastStartedAtMs, takenAtMs: atMs })];
      take({ kind: "measured", measured: { kind: "measured", atMs, samples }, activity: {} });
    }
    const owed = now.state.owed.find(({ kind }) => kind === "end-run");
    if (owed === undefined) continue;
    if (startedMinute !== undefined && !isStartUnseen) {
      const ofMs = own(now.state.scheduled?.["evening"]?.due ?? {}, "p1")?.ofMs ?? -Infinity;
      const ofMinute = (ofMs - at(0)) / minuteMs;
      ended.push({
        ofMinute,
        startedMinute,
        dealtBeforeStart: dealtAtStart.has(ofMs),
        isSkipped: turn.isBookRead && skippedMinute !== undefined && ofMs === at(skippedMinute),
        isLate: sightedMinute - ofMinute >= 60,
      });
    }
    if (turn.answer === "none") continue;
    if (turn.answer === "done") {
      startedMinute = undefined;
      wasSeenStopped = true;
    }
    const podIs = turn.answer === "done" ? ({ podIs: "stopped" } as const) : {};
    now = settleAt(now, minute, owed.id, { kind: turn.answer, ...podIs }, policy);
  }
  return ended;
}

function bookOf(skippedMinute: number | undefined): LeaseBook {
  return skippedMinute === undefined
    ? book()
    : { ...book(), skippedMs: { evening: at(skippedMinute) } };
}

describe("whatever polls fail, machines sleep, processes restart and people do, a schedule", () => {
  it("ends only runs that were there before its moment, none that a person skips, and none too late", () => {
    fc.assert(
      fc.property(turns(fc.constant(0)), (all) => {
        const wrong = lived(all).filter(
          ({ ofMinute, startedMinute, isSkipped, dealtBeforeStart, isLate }) =>
            startedMinute >= ofMinute || isSkipped || dealtBeforeStart || isLate,
        );

        expect(wrong).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("ends nothing for a moment that was dealt with when it was started, however the clock is set", () => {
    const steps = mostly(0, -180, -45, -5, 5, 45, 180);
    fc.assert(
      fc.property(turns(steps), (all) => {
        expect(lived(all).filter(({ dealtBeforeStart }) => dealtBeforeStart)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("ends something at all", () => {
    const ends = fc.sample(turns(fc.constant(0)), 100).flatMap(lived);
    const quiet = Array.from({ length: 300 }, (): Turn => ({
      after: 1,
      look: "seen",
      isMeasured: true,
      isBookRead: true,
      isRestarted: false,
      person: "starts",
      answer: "done",
      stepsBy: 0,
    }));
    expect(lived(quiet).map(({ ofMinute }) => ofMinute)).toEqual([120, 240]);
    expect(ends.length).toBeGreaterThan(10);
  });
});
