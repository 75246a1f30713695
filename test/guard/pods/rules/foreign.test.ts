import { describe, expect, it } from "vitest";
import type { Pod } from "#guard/model/account.ts";
import { foreignPods, type Launch } from "#guard/model/launch.ts";
import type { LeaseBook, PodRun } from "#guard/model/run.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { asGuarded, guardedAs, guardedNow } from "#guard/pods/rules/foreign.ts";
import {
  at,
  book,
  endsOf,
  guarding,
  hardTimeout,
  hourMs,
  idleGuard,
  leaseGuard,
  live,
  type Lived,
  type Minute,
  mootOf,
  noticesOf,
  owedBy,
  pod,
  run,
  saidOf,
  unlived,
  warnsOf,
} from "../../samples.ts";

const launch: Launch = {
  id: "abcdefg2",
  name: "qlora-rbabcdefg2",
  atMs: at(0),
  endsAtMs: at(240),
  by: { kind: "person", host: "box" },
};
const launched = (changes: Partial<Launch>): LeaseBook => ({
  ...book(),
  launches: { [launch.id]: { ...launch, ...changes } },
});
const given = { endsAtMs: at(90), givenAtMs: at(10) };

describe("what a budget asks for", () => {
  const budget = { guard: "budget", action: "stop", isKnown: true } as const;

  it.each([...foreignPods, "unknown"] as const)("is for a pod that is taken as %s, too", (as) => {
    expect(asGuarded([budget], as)).toEqual([budget]);
  });
});

describe("the guards of single pods take a pod", () => {
  it.each<[string, Partial<Pod>, Partial<PodRun> | undefined, GuardState["leaseBook"], string]>([
    ["that was started elsewhere as the config says", {}, {}, book(), "ignore"],
    ["that was started here as theirs, by its id", {}, {}, launched({ podId: "p1" }), "guard"],
    ["that was taken in as theirs", {}, {}, launched({ podId: "p1", isAdopted: true }), "guard"],
    [
      "that was started on another machine as theirs, by its name",
      { name: launch.name },
      {},
      book(),
      "guard",
    ],
    ["that was given a lease as theirs", {}, { lease: given }, book(), "guard"],
    [
      "as theirs by its name though nobody can read the book",
      { name: launch.name },
      {},
      "unknown",
      "guard",
    ],
    [
      "as theirs by its lease though nobody can read the book",
      {},
      { lease: given },
      "unknown",
      "guard",
    ],
    ["for nobody knows whose while nobody can read the book", {}, {}, "unknown", "unknown"],
    ["for nobody knows whose before the book was read", {}, {}, undefined, "unknown"],
    [
      "for nobody knows whose without its name",
      { rawName: undefined, name: "" },
      {},
      book(),
      "unknown",
    ],
    ["that has not been followed as the config says", {}, undefined, book(), "ignore"],
  ])("%s", (_sentence, changes, ofRun, leases, as) => {
    const known = ofRun && run(ofRun);

    expect(guardedAs(pod(changes), known, leases, { foreign: "ignore" })).toBe(as);
    expect(guardedAs(pod(changes), known, leases, {})).toBe("guard");
  });

  it("that shows the stamp of this program as theirs", () => {
    const stamped = { ...pod(), stamp: "abcdefg2@box" };

    expect(guardedAs(stamped, undefined, book(), { foreign: "notify" })).toBe("guard");
  });

  it("that has stopped by who started it, whatever lease its run had", () => {
    const state = { ...emptyState, runs: { p1: run({ lease: given }) }, leaseBook: book() };

    expect(guardedNow(pod(), state, { foreign: "notify" })).toBe("guard");
    expect(guardedNow(pod({ status: "stopped" }), state, { foreign: "notify" })).toBe("notify");
  });
});

const budgetless = { hardTimeout, lease: leaseGuard, idle: idleGuard };
const ignoring = guarding({ ...budgetless, foreign: "ignore" });
const telling = guarding({ ...budgetless, foreign: "notify" });
const told = ({ state }: Lived) => noticesOf(state.owed).map(({ name }) => name);

describe("a pod that was started elsewhere", () => {
  it("is ended by none of the guards, and told of by none, where they are to ignore it", () => {
    const lived = live(unlived, [0, 500], ignoring);

    expect(lived.owed).toEqual([]);
    expect(saidOf(lived)).toEqual([]);
  });

  it("is told of by each guard that comes to be due, where they are only to tell, and ended by none", () => {
    const lived = live(unlived, [0, 490], telling);

    expect(lived.owed).toEqual([]);
    expect(warnsOf(lived)).toEqual([]);
    expect(saidOf(lived).map(([minute]) => minute)).toEqual([30, 240, 480]);
    expect(told(lived)).toEqual(["idle", "lease", "hard_timeout"]);
  });

  it("is told of instead of having an agent called for it", () => {
    const calling = { ...idleGuard, action: "agent" } as const;
    const lived = live(unlived, [0, 60], guarding({ idle: calling, foreign: "notify" }));

    expect(lived.owed).toEqual([]);
    expect(told(lived)).toEqual(["idle"]);
  });

  it("is guarded from when it is taken in, its idle time from then on", () => {
    const before = live(unlived, [0, 99], ignoring);
    const adopted = launched({ podId: "p1", isAdopted: true, atMs: at(100), endsAtMs: at(900) });

    const lived = live(before, [100, 140], ignoring, { book: adopted });

    expect(warnsOf(lived)).toEqual([[115, "idle"]]);
    expect(owedBy(lived)).toEqual([[130, "idle"]]);
  });

  it("is guarded from when it is given a lease, until that ends", () => {
    const busy = { sample: { cpuPercent: 50 } };
    const before = live(unlived, [0, 9], ignoring, busy);

    const lived = live(before, [10, 120], ignoring, { ...busy, book: book({ p1: given }) });

    expect(owedBy(lived)).toEqual([[90, "lease"]]);
  });

  it("is let go where the config comes to say so while its end is owed", () => {
    const due = live(unlived, [0, 35], guarding({ idle: idleGuard }));

    const lived = live(due, [36, 40], guarding({ idle: idleGuard, foreign: "ignore" }));

    expect(owedBy(due)).toEqual([[30, "idle"]]);
    expect(mootOf(lived)).toEqual([[36, "the config no longer asks for it"]]);
    expect(lived.state.owed.filter(({ kind }) => kind === "end-run")).toEqual([]);
  });
});

describe("while nobody knows who started a pod", () => {
  const unread: Minute = { book: "unknown", sample: { cpuPercent: 50 } };

  it.each(["notify", "ignore"] as const)(
    "none of the guards ends it or tells of it: %s",
    (foreign) => {
      const lived = live(unlived, [0, 500], guarding({ ...budgetless, foreign }), unread);

      expect(lived.owed).toEqual([]);
      expect(told(lived)).toEqual([]);
    },
  );

  it("its end stays owed, and it ends as soon as it is known to be theirs", () => {
    const guards = guarding({ hardTimeout, foreign: "ignore" });
    const ours = { ...unread, book: launched({ podId: "p1", endsAtMs: at(-1) }) };
    const before = live(unlived, [0, 470], guards, ours);

    const dark = live(before, [471, 600], guards, unread);
    const lived = live(dark, [601, 620], guards, ours);

    expect(warnsOf(before)).toEqual([[465, "hard_timeout"]]);
    expect(owedBy(dark)).toEqual([]);
    expect(owedBy(lived)).toEqual([[601, "hard_timeout"]]);
  });

  it("its idle time goes on", () => {
    const guards = guarding({ idle: idleGuard, foreign: "ignore" });
    const ours = launched({ podId: "p1", endsAtMs: at(-1) });
    const dark = live(live(unlived, [0, 5], guards, { book: ours }), [6, 28], guards, {
      book: "unknown",
    });

    const lived = live(dark, [29, 60], guards, { book: ours });

    expect(owedBy(lived)).toEqual([[44, "idle"]]);
  });

  it("where they take all pods, the hard timeout ends it as ever", () => {
    expect(owedBy(live(unlived, [0, 490], guarding({ hardTimeout }), unread))).toEqual([
      [480, "hard_timeout"],
    ]);
  });
});

describe("a schedule", () => {
  const night = { name: "night", action: "stop", pods: ["*"] } as const;
  const comes = { rule: "x", lastMs: undefined, nextMs: at(60) };
  const came = { rule: "x", lastMs: at(60), nextMs: at(1_500) };
  const minute = (n: number): Minute => ({
    sample: { cpuPercent: 50 },
    moments: { atMs: at(n), periods: {}, schedules: { night: n < 60 ? comes : came } },
  });

  it.each([
    [undefined, [[60, "schedule"]], []],
    ["notify", [], [60]],
    ["ignore", [], []],
  ] as const)(
    "at its time does with a pod that was started elsewhere as is set: %s",
    (foreign, ends, tells) => {
      const lived = live(
        unlived,
        [0, 200],
        guarding({ schedules: [night], foreign, warnMs: 0 }),
        minute,
      );

      expect(owedBy(lived)).toEqual(ends);
      expect(saidOf(lived).map(([n]) => n)).toEqual(tells);
    },
  );
});

describe("the guard of stopped pods", () => {
  const stopped = { action: "terminate", afterMs: hourMs, losesData: true, pods: ["*"] } as const;
  const minute = (leases: LeaseBook | "unknown"): Minute => ({
    look: { pods: [pod({ status: "stopped" })] },
    book: leases,
    sample: "none",
  });
  const policyFor = (foreign: "notify" | "ignore" | undefined) => guarding({ stopped, foreign });
  const deleting = ({ state }: Lived) => state.owed.some(({ kind }) => kind === "end-stopped");

  it.each([
    [undefined, true, ["warn"]],
    ["notify", false, ["stopped"]],
    ["ignore", false, []],
  ] as const)("takes one that was started elsewhere as is set: %s", (foreign, isDeleted, said) => {
    const lived = live(unlived, [0, 100], policyFor(foreign), minute(book()));

    expect(deleting(lived)).toBe(isDeleted);
    expect(noticesOf(lived.state.owed).map(({ event }) => event)).toEqual(said);
  });

  it("says of one that was started elsewhere why it is not deleted", () => {
    const lived = live(unlived, [0, 100], policyFor("notify"), minute(book()));

    expect(saidOf(lived).map(([, words]) => words)).toEqual([
      expect.stringContaining("Not terminated: it was started elsewhere"),
    ]);
  });

  it.each(["notify", "ignore"] as const)("deletes one that was started here: %s", (foreign) => {
    const lived = live(unlived, [0, 100], policyFor(foreign), minute(launched({ podId: "p1" })));

    expect(deleting(lived)).toBe(true);
  });

  it("neither deletes nor tells of one while nobody knows who started it, and does then", () => {
    const dark = live(unlived, [0, 100], policyFor("notify"), minute("unknown"));

    expect(deleting(dark)).toBe(false);
    expect(saidOf(dark)).toEqual([]);
    expect(
      deleting(live(dark, [101, 130], policyFor("notify"), minute(launched({ podId: "p1" })))),
    ).toBe(true);
  });

  it("announces once, though nobody knows for a while who started it", () => {
    const ours = minute(launched({ podId: "p1" }));
    const warned = live(unlived, [0, 50], policyFor("notify"), ours);

    const lived = live(
      live(warned, [51, 70], policyFor("notify"), minute("unknown")),
      [71, 80],
      policyFor("notify"),
      ours,
    );

    expect(warnsOf(lived)).toEqual([[45, "stopped"]]);
    expect(deleting(lived)).toBe(true);
  });

  it.each(["notify", "ignore"] as const)(
    "lets one go where the config comes to say so: %s",
    (foreign) => {
      const due = live(unlived, [0, 70], policyFor(undefined), minute(book()));

      const lived = live(due, [71, 72], policyFor(foreign), minute(book()));

      expect(deleting(due)).toBe(true);
      expect(deleting(lived)).toBe(false);
      expect(mootOf(lived)).toContainEqual([71, "it was started elsewhere"]);
    },
  );
});

it("budgets and backstops are for all pods", () => {
  const emergency = {
    name: "low",
    belowUsd: 5,
    answers: [],
    backstop: { action: "stop", afterMs: 0 },
  } as const;
  const policy = guarding({ ...budgetless, foreign: "ignore" }, { thresholds: [emergency] });

  const lived = live(unlived, [0, 3], policy, { look: { balanceUsd: 1 } });

  expect(endsOf(lived.state.owed).map(({ podId }) => podId)).toEqual(["p1"]);
});
