import { describe, expect, it } from "vitest";
import type { Launch } from "#guard/model/launch.ts";
import type { Lease, LeaseBook, PodRun } from "#guard/model/run.ts";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import { emptyState } from "#guard/model/state.ts";
import { shifted } from "#guard/times.ts";
import { shiftedBook } from "#outside/account/leases-of.ts";
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
  pod,
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

describe("what was launched", () => {
  const launch: Launch = {
    id: "abcdefg2",
    name: "qlora-rbabcdefg2",
    atMs: at(0),
    endsAtMs: at(120),
    by: { kind: "agent", agent: "claude-code", session: "4f2a", host: "box" },
  };
  const launched = (overrides: Partial<Launch> = {}, rows: Partial<LeaseBook> = {}): LeaseBook => {
    const found = { ...launch, ...overrides };
    return { ...book(), ...rows, launches: { [found.id]: found } };
  };
  /** Seen to begin a minute after it was asked for; its container boots later. */
  const begun = (overrides: Partial<PodRun> = {}) =>
    run({
      name: launch.name,
      firstSeenAtMs: at(1),
      startedAtMs: at(1),
      startFrom: "begun",
      ...overrides,
    });
  const itsLease = { endsAtMs: at(120), givenAtMs: at(1), saidAtMs: at(0) };

  it.each<[string, Partial<PodRun>, Partial<Launch>, Lease | undefined]>([
    ["by its name, while nobody knows its pod's id", {}, {}, itsLease],
    ["by its pod's id", { name: "renamed" }, { podId: "p1" }, itsLease],
    ["by its name, though RunPod has answered with another's id", {}, { podId: "p2" }, itsLease],
    [
      "not by a name of before, once another was taken in that is called so",
      {},
      { podId: "p2", isAdopted: true },
      undefined,
    ],
    [
      "not by its name for one that begins after its end, where another is known to be it",
      { firstSeenAtMs: at(120), startedAtMs: at(120) },
      { podId: "p2" },
      undefined,
    ],
    ["not for a pod of another name", { name: "qlora-rbabcdefg3" }, {}, undefined],
    ["not for a pod without a name", { name: "" }, { name: "" }, undefined],
    ["though RunPod has refused it, as its pod is there", {}, { failedAtMs: at(0) }, itsLease],
    [
      "for a run that was found running, as it began before it was seen",
      { startFrom: "first-seen" },
      {},
      itsLease,
    ],
    [
      "for a run that began just before it ended",
      { firstSeenAtMs: at(120), startedAtMs: at(120) - 1 },
      { podId: "p1" },
      { ...itsLease, givenAtMs: at(120) },
    ],
    [
      "not for a run that began when it ended",
      { firstSeenAtMs: at(120), startedAtMs: at(120) },
      { podId: "p1" },
      undefined,
    ],
    [
      "for a pod that comes to be only after it ended: it is over at once",
      { firstSeenAtMs: at(1_439), startedAtMs: at(1_439) },
      {},
      { ...itsLease, givenAtMs: at(1_439) },
    ],
    [
      "not for one that begins a day after it was asked for: it was there before, and someone started it again",
      { firstSeenAtMs: at(1_440), startedAtMs: at(1_440) },
      {},
      undefined,
    ],
    [
      "for a run that was seen before it ended, whenever its container has booted",
      { firstSeenAtMs: at(119), startedAtMs: at(130), startFrom: "uptime" },
      {},
      { ...itsLease, givenAtMs: at(119) },
    ],
    [
      "from when a hook took its pod in, in the midst of its run",
      { name: "renamed", startFrom: "uptime" },
      { podId: "p1", atMs: at(60), isAdopted: true },
      { endsAtMs: at(120), givenAtMs: at(60), saidAtMs: at(60) },
    ],
  ])("has its lease %s", (_sentence, ofRun, ofLaunch, lease) => {
    expect(withSaid(begun(ofRun), launched(ofLaunch), at(121)).lease).toEqual(lease);
  });

  it("takes its lease once, and keeps it while the book cannot be read", () => {
    const taken = withSaid(begun(), launched(), at(1));

    for (const leases of [launched(), book(), "unknown", undefined] as const) {
      expect(withSaid(taken, leases, at(2))).toBe(taken);
    }
  });

  it("keeps its lease when its container turns out to have booted later, though nobody can read the book", () => {
    const { lease } = withSaid(begun(), launched(), at(1));

    const booted = begun({ lease, startedAtMs: at(20), startFrom: "uptime" });

    expect(withSaid(booted, "unknown", at(21)).lease).toEqual(itsLease);
  });

  it("does not take its lease as long as the book cannot be read, and takes it then", () => {
    const unread = withSaid(begun(), "unknown", at(1));

    expect(unread.lease).toBeUndefined();
    expect(withSaid(unread, launched(), at(50)).lease).toEqual(itsLease);
  });

  it("of several for a pod, the last one's lease holds", () => {
    const again = { ...launch, id: "b", podId: "p1", atMs: at(5), endsAtMs: at(60) };
    const both = { ...book(), launches: { b: again, a: { ...launch, podId: "p1" } } };
    const before = withSaid(begun(), launched(), at(1));

    expect(withSaid(begun(), both, at(6)).lease).toEqual({
      endsAtMs: at(60),
      givenAtMs: at(5),
      saidAtMs: at(5),
    });
    expect(withSaid(before, both, at(6)).lease?.endsAtMs).toBe(at(60));
  });

  describe("gives way to a lease", () => {
    const byHand = (endsAt: number, givenAt: number) => ({
      leases: { p1: given(endsAt, givenAt) },
    });
    const booted = { startedAtMs: at(1), startFrom: "uptime" } as const;

    it.each<[string, PodRun, Partial<LeaseBook>, number]>([
      ["that was given by hand since", begun(booted), byHand(300, 30), 300],
      ["that was given by hand since, for less", begun(booted), byHand(60, 30), 60],
      [
        "that was given by hand before the daemon saw its pod",
        withSaid(begun({ firstSeenAtMs: at(2), startedAtMs: at(2) }), launched(), at(2)),
        byHand(300, 1),
        // The run was seen to begin after that: whose it is shows when RunPod tells its start.
        120,
      ],
      [
        "that was given by hand before the daemon saw its pod, once its start is known",
        {
          ...withSaid(begun({ firstSeenAtMs: at(2), startedAtMs: at(2) }), launched(), at(2)),
          ...booted,
        },
        byHand(300, 1),
        300,
      ],
      ["that was given by a clock ahead of ours", begun(booted), byHand(5_300, 5_030), 301],
    ])("%s", (_sentence, known, rows, endsAt) => {
      const leased = withSaid(known, launched({}, rows), at(31));
      const later = withSaid(leased, launched({}, rows), at(32));

      expect(leased.lease?.endsAtMs).toBe(at(endsAt));
      expect(later).toEqual(leased);
    });

    it("that is in its run, though it stands in the book no more", () => {
      const known = begun({ ...booted, lease: given(300, 30) });

      expect(withSaid(known, launched(), at(31))).toBe(known);
    });

    it("that was given by hand, though our clock was set back since", () => {
      const rows = byHand(300, 90);
      const taken = withSaid(begun(booted), launched({ atMs: at(50) }, rows), at(91));
      const back = shifted({ ...emptyState, runs: { p1: taken } }, -60 * minuteMs).runs["p1"];

      expect(withSaid(back ?? taken, launched({ atMs: at(50) }, rows), at(32)).lease).toMatchObject(
        { endsAtMs: at(240), saidAtMs: at(90) },
      );
    });
  });

  it("takes the place of a lease that was given by hand before a hook took its pod in", () => {
    const rows = { leases: { p1: given(300, 30) } };
    const known = withSaid(begun({ startFrom: "uptime" }), { ...book(), ...rows }, at(31));

    const adopted = withSaid(known, launched({ podId: "p1", atMs: at(40) }, rows), at(41));

    expect(known.lease).toEqual(given(300, 30));
    expect(adopted.lease).toEqual({ endsAtMs: at(120), givenAtMs: at(40), saidAtMs: at(40) });
  });

  it("by a clock ahead of ours goes on as long from now, once", () => {
    const ahead = launched({ atMs: at(1_000), endsAtMs: at(1_120) });

    const leased = withSaid(begun(), ahead, at(2));

    expect(leased.lease).toEqual({ endsAtMs: at(122), givenAtMs: at(2), saidAtMs: at(1_000) });
    expect(withSaid(leased, ahead, at(30))).toBe(leased);
    expect(withSaid(leased, ahead, at(1_001))).toBe(leased);
  });

  it("of a pod called __proto__ is this pod's", () => {
    const odd = begun({ podId: "__proto__", name: "__proto__" });

    expect(withSaid(odd, launched({ name: "__proto__" }), at(2)).lease).toEqual(itsLease);
    expect(withSaid(begun({ podId: "constructor" }), book(), at(2)).lease).toBeUndefined();
  });

  describe("under the lease guard", () => {
    const policy = guarding({ lease: leaseGuard });
    const pods = [pod({ name: launch.name })];
    const minute = (leases: LeaseBook | "unknown"): Minute => ({
      look: { pods },
      sample: { cpuPercent: 50 },
      book: leases,
    });
    const theEnd = [[120, "lease"]];

    it.each<[string, () => Lived]>([
      ["as it was written down", () => live(unlived, [1, 130], policy, minute(launched()))],
      [
        "though its pod was given its id, and another name, meanwhile",
        () =>
          live(live(unlived, [1, 20], policy, minute(launched())), [21, 130], policy, {
            ...minute(launched({ podId: "p1" })),
            look: { pods: [pod({ name: "other" })] },
          }),
      ],
      [
        "though the daemon is started anew",
        () => {
          const before = live(unlived, [1, 60], policy, minute(launched()));
          const state = afterRestart(afterSaving(before.state));
          return live({ ...before, state }, [61, 130], policy, minute(launched()));
        },
      ],
      [
        "though the daemon is started without its state",
        () => live(unlived, [100, 130], policy, minute(launched())),
      ],
      [
        "though nobody could read the book in between",
        () =>
          live(
            live(
              live(unlived, [1, 20], policy, minute(launched())),
              [21, 90],
              policy,
              minute("unknown"),
            ),
            [91, 130],
            policy,
            minute(launched()),
          ),
      ],
      [
        "though nobody could read the book when it was first seen",
        () =>
          live(
            live(unlived, [1, 90], policy, minute("unknown")),
            [91, 130],
            policy,
            minute(launched()),
          ),
      ],
    ])("ends with it: %s", (_sentence, lived) => {
      expect(owedBy(lived())).toEqual(theEnd);
    });

    it("does not end with it while nobody can read the book", () => {
      const before = live(unlived, [1, 60], policy, minute(launched()));

      expect(live(before, [61, 300], policy, minute("unknown")).owed).toEqual([]);
    });

    it("ends by default when it was started again after that", () => {
      const again = { bootedAtMs: at(150), lastStartedAtMs: at(150), cpuPercent: 50 };
      const of = launched({ podId: "p1" });
      const lived = live(unlived, [150, 400], policy, { ...minute(of), sample: again });

      expect(owedBy(lived)).toEqual([[390, "lease"]]);
    });

    it("is held to it outside, by a clock of its own, and back here", () => {
      const aheadMs = 7 * minuteMs;
      const here = live(unlived, [1, 40], policy, minute(launched({}, { leases: {} })));
      const outside = {
        ...here,
        state: shifted(afterRestart(afterSaving(here.state)), aheadMs),
      };

      const there = live(outside, [48, 80], policy, minute(shiftedBook(launched(), aheadMs)));
      const back = { ...there, state: shifted(there.state, -aheadMs) };
      const lived = live(back, [74, 130], policy, minute(launched()));

      expect(there.state.runs["p1"]?.lease?.endsAtMs).toBe(at(127));
      expect(owedBy(lived)).toEqual(theEnd);
    });

    it("goes by a lease given by hand outside, too, whichever clock is ahead", () => {
      for (const aheadMs of [90 * minuteMs, -90 * minuteMs]) {
        const rows = { leases: { p1: given(180, 30) } };
        const here = live(unlived, [1, 40], policy, minute(launched({ atMs: at(0) }, rows)));
        const state = shifted(afterRestart(afterSaving(here.state)), aheadMs);
        const first = 41 + aheadMs / minuteMs;
        const there = shiftedBook(launched({ atMs: at(0) }, rows), aheadMs);

        const lived = live({ ...here, state }, [first, first + 5], policy, minute(there));

        expect(lived.state.runs["p1"]?.lease?.endsAtMs).toBe(at(180) + aheadMs);
      }
    });
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
