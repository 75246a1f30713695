import { describe, expect, it } from "vitest";
import type { Lease, PodRun } from "#guard/model/run.ts";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import { extended, granted, leaseEndMs, withSaid } from "#guard/pods/rules/lease.ts";
import {
  at,
  book,
  guarding,
  hardTimeout,
  hourMs,
  leaseGuard,
  live,
  type Lived,
  type Minute,
  minuteMs,
  mootOf,
  owedBy,
  run,
  seen,
  step,
  unlived,
  warnsOf,
} from "../../samples.ts";
import { afterSaving } from "../../../store/saved-state.ts";

const given = (endsAt: number, givenAt = 1): Lease => ({
  endsAtMs: at(endsAt),
  givenAtMs: at(givenAt),
});
const noDefault = { ...leaseGuard, defaultMs: undefined };

describe("a lease ends", () => {
  it.each<[string, Partial<PodRun>, typeof leaseGuard, number | undefined]>([
    ["by default so long after the start", {}, leaseGuard, 240],
    ["never, without a default and none given", {}, noDefault, undefined],
    ["when the given one does, without a default", { lease: given(90) }, noDefault, 90],
    ["when the given one does, before the default", { lease: given(90) }, leaseGuard, 90],
    ["when the given one does, after the default", { lease: given(400) }, leaseGuard, 400],
    ["at the cap at the latest", { lease: given(481) }, leaseGuard, 480],
    ["at the cap at the latest, by default too", {}, { ...leaseGuard, defaultMs: 9 * hourMs }, 480],
  ])("%s", (_sentence, overrides, guard, minute) => {
    expect(leaseEndMs(run(overrides), guard)).toBe(minute === undefined ? undefined : at(minute));
  });
});

describe("a wish for time", () => {
  const over = (minutes: number) => ({ kind: "over-cap", remainsMs: minutes * minuteMs });
  const until = (minute: number) => ({ kind: "granted", endsAtMs: at(minute) });

  it.each([
    ["is from now", 60, 2, until(180)],
    ["may reach the cap", 60, 7, until(480)],
    ["may not pass it, and is told what remains", 60, 7.01, over(420)],
    ["past the cap is told that nothing remains", 600, 1, over(0)],
    ["that is no number is refused", 60, NaN, over(420)],
    ["without end is refused", 60, Infinity, over(420)],
    ["without beginning is refused", 60, -Infinity, over(420)],
  ])("for a lease %s", (_sentence, minute, hours, expected) => {
    expect(granted(run(), leaseGuard, hours * hourMs, at(minute))).toEqual(expected);
  });

  it.each([
    ["adds to the default", {}, 1, until(300)],
    ["adds to what was given", { lease: given(90) }, 1, until(150)],
    ["may reach the cap", {}, 4, until(480)],
    ["may not pass it, and is told what remains", {}, 4.5, over(240)],
    ["at the cap is told that nothing remains", { lease: given(999) }, 0.1, over(0)],
    ["that is no number is refused", {}, NaN, over(240)],
  ])("to extend %s", (_sentence, overrides, hours, expected) => {
    expect(extended(run(overrides), leaseGuard, hours * hourMs, at(60))).toEqual(expected);
  });

  it("to extend a pod that has no lease finds none", () => {
    expect(extended(run(), noDefault, hourMs, at(60))).toEqual({ kind: "no-lease" });
  });
});

describe("what people said", () => {
  const said = book({ p1: given(90, 10) }, { p1: at(10) });

  it.each<[string, Partial<PodRun>, boolean]>([
    ["within the run holds", {}, true],
    ["some seconds before it, by clocks that differ, holds", { startedAtMs: at(12) }, true],
    ["before the run is void", { startedAtMs: at(12) + 1 }, false],
    [
      "some seconds before it, by when RunPod started it, holds",
      { startedAtMs: at(12), startFrom: "last-started" },
      true,
    ],
    [
      "before the run is void, by when RunPod started it",
      { startedAtMs: at(13), startFrom: "last-started" },
      false,
    ],
    [
      "holds for a run of which no start is known",
      { startedAtMs: at(99), startFrom: "first-seen" },
      true,
    ],
    ["before a run was seen to begin is void", { startedAtMs: at(11), startFrom: "begun" }, false],
    ["when a run was seen to begin holds", { startedAtMs: at(10), startFrom: "begun" }, true],
    [
      "since the run was first seen holds, though its container has booted since",
      { firstSeenAtMs: at(10), startedAtMs: at(19) },
      true,
    ],
    [
      "since the run was first seen holds, though RunPod tells of a later start",
      { firstSeenAtMs: at(10), startedAtMs: at(19), startFrom: "last-started" },
      true,
    ],
    ["of a longer lease before holds", { lease: given(400, 9) }, true],
  ])("%s", (_sentence, overrides, holds) => {
    const known = run({ firstSeenAtMs: at(15), ...overrides });

    const { lease, touchedAtMs } = withSaid(known, said, at(20));

    expect(lease).toEqual(holds ? given(90, 10) : undefined);
    expect(touchedAtMs).toBe(holds ? at(10) : undefined);
  });

  it("is kept when the newest is taken out of the book, or the book cannot be read", () => {
    const known = run({ lease: given(90, 10), touchedAtMs: at(10) });

    for (const nothing of [book(), "unknown", undefined] as const) {
      expect(withSaid(known, nothing, at(20))).toEqual(known);
    }
  });

  it("before the run is void, and the rest of the run stays", () => {
    const known = run({
      firstSeenAtMs: at(13),
      startedAtMs: at(13),
      idleMs: 5,
      lease: given(90, 10),
    });

    expect(withSaid(known, book(), at(20))).toEqual({ ...known, lease: undefined });
  });

  it("does not give way to a lease that was given before it", () => {
    const known = run({ lease: given(90, 10) });

    expect(withSaid(known, book({ p1: given(400, 9) }), at(20)).lease).toEqual(given(90, 10));
  });

  it.each([
    ["in the book", said],
    ["not in the book any more", book()],
    ["unread", "unknown"],
  ] as const)(
    "turns void once the run turns out to have begun after it: %s",
    (_sentence, leases) => {
      const known = run({
        lease: given(90, 10),
        firstSeenAtMs: at(60),
        startedAtMs: at(60),
      });

      expect(withSaid(known, leases, at(61)).lease).toBeUndefined();
    },
  );

  it("of a touch begins the idle time anew, once", () => {
    const idle = { idleMs: 9 * minuteMs, idleAtMs: at(19) };

    const touched = withSaid(run(idle), said, at(20));
    const later = withSaid({ ...touched, ...idle }, said, at(21));

    expect(touched).toMatchObject({ idleMs: 0, idleAtMs: undefined, touchedAtMs: at(10) });
    expect(later).toMatchObject(idle);
  });

  it("of a touch by a clock ahead of ours is a touch now, and only once", () => {
    const touched = withSaid(run({ idleMs: 9 }), book({}, { p1: at(99) }), at(20));
    const idle = { ...touched, idleMs: 7, idleAtMs: at(21) };

    expect(touched).toMatchObject({ idleMs: 0, notIdleAtMs: at(20) });
    expect(withSaid(idle, book({}, { p1: at(99) }), at(22))).toBe(idle);
    expect(withSaid(idle, book({}, { p1: at(22) }), at(22))).toMatchObject({ idleMs: 0 });
  });

  it("of a lease by a clock ahead of ours begins now, and only once", () => {
    const said = { endsAtMs: at(1_000_120), givenAtMs: at(1_000_000) };

    const leased = withSaid(run(), book({ p1: said }), at(20));
    const later = withSaid(leased, book({ p1: said }), at(30));
    const again = { endsAtMs: at(90), givenAtMs: at(30) };

    expect(leased.lease).toEqual({
      endsAtMs: at(140),
      givenAtMs: at(20),
      saidAtMs: said.givenAtMs,
    });
    expect(later).toBe(leased);
    expect(withSaid(later, book({ p1: again }), at(30)).lease).toEqual(again);
  });

  it("of a touch is what the book has", () => {
    expect(withSaid(run(), book({}, { p1: at(19) }), at(20)).touchedAtMs).toBe(at(19));
  });

  it("of other pods, whatever they are called, is not said of this one", () => {
    const odd = book({ p2: given(90) }, { p2: at(10) });

    expect(withSaid(run({ podId: "constructor" }), odd, at(20))).toEqual(
      run({ podId: "constructor" }),
    );
  });
});

describe("the lease guard", () => {
  const policy = guarding({ lease: leaseGuard });
  const busy = { sample: { cpuPercent: 50 } };
  const holding = (lease: Lease) => ({ ...busy, book: book({ p1: lease }) });

  it("ends a run when its default is over, whatever its load", () => {
    const lived = live(unlived, [0, 250], policy, busy);

    expect(warnsOf(lived)).toEqual([[225, "lease"]]);
    expect(owedBy(lived)).toEqual([[240, "lease"]]);
    expect(lived.state.owed.at(-1)).toMatchObject({
      kind: "end-run",
      reason: "lease_expired",
      because: "the end of its lease",
    });
  });

  it("ends nothing without a default and none given", () => {
    expect(live(unlived, [0, 300], guarding({ lease: noDefault }), busy).owed).toEqual([]);
  });

  it.each([
    ["given for less than the default", given(60), 60],
    ["given for more", given(300), 300],
    ["given past the cap, by a book that was written by hand", given(9_999), 480],
  ])("ends a run when its lease is over: %s", (_sentence, lease, minute) => {
    const lived = live(unlived, [0, 500], policy, holding(lease));

    expect(warnsOf(lived)).toEqual([[minute - 15, "lease"]]);
    expect(owedBy(lived)).toEqual([[minute, "lease"]]);
  });

  it("takes the end back when the lease was extended meanwhile", () => {
    const due = live(unlived, [0, 240], policy, busy);

    const lived = live(due, [241, 320], policy, holding(given(300, 241)));

    expect(mootOf(lived)).toEqual([[241, "the pod got more time or is active again"]]);
    expect(warnsOf(lived)).toEqual([
      [225, "lease"],
      [285, "lease"],
    ]);
    expect(owedBy(lived)).toEqual([
      [240, "lease"],
      [300, "lease"],
    ]);
  });

  it("holds a lease that was read once, though the book is gone since", () => {
    const lived = live(unlived, [0, 320], policy, (n) => (n === 5 ? holding(given(300)) : busy));

    expect(owedBy(lived)).toEqual([[300, "lease"]]);
  });

  describe("of a pod whose container boots within its run holds the lease given before", () => {
    const lease = holding(given(400, 1));
    const bootedAt = (minute: number): Minute => ({
      ...lease,
      sample: { ...busy.sample, bootedAtMs: at(minute) },
    });
    const pulling = { ...lease, sample: { ...busy.sample, bootedAtMs: undefined } };

    it.each<[string, () => Lived]>([
      [
        "while nobody looked",
        () => live(live(unlived, [0, 99], policy, lease), [120, 420], policy, bootedAt(110)),
      ],
      [
        "while the daemon is started anew",
        () => {
          const before = live(unlived, [0, 99], policy, lease);
          const state = afterRestart(afterSaving(before.state));
          return live({ ...before, state }, [100, 420], policy, bootedAt(100));
        },
      ],
      [
        "once its image is pulled",
        () => live(live(unlived, [0, 9], policy, pulling), [10, 420], policy, bootedAt(10)),
      ],
    ])("%s", (_sentence, lived) => {
      expect(owedBy(lived())).toEqual([[400, "lease"]]);
    });
  });

  it("of a pod found running does not take a lease from before its run", () => {
    // The daemon starts at minute 100; the lease is of the run before, a day ago.
    const lived = live(unlived, [100, 250], policy, holding(given(-60, -1_000)));

    expect(owedBy(lived)).toEqual([[240, "lease"]]);
  });

  it("of a pod found running takes a lease that was given within its run", () => {
    expect(owedBy(live(unlived, [100, 200], policy, holding(given(150, 50))))).toEqual([
      [150, "lease"],
    ]);
  });

  it.each([
    ["may be of a run before, and ends nothing", given(150, 99), []],
    ["ends it, when it was given since", given(150, 100), [[150, "lease"]]],
  ])("of a pod whose start nobody tells %s", (_sentence, lease, ends) => {
    const untold = {
      ...holding(lease),
      sample: { bootedAtMs: undefined, lastStartedAtMs: undefined },
    };

    expect(owedBy(live(unlived, [100, 200], policy, untold))).toEqual(ends);
  });

  it("ends nothing while the book cannot be read, but the hard timeout does", () => {
    const both = guarding({ lease: leaseGuard, hardTimeout });

    const lived = live(unlived, [0, 500], both, { ...busy, book: "unknown" });

    expect(warnsOf(lived)).toEqual([[465, "hard_timeout"]]);
    expect(owedBy(lived)).toEqual([[480, "hard_timeout"]]);
  });

  it("ends nothing as long as nobody has read the book", () => {
    const before = live(unlived, [0, 239], policy, busy);
    const { leaseBook: _, ...state } = before.state;
    const look = seen({ atMs: at(240) });

    const lived = step({ ...before, state }, 240, { kind: "look", look }, policy);

    expect(lived.state.leaseBook).toBeUndefined();
    expect(owedBy(lived)).toEqual([]);
  });
});
