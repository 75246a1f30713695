import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import { emptyState, type GuardState, type Input } from "#guard/model/state.ts";
import { projectRuns, type Sources } from "#guard/pods/project.ts";
import {
  at,
  blind,
  book,
  guarding,
  hardTimeout,
  idleGuard,
  leaseGuard,
  live,
  type Minute,
  minuteMs,
  pod,
  sampleAt,
  seen,
  settleAt,
  unlived,
} from "../samples.ts";

const policy = guarding({ hardTimeout, lease: leaseGuard, idle: idleGuard });

/** What is known at a minute: the pod runs idly and nobody said anything, unless given. */
function known(minute: number, given: Partial<Sources> = {}): Sources {
  const atMs = at(minute);
  return {
    atMs,
    look: seen({ atMs }),
    measured: { kind: "measured", atMs, samples: [sampleAt(minute)] },
    book: book(),
    ...given,
  };
}

const unmeasured = { kind: "unmeasured", atMs: at(11), because: "timed out" } as const;

describe("the runs that a snapshot shows", () => {
  const watched = (minute: Minute = {}) => live(unlived, [0, 10], policy, minute).state;
  const nothing = () => emptyState;
  const lease = { endsAtMs: at(90), givenAtMs: at(0) };

  it.each<[sentence: string, saved: () => GuardState, now: Sources, expected: Partial<PodRun>]>([
    [
      "are those of the pods that run, with the start that RunPod reports",
      nothing,
      known(11),
      { startFrom: "uptime", startedAtMs: at(0), firstSeenAtMs: at(11), idleMs: 0 },
    ],
    [
      "of pods that are not measured start when they were first seen",
      nothing,
      known(11, { measured: unmeasured }),
      { startFrom: "first-seen", startedAtMs: at(11), idleMs: 0 },
    ],
    ["go on from what was saved", watched, known(11), { idleMs: 11 * minuteMs, idleAtMs: at(11) }],
    [
      "are those that were saved while the poll fails, with what the loads tell",
      watched,
      known(11, { look: blind(at(11)) }),
      { startedAtMs: at(0), idleMs: 11 * minuteMs },
    ],
    [
      "are those that were saved while the pods are not listed",
      watched,
      known(11, { look: seen({ atMs: at(11), pods: "unknown" }) }),
      { startedAtMs: at(0), idleMs: 10 * minuteMs },
    ],
    [
      "keep their idle time while no load can be read, and nobody knows whether it goes on",
      watched,
      known(11, { measured: unmeasured }),
      { idleMs: 10 * minuteMs, idleAtMs: undefined },
    ],
    [
      "have the leases that were given since the guard last read them",
      watched,
      known(11, { book: book({ p1: lease }) }),
      { lease },
    ],
    [
      "keep the leases that the guard has read while they cannot be read",
      () => watched({ book: book({ p1: lease }) }),
      known(11, { book: "unknown" }),
      { lease },
    ],
    [
      "begin anew where the pod was restarted since",
      watched,
      known(20, {
        measured: {
          kind: "measured",
          atMs: at(20),
          samples: [sampleAt(20, { bootedAtMs: at(15), lastStartedAtMs: at(15) })],
        },
      }),
      { startedAtMs: at(15), idleMs: 0 },
    ],
  ])("%s", (_sentence, saved, now, expected) => {
    const { p1 } = projectRuns(saved(), now, policy);

    expect(p1).toMatchObject(expected);
  });

  it("are none of a pod that has stopped", () => {
    const look = seen({ atMs: at(11), pods: [pod({ status: "stopped" })] });

    expect(projectRuns(watched(), known(11, { look }), policy)).toEqual({});
  });

  it("are those that the guard would follow after the same poll, leases and loads", () => {
    fc.assert(
      fc.property(lives, policies, sources, ({ minutes, answer }, policy, given) => {
        const lived = live(unlived, [0, minutes.length - 1], policy, (n) => minutes[n] ?? {});
        const [end] = lived.state.owed;
        const { state: saved } =
          end === undefined || answer === "none"
            ? lived
            : settleAt(lived, minutes.length, end.id, { kind: answer }, policy);
        const now = given(minutes.length);

        const projected = projectRuns(saved, now, policy);

        expect(withoutMarks(projected)).toEqual(withoutMarks(decided(saved, now, policy)));
      }),
    );
  });
});

/** The runs as `decide` leaves them. */
function decided(
  saved: GuardState,
  { atMs, look, measured, book }: Sources,
  policy: Policy,
): GuardState["runs"] {
  const inputs: readonly Input[] = [
    { kind: "leases", atMs, book },
    { kind: "look", look },
    { kind: "measured", measured, activity: {} },
  ];
  return inputs.reduce((state, input) => decide(state, input, policy).state, saved).runs;
}

/** Without what was announced and done, which only the guard does. */
function withoutMarks(runs: GuardState["runs"]) {
  return Object.values(runs).map((run) => ({
    ...run,
    warnedAtMs: {},
    warnedOfMs: undefined,
    warnedActions: undefined,
    actedAtMs: {},
  }));
}

const ids = ["p1", "p2"] as const;
const rows = fc
  .record({ p1: fc.constantFrom("running", "running", "stopped", "missing"), p2: fc.boolean() })
  .map(({ p1, p2 }) => [
    ...(p1 === "missing" ? [] : [pod({ status: p1 })]),
    ...(p2 ? [pod({ id: "p2", name: "sdxl" })] : []),
  ]);
const looks = fc.oneof(
  { weight: 8, arbitrary: rows.map((pods) => ({ pods })) },
  { weight: 1, arbitrary: fc.constant({ pods: "unknown" as const }) },
  { weight: 1, arbitrary: rows.map((pods) => ({ pods, unreadablePods: 1 })) },
  { weight: 1, arbitrary: fc.constant("blind" as const) },
);
const starts = fc.constantFrom(at(0), at(7), at(15), undefined);
const loads = fc.record({
  bootedAtMs: starts,
  lastStartedAtMs: starts,
  cpuPercent: fc.constantFrom(1, 1, 1, 80, undefined),
});
const samplesOf = fc.oneof(
  { weight: 5, arbitrary: loads },
  { weight: 1, arbitrary: fc.constantFrom("missing" as const, "unmeasured" as const) },
);
const moments = fc.nat(20).map(at);
const books = fc.oneof(
  fc.constant("unknown" as const),
  fc
    .record({ endsAtMs: fc.nat(60).map(at), givenAtMs: moments, touchedAtMs: moments })
    .map(({ touchedAtMs, ...lease }) => book({ p1: lease }, { p2: touchedAtMs })),
);

const lives = fc.record({
  minutes: fc.array(
    fc.record({ look: looks, sample: samplesOf, book: books }) as fc.Arbitrary<Minute>,
    { maxLength: 25 },
  ),
  answer: fc.constantFrom("none" as const, "failed" as const, "done" as const),
});

/** Short times, so that ends, warnings and notices are under way. */
const policies = fc
  .record({
    action: fc.constantFrom("stop" as const, "notify" as const, "agent" as const),
    warnMs: fc.constantFrom(0, 3 * minuteMs),
    hasProbes: fc.boolean(),
    protect: fc.constantFrom<readonly string[]>([], ["p2"]),
  })
  .map(({ action, warnMs, hasProbes, protect }) =>
    guarding(
      {
        warnMs,
        hardTimeout: { ...hardTimeout, action, afterMs: 20 * minuteMs },
        lease: { ...leaseGuard, action, defaultMs: 12 * minuteMs, maxMs: 18 * minuteMs },
        idle: { ...idleGuard, action, afterMs: 6 * minuteMs, hasProbes },
      },
      { protect },
    ),
  );

/** What is known some time after the last minute of a life. */
const sources = fc
  .record({ look: looks, load: samplesOf, book: books, later: fc.constantFrom(0, 1, 10) })
  .map(({ look, load, book, later }) => (minute: number): Sources => {
    const atMs = at(minute + later);
    const samples =
      typeof load === "string"
        ? []
        : ids.map((podId) => sampleAt(minute + later, { ...load, podId }));
    return {
      atMs,
      look: look === "blind" ? blind(atMs) : seen({ atMs, ...look }),
      measured:
        load === "unmeasured" ? { ...unmeasured, atMs } : { kind: "measured", atMs, samples },
      book,
    };
  });
