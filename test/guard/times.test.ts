import { describe, expect, it } from "vitest";
import type { EndRun } from "#guard/model/effect.ts";
import type { GuardState } from "#guard/model/state.ts";
import { shifted, upToNow } from "#guard/times.ts";
import { at, hourMs, run, stateWith, seen } from "./samples.ts";

const unseen = { sinceMs: at(1), toldAtMs: at(2), lastBalanceUsd: 3 };
const endRun: EndRun = {
  kind: "end-run",
  id: "r",
  guard: "idle",
  reason: "idle_30m",
  podId: "p1",
  podName: "trainer",
  action: "stop",
  because: "",
  tries: 1,
  notBeforeMs: at(12),
};
const state: GuardState = {
  ...stateWith({ low: true }),
  trippedAtMs: { low: at(1) },
  owed: [
    {
      kind: "notify",
      id: "n",
      event: "trip",
      name: "low",
      because: "",
      tries: 1,
      notBeforeMs: at(9),
      atMs: at(1),
    },
    {
      kind: "end-pod",
      id: "e",
      threshold: "low",
      belowUsd: 1,
      podId: "p1",
      action: "stop",
      because: "",
      tries: 0,
      notBeforeMs: at(1),
    },
    endRun,
    { ...endRun, id: "w", putOffUntilMs: at(12) },
  ],
  blind: unseen,
  podsBlind: { sinceMs: at(1) },
  unmeasured: unseen,
  saidAtMs: { said: at(2) },
  lookedAtMs: at(3),
  podsSeenAtMs: at(3),
  podsKnownAtMs: at(2),
  emptySinceMs: at(3),
  guardEndsAtMs: [at(2)],
  recordCount: 7,
  zeroSinceMs: at(1),
  unconfirmed: [
    { podId: "p3", name: "n", endedAtMs: at(1), toldAtMs: at(2), burnPerHrUsd: 1 } as never,
  ],
  troubles: { log: { sinceMs: at(1), because: "full" } },
  lostNotices: [{ atMs: at(1), message: "m", because: "b" }],
  openIncidents: [{ incident: "threshold:low", way: "phone", atMs: at(1) }],
  briefedDay: "2026-11-26",
  kept: { p4: { name: "n", rule: "n" } },
  scheduled: {
    evening: {
      rule: "r",
      sinceMs: at(1),
      dealtMs: [at(2)],
      openMs: at(2),
      openedAtMs: at(3),
      due: {},
    },
    night: { rule: "r", sinceMs: at(1), dealtMs: [], due: {} },
  },
  leaseBook: { leases: {}, touchedAtMs: { p1: at(1) } },
  lastSeen: seen({ atMs: at(3) }),
  runs: {
    p1: run({
      firstSeenAtMs: at(1),
      startedAtMs: at(0),
      lastStartedAtMs: at(0),
      idleMs: 5,
      idleAtMs: at(2),
      idleSeenAtMs: at(3),
      notIdleAtMs: at(1),
      takenAtMs: at(2),
      loadKnownAtMs: at(3),
      notRunningAtMs: at(1),
      isStarting: true,
      runsSinceMs: at(1),
      stoppedAtMs: at(1),
      unsureSinceMs: at(1),
      lease: { endsAtMs: at(60), givenAtMs: at(1) },
      touchedAtMs: at(1),
      warnedAtMs: { lease: at(2) },
      warnedOfMs: { lease: at(60) },
      warnedActions: { lease: "stop" },
      // As it is once a pod was active again.
      actedAtMs: { idle: at(2), lease: undefined } as never,
    }),
    p2: run({ podId: "p2", startFrom: "last-started" }),
  },
};

describe("a change-over that goes on", () => {
  const shown = { api: "graphql", atMs: at(2), balanceUsd: 1 } as const;
  const crossing = {
    from: "graphql",
    before: { ...shown, listedAtMs: at(1) },
    rise: { polls: 1, sinceMs: at(2), atMs: at(3), balanceUsd: 9 },
    listedAtMs: at(1),
    awaited: { p1: { name: "n" }, p2: { name: "n", sinceMs: at(3) } },
    disputed: { p3: { name: "n", seenAtMs: at(2), toldAtMs: at(3) } },
  } as const;
  const before: GuardState = {
    ...stateWith({}),
    source: { api: "rest", because: "ended", sinceMs: at(2) },
    crossing,
    shown,
    unseenBy: { sinceMs: at(1), polls: 2, countedAtMs: at(2) },
    rehearsal: { atMs: at(2), failures: 0 },
    postpaidSinceMs: at(2),
  };

  it("and what a rehearsal found move with the clock", () => {
    expect(shifted(before, hourMs)).toEqual({
      ...before,
      source: { api: "rest", because: "ended", sinceMs: at(62) },
      crossing: {
        ...crossing,
        before: { ...shown, atMs: at(62), listedAtMs: at(61) },
        rise: { polls: 1, sinceMs: at(62), atMs: at(63), balanceUsd: 9 },
        listedAtMs: at(61),
        awaited: { p1: { name: "n" }, p2: { name: "n", sinceMs: at(63) } },
        disputed: { p3: { name: "n", seenAtMs: at(62), toldAtMs: at(63) } },
      },
      shown: { ...shown, atMs: at(62) },
      unseenBy: { sinceMs: at(61), polls: 2, countedAtMs: at(62) },
      rehearsal: { atMs: at(62), failures: 0 },
      postpaidSinceMs: at(62),
    });
  });

  it("of which little is left moves as well", () => {
    const { before: _, rise: __, ...left } = crossing;
    const none = { ...stateWith({}), source: undefined, shown: undefined, rehearsal: undefined };

    expect(shifted({ ...none, crossing: left }, hourMs).crossing).toMatchObject({
      from: "graphql",
    });
    expect(shifted({ ...none, crossing: undefined }, hourMs).crossing).toBeUndefined();
  });
});

describe("what is spent", () => {
  const period = { fromMs: at(0), toMs: at(1440), spentUsd: 1 };
  const accounted = { balanceUsd: 9, dueUsd: 1 };
  const gap = { fromMs: at(1), toMs: at(2), fellUsd: 1 };
  const shown = (by: number) => ({
    doubted: { atMs: at(by + 2), usd: 9 },
    toppedUp: { atMs: at(by + 3), usd: 5 },
  });
  const spent: GuardState = {
    ...stateWith({}),
    accounted: { ...accounted, atMs: at(3), dueFromMs: at(2), fellAtMs: at(1), gap, ...shown(0) },
    budgets: {
      daily: [
        { ...period, sinceMs: at(1), nearAtMs: at(2), trippedAtMs: at(3), unfrozenAtMs: at(3) },
        { ...period, sinceMs: at(1), overAtMs: at(3) },
      ],
    },
    podsCounted: { team: [{ podId: "p1", fromMs: at(1), toMs: at(3) }] },
  };

  it("moves with the clock, but for the bounds of the calendar", () => {
    const moved = { fromMs: at(61), toMs: at(62), fellUsd: 1 };
    expect(shifted(spent, hourMs)).toEqual({
      ...spent,
      accounted: {
        ...accounted,
        ...shown(60),
        atMs: at(63),
        dueFromMs: at(62),
        fellAtMs: at(61),
        gap: moved,
      },
      budgets: {
        daily: [
          {
            ...period,
            sinceMs: at(61),
            nearAtMs: at(62),
            trippedAtMs: at(63),
            unfrozenAtMs: at(63),
          },
          { ...period, sinceMs: at(61), overAtMs: at(63) },
        ],
      },
      podsCounted: { team: [{ podId: "p1", beforeMs: at(61), fromMs: at(61), toMs: at(63) }] },
    });
  });

  it("stays where the clock does", () => {
    expect(upToNow(spent, at(3))).toEqual(spent);
    const bare = { ...accounted, atMs: at(3), dueFromMs: at(2), fellAtMs: at(1) };
    const none = { gap: undefined, doubted: undefined, toppedUp: undefined };
    const without = { ...spent, accounted: { ...bare, ...none } };
    expect(shifted(without, hourMs).accounted).toMatchObject(none);
  });

  it("need not be there", () => {
    const none = {
      ...stateWith({}),
      accounted: undefined,
      budgets: undefined,
      podsCounted: undefined,
    };

    expect(shifted(none, hourMs)).toEqual(none);
  });
});

describe("when the clock is set an hour ahead", () => {
  const after = shifted(state, hourMs);

  it("everything that our clock has told is an hour later", () => {
    const later = { sinceMs: at(61), toldAtMs: at(62), lastBalanceUsd: 3 };
    expect(after).toMatchObject({
      trippedAtMs: { low: at(61) },
      owed: [
        { notBeforeMs: at(69), atMs: at(61), tries: 1 },
        { notBeforeMs: at(61) },
        { notBeforeMs: at(72) },
        { notBeforeMs: at(72), putOffUntilMs: at(72) },
      ],
      blind: later,
      podsBlind: { sinceMs: at(61) },
      unmeasured: later,
      saidAtMs: { said: at(62) },
      lookedAtMs: at(63),
      podsSeenAtMs: at(63),
      podsKnownAtMs: at(62),
      emptySinceMs: at(63),
      zeroSinceMs: at(61),
      unconfirmed: [{ podId: "p3", endedAtMs: at(61), toldAtMs: at(62) }],
      troubles: { log: { sinceMs: at(61), because: "full" } },
      lostNotices: [{ atMs: at(61), message: "m" }],
      openIncidents: [{ incident: "threshold:low", way: "phone", atMs: at(61) }],
      briefedDay: "2026-11-26",
      kept: state.kept,
      // The calendar's moments stay.
      scheduled: {
        evening: { sinceMs: at(61), dealtMs: [at(2)], openMs: at(2), openedAtMs: at(63) },
        night: { sinceMs: at(61), dealtMs: [] },
      },
      guardEndsAtMs: [at(62)],
      lastSeen: { atMs: at(63), balanceUsd: 100 },
    });
    expect(after.runs["p1"]).toMatchObject({
      firstSeenAtMs: at(61),
      startedAtMs: at(60),
      idleAtMs: at(62),
      idleSeenAtMs: at(63),
      notIdleAtMs: at(61),
      loadKnownAtMs: at(63),
      notRunningAtMs: at(61),
      isStarting: true,
      runsSinceMs: at(61),
      stoppedAtMs: at(61),
      unsureSinceMs: at(61),
      warnedAtMs: { lease: at(62) },
      warnedOfMs: { lease: at(120) },
      warnedActions: { lease: "stop" },
      actedAtMs: { idle: at(62) },
    });
  });

  it("a lease is as long as it was, and known by when it was said", () => {
    expect(after.runs["p1"]?.lease).toEqual({
      endsAtMs: at(120),
      givenAtMs: at(61),
      saidAtMs: at(1),
    });
    expect(shifted(after, -hourMs).runs["p1"]?.lease).toEqual({
      endsAtMs: at(60),
      givenAtMs: at(1),
      saidAtMs: at(1),
    });
  });

  it("what RunPod and people have said stays as they said it", () => {
    expect(after).toMatchObject({ fired: { low: true }, recordCount: 7 });
    expect(after.leaseBook).toBe(state.leaseBook);
    expect(after.runs["p1"]).toMatchObject({
      lastStartedAtMs: at(0),
      takenAtMs: at(2),
      touchedAtMs: at(1),
      idleMs: 5,
    });
    expect(after.runs["p2"]?.startedAtMs).toBe(at(0));
  });

  it("there and back again is where it was, but for what says so", () => {
    const back = shifted(after, -hourMs);

    expect({ ...back, runs: {} }).toEqual({ ...state, runs: {} });
    const { namedAtMs, ...run } = back.runs["p2"] ?? {};
    expect(run).toEqual(state.runs["p2"]);
    expect(namedAtMs).toBe(state.runs["p2"]?.firstSeenAtMs);
  });
});

it("what was saved by a clock that was ahead has happened by now, and what is due stays due", () => {
  const after = upToNow(shifted(state, 8_760 * hourMs), at(3));

  expect(after).toMatchObject({
    trippedAtMs: { low: at(3) },
    blind: { sinceMs: at(3), toldAtMs: at(3) },
    saidAtMs: { said: at(3) },
    lookedAtMs: at(3),
  });
  expect(after.owed[0]?.notBeforeMs).toBe(at(9) + 8_760 * hourMs);
  expect(after.runs["p1"]?.startedAtMs).toBe(at(3));
});

it("a state with nothing in it stays so", () => {
  const empty = stateWith({});

  expect(shifted(empty, hourMs)).toEqual(empty);
});

describe("what lasts", () => {
  const stopped = { podId: "p5", name: "n" };
  const lasting: GuardState = {
    ...stateWith({}),
    falls: {
      sinceMs: at(0),
      atMs: at(3),
      balanceUsd: 9,
      points: [{ atMs: at(2), sinceMs: at(1), balanceUsd: 9, podsUsd: 1 }],
      rates: [{ untilMs: at(3), perHrUsd: 2 }],
    },
    stoppedPods: {
      p5: { ...stopped, sinceMs: at(0), watchedSinceMs: at(1), unsureSinceMs: at(3) },
    },
    reminded: {
      "threshold:low": { firstAtMs: at(1), lastAtMs: at(2), times: 2 },
      "budget:daily": { firstAtMs: at(1), lastAtMs: at(2), times: 2, onItAtMs: at(3) },
    },
    estimatedAtMs: { low: at(1) },
    hoursCrossed: { soon: { aboveMs: 5, aboveAtMs: at(3), isOver: true, belowSinceMs: at(1) } },
    charges: { afterMs: at(1), byMs: at(2), everyMs: 60_000 },
  };

  it("how the balance falls, pods that are stopped and reminders, moves with the clock", () => {
    expect(shifted(lasting, hourMs)).toEqual({
      ...lasting,
      falls: {
        sinceMs: at(60),
        atMs: at(63),
        balanceUsd: 9,
        points: [{ atMs: at(62), sinceMs: at(61), balanceUsd: 9, podsUsd: 1 }],
        rates: [{ untilMs: at(63), perHrUsd: 2 }],
      },
      stoppedPods: {
        p5: { ...stopped, sinceMs: at(60), watchedSinceMs: at(61), unsureSinceMs: at(63) },
      },
      reminded: {
        "threshold:low": { firstAtMs: at(61), lastAtMs: at(62), times: 2 },
        "budget:daily": { firstAtMs: at(61), lastAtMs: at(62), times: 2, onItAtMs: at(63) },
      },
      estimatedAtMs: { low: at(61) },
      hoursCrossed: { soon: { aboveMs: 5, aboveAtMs: at(63), isOver: true, belowSinceMs: at(61) } },
      charges: { afterMs: at(61), byMs: at(62), everyMs: 60_000 },
    });
  });

  it("need not be there", () => {
    const none = { falls: undefined, stoppedPods: undefined, reminded: undefined };

    expect(shifted({ ...stateWith({}), ...none }, hourMs)).toEqual({ ...stateWith({}), ...none });
  });
});
