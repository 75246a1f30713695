import { describe, expect, it } from "vitest";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import {
  at,
  cluster,
  endRecordsOf,
  hardTimeout,
  hourMs,
  live,
  type Lived,
  minuteMs,
  mootOf,
  owedBy,
  pod,
  saidOf,
  settleAt,
  step,
  unlived,
  warnsOf,
} from "../../samples.ts";
import { evening, liveEvenings, momentsAt, scheduling, skipping } from "../evening.ts";

/** The daemon is started anew. */
function restarted(before: Lived): Lived {
  const { lastSeen: _, leaseBook: _book, moments: _moments, ...saved } = before.state;
  return { ...before, state: afterRestart(saved) };
}

/** As RunPod tells of a pod that was started at this minute. */
function startedAt(minute: number) {
  return { sample: { bootedAtMs: at(minute), lastStartedAtMs: at(minute) } };
}

describe("a schedule that stops pods", () => {
  it("warns warn_minutes before, and stops at its moment", () => {
    const now = liveEvenings(unlived, [0, 120], [100]);

    expect([warnsOf(now), owedBy(now)]).toEqual([[[85, "schedule"]], [[100, "schedule"]]]);
    expect(saidOf(now)).toEqual([
      [
        85,
        "schedule: pod trainer (p1) will be stopped in 15 min: schedule evening. To pass over it: runpodboss skip evening",
      ],
    ]);
    expect(now.owed[0]?.[1]).toMatchObject({ reason: "schedule_evening", action: "stop" });
  });

  it("stops at once where there are no warnings", () => {
    const now = liveEvenings(unlived, [0, 105], [100], scheduling([evening], { warnMs: 0 }));

    expect([warnsOf(now), owedBy(now)]).toEqual([[], [[100, "schedule"]]]);
  });

  it("stops a pod that was started shortly before its moment after its warning", () => {
    const early = liveEvenings(unlived, [0, 93], [100], scheduling(), { look: { pods: [] } });

    const now = liveEvenings(early, [94, 120], [100], scheduling(), startedAt(94));

    expect([warnsOf(now), owedBy(now)]).toEqual([[[94, "schedule"]], [[109, "schedule"]]]);
  });

  it("stops one that was started 90 seconds before its moment, after its warning", () => {
    const early = liveEvenings(unlived, [0, 98], [100], scheduling(), { look: { pods: [] } });

    const now = liveEvenings(early, [99, 120], [100], scheduling(), startedAt(98.5));

    expect([warnsOf(now), owedBy(now)]).toEqual([[[99, "schedule"]], [[114, "schedule"]]]);
  });

  it("tells of one that RunPod's clock alone puts 90 seconds before, as clocks differ", () => {
    const early = liveEvenings(unlived, [0, 98], [100], scheduling(), { look: { pods: [] } });

    const now = liveEvenings(early, [99, 120], [100], scheduling(), {
      sample: { bootedAtMs: undefined, lastStartedAtMs: at(98.5) },
    });

    expect([warnsOf(now), owedBy(now)]).toEqual([[], []]);
    expect(saidOf(now)).toMatchObject([
      [110, expect.stringMatching(/is left by schedule evening/)],
    ]);
  });

  it.each([
    ["after its moment", 101],
    ["at its moment", 100],
  ])("leaves a pod that is started %s until the next one", (_sentence, minute) => {
    const early = liveEvenings(unlived, [0, minute - 1], [100, 200], scheduling(), {
      look: { pods: [] },
    });

    const now = liveEvenings(early, [minute, 220], [100, 200], scheduling(), startedAt(minute));

    expect(owedBy(now)).toEqual([[200, "schedule"]]);
  });

  it("leaves a pod that a person starts again, after it was stopped, until the next one", () => {
    const due = liveEvenings(unlived, [0, 100], [100, 200]);
    const id = due.owed[0]?.[1].id ?? "";
    const stopped = liveEvenings(
      settleAt(due, 101, id, { podIs: "stopped" }, scheduling()),
      [101, 105],
      [100, 200],
      scheduling(),
      { look: { pods: [pod({ status: "stopped" })] } },
    );

    const now = liveEvenings(stopped, [106, 210], [100, 200], scheduling(), startedAt(106));

    expect(owedBy(now)).toEqual([
      [100, "schedule"],
      [200, "schedule"],
    ]);
    expect(endRecordsOf(now.state)).toEqual([["p1", "schedule_evening"]]);
  });

  it.each([
    ["protected", { protect: ["trainer"] }, {}, evening],
    ["a cluster", {}, { look: { pods: [cluster()] } }, evening],
    ["none of its pods", {}, {}, { ...evening, pods: ["dev-*"] }],
    ["locked", {}, { look: { pods: [pod({ isLocked: true })] } }, evening],
  ])("leaves what is %s", (_sentence, overrides, minute, schedule) => {
    const policy = scheduling([schedule], {}, overrides);

    const now = liveEvenings(unlived, [0, 150], [100], policy, minute);

    expect(owedBy(now)).toEqual([]);
  });

  it("gives way to the hard timeout where both are due, and ends once", () => {
    const policy = scheduling([evening], {
      hardTimeout: { ...hardTimeout, afterMs: 100 * minuteMs },
    });

    const now = liveEvenings(unlived, [0, 130], [100], policy);

    expect(owedBy(now)).toEqual([[100, "hard_timeout"]]);
  });

  it("holds a run back beyond its hour where max_ends_per_hour is reached, and stops it then", () => {
    const pods = [pod(), pod({ id: "p2", name: "sdxl", costPerHrUsd: 1 })];
    const policy = scheduling([evening], { maxEndsPerHour: 1 });
    const first = liveEvenings(unlived, [0, 100], [100], policy, { look: { pods } });
    const id = first.owed[0]?.[1].id ?? "";
    const proven = settleAt(first, 101, id, { podIs: "stopped" }, policy);

    const now = liveEvenings(proven, [101, 200], [100], policy, {
      look: {
        pods: [pod({ status: "stopped" }), pod({ id: "p2", name: "sdxl", costPerHrUsd: 1 })],
      },
    });

    expect(now.owed.map(([minute, { podId }]) => [minute, podId])).toEqual([
      [100, "p1"],
      [161, "p2"],
    ]);
  });

  it("does nothing in what came before it was there", () => {
    const now = liveEvenings(unlived, [110, 150], [100]);

    expect([saidOf(now), owedBy(now)]).toEqual([[], []]);
  });

  it("begins anew where it comes by another rule, and where it was taken out of the config", () => {
    const other = (n: number) => ({ moments: momentsAt(n, { evening: [95, 200] }, "later") });
    const known = liveEvenings(unlived, [0, 98], [100]);

    const changed = live(known, [99, 150], scheduling(), other);
    const gone = liveEvenings(
      liveEvenings(known, [99, 101], [100], scheduling([])),
      [102, 150],
      [100],
    );

    expect([owedBy(changed), owedBy(gone), gone.state.scheduled?.["evening"]?.dealtMs]).toEqual([
      [],
      [],
      [],
    ]);
  });

  it("keeps what else is known when one of several is taken out of the config", () => {
    const two = scheduling([evening, { ...evening, name: "night" }]);
    const both = (n: number) => ({ moments: momentsAt(n, { evening: [100], night: [150] }) });
    const known = live(unlived, [0, 100], two, both);

    const now = live(known, [101, 101], scheduling(), both);

    expect(Object.keys(now.state.scheduled ?? {})).toEqual(["evening"]);
  });

  it("acts on what the calendar said would come, although it was not asked since", () => {
    const now = live(unlived, [0, 105], scheduling(), (n) => ({
      moments: momentsAt(Math.min(n, 99), { evening: [100] }),
    }));

    expect(owedBy(now)).toEqual([[100, "schedule"]]);
  });

  it("is not lost to a poll from before its moment that comes in after the calendar has told", () => {
    const now = live(unlived, [0, 120], scheduling(), (n) => ({
      moments: momentsAt(n === 99 ? 101 : n, { evening: [100] }),
    }));

    expect(owedBy(now)).toEqual([[100, "schedule"]]);
  });

  it("does nothing while the calendar does not tell", () => {
    const silent = { moments: { atMs: 0, periods: {}, schedules: {} } };

    const now = live(unlived, [0, 150], scheduling(), silent);

    expect([warnsOf(now), owedBy(now), now.state.scheduled]).toEqual([[], [], undefined]);
  });

  it("is one of several: the first ends the run, and each is told by its name", () => {
    const two = scheduling([
      { ...evening, name: "night", pods: ["trainer"] },
      { ...evening, pods: ["sdxl"] },
    ]);
    const pods = [pod(), pod({ id: "p2", name: "sdxl" })];

    const now = live(unlived, [0, 105], two, (n) => ({
      moments: momentsAt(n, { evening: [100], night: [100] }),
      look: { pods },
    }));

    expect(
      now.owed
        .map(([, { podId, reason }]) => `${podId} ${reason}`)
        .toSorted((a, b) => a.localeCompare(b)),
    ).toEqual(["p1 schedule_night", "p2 schedule_evening"]);
    expect(saidOf(now).map(([, words]) => words)).toEqual([
      expect.stringMatching(/trainer .* schedule night\. .* skip night$/),
      expect.stringMatching(/sdxl .* schedule evening\. .* skip evening$/),
    ]);
  });

  it("that comes often holds a run to the first of its moments", () => {
    const often = Array.from({ length: 30 }, (_, n) => 100 + 5 * n);
    const policy = scheduling([evening], { maxEndsPerHour: 0 });

    const now = liveEvenings(unlived, [0, 200], often, policy);

    expect(now.state.scheduled?.["evening"]?.due).toMatchObject({ p1: { ofMs: at(100) } });
    expect(now.state.scheduled?.["evening"]?.openMs).toBe(at(200));
  });

  it("keeps the moments that it has dealt with for some days, and a hundred at most", () => {
    const often = Array.from({ length: 150 }, (_, n) => 100 + n);
    const days = liveEvenings(unlived, [0, 300], often);
    const later = 300 + 9 * 24 * 60;

    const now = liveEvenings(days, [later, later], [later]);

    expect(days.state.scheduled?.["evening"]?.dealtMs.length).toBe(100);
    expect(now.state.scheduled?.["evening"]?.dealtMs).toEqual([at(later)]);
  });
});

describe("a moment that nobody saw come", () => {
  it("is made up for on waking within the hour, after its warning", () => {
    const asleep = liveEvenings(unlived, [0, 80], [100]);

    const now = liveEvenings(asleep, [140, 170], [100]);

    expect([warnsOf(now), owedBy(now)]).toEqual([[[140, "schedule"]], [[155, "schedule"]]]);
  });

  it("is made up for without another warning where that came before", () => {
    const asleep = liveEvenings(unlived, [0, 90], [100]);

    const now = liveEvenings(asleep, [140, 145], [100]);

    expect([warnsOf(now), owedBy(now)]).toEqual([[[85, "schedule"]], [[140, "schedule"]]]);
  });

  it("is made up for by a process that was started meanwhile", () => {
    const asleep = restarted(liveEvenings(unlived, [0, 80], [100]));

    const now = liveEvenings(asleep, [140, 170], [100]);

    expect(owedBy(now)).toEqual([[155, "schedule"]]);
  });

  it("is no matter of a pod that a person has started meanwhile", () => {
    const asleep = liveEvenings(unlived, [0, 80], [100, 300]);

    const now = liveEvenings(asleep, [140, 200], [100, 300], scheduling(), startedAt(120));

    expect([warnsOf(now), owedBy(now)]).toEqual([[], []]);
  });

  it.each([
    ["and when it comes again", [100, 300], ". It comes again in 2 h 20 min"],
    ["where it comes no more", [100], ""],
  ])("is passed over after an hour, which is said once, %s", (_sentence, comes, again) => {
    const asleep = liveEvenings(unlived, [0, 80], comes);

    const now = liveEvenings(asleep, [160, 200], comes);

    expect(owedBy(now)).toEqual([]);
    expect(saidOf(now)).toEqual([
      [
        160,
        `schedule: schedule evening came 1 h 0 min ago and could not be dealt with within 1 h 0 min, so this time it is passed over${again}`,
      ],
    ]);
    expect(now.state.unrecorded.at(-1)).toMatchObject({
      type: "schedule",
      reason: "schedule_evening",
    });
  });

  it("waits for a poll that shows the pods", () => {
    const early = liveEvenings(unlived, [0, 99], [100]);
    const blind = liveEvenings(early, [100, 110], [100], scheduling(), {
      look: { pods: "unknown" },
    });

    const now = liveEvenings(blind, [111, 130], [100]);

    expect([owedBy(blind), owedBy(now)]).toEqual([[], [[111, "schedule"]]]);
  });

  it("is passed over, too, while the pods are not listed", () => {
    const early = liveEvenings(unlived, [0, 80], [100]);

    const now = liveEvenings(early, [81, 170], [100], scheduling(), { look: { pods: "unknown" } });

    expect(saidOf(now).filter(([, words]) => words.includes("passed over"))).toMatchObject([
      [160, expect.any(String)],
    ]);
  });

  it("waits for the lease file, in which it may be skipped", () => {
    const early = liveEvenings(unlived, [0, 90], [100]);
    const unread = liveEvenings(early, [91, 110], [100], scheduling(), { book: "unknown" });

    const now = liveEvenings(unread, [111, 130], [100]);

    expect([owedBy(unread), warnsOf(now), owedBy(now)]).toEqual([
      [],
      [[85, "schedule"]],
      [[111, "schedule"]],
    ]);
  });
});

describe("a pod of which it is not known whether it was there before", () => {
  const unsure = { sample: "missing" } as const;

  it("is left, and told of once", () => {
    const asleep = liveEvenings(unlived, [0, 80], [100], scheduling(), unsure);

    const now = liveEvenings(asleep, [105, 200], [100], scheduling(), unsure);

    expect([warnsOf(now), owedBy(now)]).toEqual([[], []]);
    expect(saidOf(now)).toEqual([
      [
        115,
        "schedule: pod trainer (p1) is left by schedule evening: it is not known whether someone started it after its time, 15 min ago. To stop it: runpodboss stop p1",
      ],
    ]);
  });

  it("is told of with others in one message", () => {
    const two = { ...unsure, look: { pods: [pod(), pod({ id: "p2", name: "sdxl" })] } };
    const asleep = liveEvenings(unlived, [0, 80], [100], scheduling(), two);

    const now = liveEvenings(asleep, [105, 200], [100], scheduling(), two);

    expect(saidOf(now)).toEqual([
      [
        115,
        "schedule: pods trainer (p1), sdxl (p2) are left by schedule evening: it is not known whether someone started them after its time, 15 min ago. To stop one: runpodboss stop POD",
      ],
    ]);
  });

  it("is stopped, after a warning, once it is known within the hour", () => {
    const asleep = liveEvenings(unlived, [0, 80], [100]);

    const now = liveEvenings(asleep, [105, 170], [100], scheduling(), (n) =>
      n < 130 ? unsure : {},
    );

    expect([warnsOf(now), owedBy(now)]).toEqual([[[130, "schedule"]], [[145, "schedule"]]]);
  });

  it("is left for good once the hour is over", () => {
    const asleep = liveEvenings(unlived, [0, 80], [100]);

    const now = liveEvenings(asleep, [105, 200], [100], scheduling(), (n) =>
      n < 160 ? unsure : {},
    );

    expect(owedBy(now)).toEqual([]);
  });

  it("is told of once that had time to become known since it was seen first", () => {
    const none = { look: { pods: [] } };
    const asleep = liveEvenings(unlived, [0, 104], [100], scheduling(), none);

    const now = liveEvenings(asleep, [140, 159], [100], scheduling(), unsure);

    expect(saidOf(now).map(([minute]) => minute)).toEqual([150]);
  });

  it.each([
    ["before the machine slept", 103, {}],
    ["before it slept, and may have been started again", 103, unsure],
    ["while it slept", 120, {}],
  ])("is none that was started after it %s", (_sentence, minute, since) => {
    const asleep = liveEvenings(unlived, [0, 104], [100], scheduling(), (n) =>
      n < minute ? { look: { pods: [] } } : startedAt(minute),
    );

    const now = liveEvenings(asleep, [140, 170], [100], scheduling(), {
      ...startedAt(minute),
      ...since,
    });

    expect([warnsOf(now), owedBy(now), saidOf(now)]).toEqual([[], [], []]);
  });

  it("is left where the guard itself was started no sooner", () => {
    const now = liveEvenings(unlived, [99, 120], [100], scheduling(), unsure);

    expect([owedBy(now), saidOf(now).length]).toEqual([[], 1]);
  });

  it("is known well enough if it was watched from before, whenever it was started", () => {
    const now = liveEvenings(unlived, [0, 120], [100], scheduling(), unsure);

    expect(owedBy(now)).toEqual([[100, "schedule"]]);
  });
});

describe("a moment that a person skips", () => {
  it("is passed over, once, which the history has", () => {
    const comes = [100, 200];

    const now = liveEvenings(unlived, [0, 210], comes, scheduling(), { book: skipping(100) });

    expect([warnsOf(now), owedBy(now)]).toEqual([[[185, "schedule"]], [[200, "schedule"]]]);
    expect(now.state.unrecorded.filter(({ type }) => type === "schedule")).toMatchObject([
      {
        atMs: at(100),
        reason: "schedule_evening",
        because: "schedule evening is passed over this time, as a person wished",
      },
    ]);
    expect(now.state.owed.filter(({ kind }) => kind === "notify")).toMatchObject([
      { event: "warn" },
    ]);
  });

  it("takes its warning back", () => {
    const warned = liveEvenings(unlived, [0, 90], [100, 200]);

    const now = liveEvenings(warned, [91, 210], [100, 200], scheduling(), { book: skipping(100) });

    expect([warnsOf(now), owedBy(now)]).toEqual([
      [
        [85, "schedule"],
        [185, "schedule"],
      ],
      [[200, "schedule"]],
    ]);
  });

  it("has come already: whom it holds it holds no more", () => {
    const asleep = liveEvenings(unlived, [0, 80], [100, 300]);
    const warned = liveEvenings(asleep, [140, 145], [100, 300]);

    const now = liveEvenings(warned, [146, 200], [100, 300], scheduling(), { book: skipping(100) });

    expect([warnsOf(now), owedBy(now), now.state.scheduled?.["evening"]?.due]).toEqual([
      [[140, "schedule"]],
      [],
      {},
    ]);
    expect(now.state.unrecorded.filter(({ type }) => type === "schedule")).toMatchObject([{}]);
  });

  it.each([
    ["where it comes no more", [100]],
    ["where it comes again", [100, 200]],
  ])("stops an end that is under way, at once, %s", (_sentence, comes) => {
    const due = liveEvenings(unlived, [0, 100], comes);

    const now = step(
      due,
      100,
      { kind: "leases", atMs: at(100), book: skipping(100) },
      scheduling(),
    );

    expect(mootOf(now)).toEqual([[100, "its schedule was passed over or changed"]]);
  });

  it("leaves what is held to one that comes later alone", () => {
    const policy = scheduling([evening], { maxEndsPerHour: 0 });
    const due = liveEvenings(unlived, [0, 110], [100, 300], policy);

    const now = liveEvenings(due, [111, 170], [100, 300], policy, { book: skipping(300) });

    expect(now.state.scheduled?.["evening"]?.due).toMatchObject({ p1: { ofMs: at(100) } });
  });

  it("lets go, an hour later too, of who could not be stopped", () => {
    const policy = scheduling([evening], { maxEndsPerHour: 0 });
    const due = liveEvenings(unlived, [0, 170], [100, 300], policy);

    const now = liveEvenings(due, [171, 172], [100, 300], policy, { book: skipping(100) });

    expect([
      due.state.scheduled?.["evening"]?.openMs,
      now.state.scheduled?.["evening"]?.due,
    ]).toEqual([undefined, {}]);
  });
});

describe("a pod that two schedules stop at one time", () => {
  const two = scheduling([evening, { ...evening, name: "night" }]);
  const both = (n: number) => ({ moments: momentsAt(n, { evening: [100], night: [100] }) });
  const named = (lived: Lived) =>
    saidOf(lived).flatMap(([minute, words]) => {
      const name = /will be stopped in 15 min: schedule (\w+)/.exec(words)?.[1];
      return name === undefined ? [] : [[minute, name]];
    });

  it.each([
    ["after the warning", 90],
    ["once its end is owed", 101],
  ])("is announced by the other's name where the one that was named is skipped %s", (_, minute) => {
    const warned = live(unlived, [0, minute - 1], two, both);

    const now = live(warned, [minute, 130], two, (n) => ({ ...both(n), book: skipping(100) }));

    expect(named(now)).toEqual([
      [85, "evening"],
      [minute, "night"],
    ]);
    expect(now.owed.at(-1)).toMatchObject([minute + 15, { reason: "schedule_night" }]);
    expect(now.state.owed.filter(({ kind }) => kind === "end-run")).toMatchObject([
      { reason: "schedule_night" },
    ]);
  });

  it("has no other announced where an older version has not kept which it named", () => {
    const warned = live(unlived, [0, 90], two, both);
    const { runs } = warned.state;
    const kept = Object.fromEntries(
      Object.entries(runs).map(([id, run]) => [id, { ...run, warnedNames: undefined }]),
    );

    const now = live({ ...warned, state: { ...warned.state, runs: kept } }, [91, 110], two, both);

    expect([named(now), owedBy(now)]).toEqual([[[85, "evening"]], [[100, "schedule"]]]);
  });
});

describe("a schedule that only tells", () => {
  const tells = { ...evening, action: "notify" } as const;

  it("tells of the pods that run then, once, and ends nothing", () => {
    const now = liveEvenings(unlived, [0, 170], [100], scheduling([tells]));

    expect([warnsOf(now), owedBy(now)]).toEqual([[], []]);
    expect(saidOf(now)).toEqual([
      [
        100,
        "schedule: pod trainer (p1) still runs at the time of schedule evening, burning $1.49/h. To stop it: runpodboss stop p1",
      ],
    ]);
  });

  it("tells of several in one message, and of a burn that is not known", () => {
    const pods = [pod(), pod({ id: "odd id", name: "sdxl", costPerHrUsd: undefined })];

    const now = liveEvenings(unlived, [0, 120], [100], scheduling([tells]), { look: { pods } });

    expect(saidOf(now)).toEqual([
      [
        100,
        'schedule: pods trainer (p1), sdxl ("odd id") still run at the time of schedule evening, burn unknown. To stop one: runpodboss stop POD',
      ],
    ]);
  });

  it("pastes no id into a command that is not plain", () => {
    const pods = [pod({ id: "odd id" })];

    const now = liveEvenings(unlived, [0, 120], [100], scheduling([tells]), { look: { pods } });

    expect(saidOf(now).map(([, words]) => words.endsWith("runpodboss stop POD"))).toEqual([true]);
  });
});

describe("a clock that is set", () => {
  /** By so many minutes, at this minute of the old time. */
  const set = (before: Lived, minute: number, byMinutes: number): Lived =>
    step(
      before,
      minute + byMinutes,
      { kind: "stepped", atMs: at(minute + byMinutes), byMs: byMinutes * minuteMs },
      scheduling(),
    );
  const none = { look: { pods: [] } };

  it("back by half a minute: what was started just after its moment is left", () => {
    const started = startedAt(100.25);
    const dealt = liveEvenings(unlived, [0, 100], [100], scheduling(), none);
    const begun = liveEvenings(dealt, [101, 103], [100], scheduling(), started);

    const now = liveEvenings(set(begun, 103, -0.6), [104, 130], [100], scheduling(), {
      sample: { bootedAtMs: at(99.65), lastStartedAtMs: at(100.25) },
    });

    expect(owedBy(now)).toEqual([]);
  });

  it.each([
    ["over its moment", -60, 50],
    ["not as far as that", -10, 95],
  ])("back %s: what was started since is left", (_sentence, byMinutes, from) => {
    const dealt = liveEvenings(unlived, [0, 104], [100], scheduling(), none);
    const begun = liveEvenings(dealt, [105, 110], [100], scheduling(), { sample: "missing" });

    const now = liveEvenings(set(begun, 110, byMinutes), [from + 6, 170], [100], scheduling(), {
      sample: "missing",
    });

    expect(owedBy(now)).toEqual([]);
  });

  it("back and started anew: a moment is not dealt with twice", () => {
    const dealt = liveEvenings(unlived, [0, 110], [100], scheduling(), none);

    const now = liveEvenings(restarted(dealt), [60, 170], [100], scheduling(), {
      sample: "missing",
    });

    expect(owedBy(now)).toEqual([]);
  });

  it("a year ahead and back: the next moment is dealt with all the same", () => {
    const year = 365 * 24 * 60;
    const ahead = liveEvenings(
      set(liveEvenings(unlived, [0, 50], [100]), 50, year),
      [year + 51, year + 52],
      [100],
    );

    const now = liveEvenings(set(ahead, year + 52, -year), [53, 120], [100]);

    expect(owedBy(now)).toEqual([[100, "schedule"]]);
  });

  it("back by what clocks drift closes nothing", () => {
    const asleep = liveEvenings(unlived, [0, 80], [100]);
    const woken = liveEvenings(asleep, [105, 106], [100], scheduling(), { sample: "missing" });
    const stepped = step(
      woken,
      106,
      { kind: "stepped", atMs: at(106) - 500, byMs: -500 },
      scheduling(),
    );

    const now = liveEvenings(stepped, [107, 130], [100]);

    expect(owedBy(now)).toEqual([[122, "schedule"]]);
  });
});

it("an hour is what may be made up for", () => {
  const asleep = liveEvenings(unlived, [0, 80], [100]);

  const woken = [159, 160].map((n) => liveEvenings(asleep, [n, n + 20], [100]));

  expect(woken.map(owedBy)).toEqual([[[174, "schedule"]], []]);
  expect(hourMs).toBe(60 * minuteMs);
});
