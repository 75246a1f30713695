import { describe, expect, it } from "vitest";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import {
  at,
  book,
  guarding,
  hardTimeout,
  hourMs,
  idleGuard,
  leaseGuard,
  live,
  type Lived,
  minuteMs,
  owedBy,
  policyWith,
  sampleAt,
  saidOf,
  step,
  unlived,
  warnsOf,
} from "./samples.ts";

const yearMinutes = 8_760 * 60;

/** The clock is set by so many minutes, at this minute of the old time. */
function set(before: Lived, minute: number, byMinutes: number, policy = guarding({})): Lived {
  const input = {
    kind: "stepped",
    atMs: at(minute + byMinutes),
    byMs: byMinutes * minuteMs,
  } as const;
  return step(before, minute + byMinutes, input, policy);
}

/** As RunPod tells of a pod that was started at minute 0 of the right time, by a clock so far ahead. */
function startedBy(aheadMinutes: number) {
  return (n: number) => ({
    sample: {
      bootedAtMs: at(aheadMinutes),
      lastStartedAtMs: at(0),
      takenAtMs: at(n - aheadMinutes),
    },
  });
}

describe("a clock that is set", () => {
  it.each([
    ["a year ahead", yearMinutes],
    ["three hours back", -180],
  ])("%s moves no hard timeout and no idle time to come", (_sentence, byMinutes) => {
    const policy = guarding({
      hardTimeout: { ...hardTimeout, afterMs: hourMs },
      idle: { ...idleGuard, action: "notify" },
    });
    const before = set(live(unlived, [0, 20], policy), 20, byMinutes, policy);

    const lived = live(before, [byMinutes + 20, byMinutes + 70], policy, (n) => ({
      sample: { bootedAtMs: at(byMinutes), takenAtMs: at(n) },
    }));

    expect(warnsOf(lived).filter(([, guard]) => guard === "hard_timeout")).toEqual([
      [byMinutes + 45, "hard_timeout"],
    ]);
    expect(owedBy(lived)).toEqual([[byMinutes + 60, "hard_timeout"]]);
    expect(lived.state.runs["p1"]?.startedAtMs).toBe(at(byMinutes));
  });

  it("moves no backstop: it comes as long after the trip as ever", () => {
    const policy = policyWith({ backstop: { action: "stop", afterMs: 10 * minuteMs } });
    const low = { look: { balanceUsd: 0.1 } };
    const before = set(live(unlived, [0, 5], policy, low), 5, -600, policy);

    const early = live(before, [-595, -591], policy, low);
    const late = live(early, [-590, -590], policy, low);

    const ends = ({ state }: Lived) => state.owed.filter(({ kind }) => kind === "end-pod").length;
    expect([ends(early), ends(late)]).toEqual([0, 1]);
  });

  it.each([
    ["ahead", 180, "3 h 0 min ahead"],
    ["back", -2, "2 min back"],
  ])("%s is told", (_sentence, byMinutes, words) => {
    const lived = set(live(unlived, [0, 0], guarding({})), 0, byMinutes);

    expect(saidOf(lived)).toEqual([
      [
        byMinutes,
        `trouble: this machine's clock was set ${words}. Every deadline stays as far away as it was`,
      ],
    ]);
  });

  it("by a minute at most is no news", () => {
    expect(saidOf(set(live(unlived, [0, 0], guarding({})), 0, 1))).toEqual([]);
  });

  it.each([
    ["ahead", 300],
    ["back", -300],
  ])("%s leaves a lease that was given by hand as long as it was", (_sentence, byMinutes) => {
    const policy = guarding({ lease: { ...leaseGuard, defaultMs: hourMs } });
    const leased = { book: book({ p1: { endsAtMs: at(120), givenAtMs: at(5) } }) };
    const before = set(live(unlived, [5, 20], policy, leased), 20, byMinutes, policy);

    const lived = live(before, [byMinutes + 20, byMinutes + 130], policy, (n) => ({
      ...leased,
      sample: { bootedAtMs: at(byMinutes), takenAtMs: at(n), cpuPercent: 50 },
    }));

    expect(owedBy(lived)).toEqual([[byMinutes + 120, "lease"]]);
  });

  it("lets what is said after it hold, as it is said by the same clock", () => {
    const policy = guarding({ lease: { ...leaseGuard, defaultMs: hourMs } });
    const before = set(
      live(unlived, [yearMinutes, yearMinutes + 10], policy, startedBy(yearMinutes)),
      yearMinutes + 10,
      -yearMinutes,
      policy,
    );
    const leased = { book: book({ p1: { endsAtMs: at(120), givenAtMs: at(11) } }) };

    const lived = live(before, [11, 119], policy, { ...leased, sample: { cpuPercent: 50 } });

    expect(owedBy(lived)).toEqual([]);
    expect(lived.state.runs["p1"]?.lease).toEqual({ endsAtMs: at(120), givenAtMs: at(11) });
  });
});

describe("a guard that is restarted while the clock is a year ahead", () => {
  const policy = guarding({ hardTimeout });

  it("does not end a pod that is ten minutes old by RunPod's uptime, and tells", () => {
    const saved = live(unlived, [0, 5], policy);
    const restarted = { ...saved, state: afterRestart(saved.state) };
    const now = yearMinutes + 10;

    const lived = live(restarted, [now, now + 60], policy, startedBy(yearMinutes));

    expect(owedBy(lived)).toEqual([]);
    expect(warnsOf(lived)).toEqual([]);
    expect(saidOf(lived)).toEqual([
      [
        now,
        "trouble: pod trainer (p1): it ran 10 min by one account and 8760 h 10 min by another. The shorter one holds, for all guards. Is this machine's clock right?",
      ],
    ]);
  });

  it("does not end one either that it never saw before", () => {
    const now = yearMinutes + 10;

    const lived = live(unlived, [now, now + 60], policy, startedBy(yearMinutes));

    expect(owedBy(lived)).toEqual([]);
    expect(saidOf(lived)).toHaveLength(1);
  });

  it("is no news where no guard goes by the start, or when the run is over and begun anew", () => {
    const idle = guarding({ idle: idleGuard });
    const now = yearMinutes + 10;

    const unguarded = live(unlived, [now, now], idle, startedBy(yearMinutes));
    const told = live(unlived, [now, now], policy, startedBy(yearMinutes));
    const gone = live(told, [now + 1, now + 1], policy, { look: { pods: [] } });

    expect(saidOf(unguarded)).toEqual([]);
    expect(Object.keys(told.state.saidAtMs)).toEqual(["start:p1"]);
    expect(gone.state.saidAtMs).toEqual({});
  });
});

it("a pod whose image took minutes to pull is logged once, and nobody is notified", () => {
  const policy = guarding({ hardTimeout });

  const lived = live(unlived, [20, 25], policy, { sample: { bootedAtMs: at(12) } });

  expect(saidOf(lived)).toEqual([]);
  const disputes = lived.events.filter(([, { kind }]) => kind === "start-disputed");
  expect(disputes).toMatchObject([[20, { run: { podId: "p1", disputedMs: 12 * minuteMs } }]]);
  expect(lived.state.runs["p1"]).toMatchObject({ startedAtMs: at(12), disputedMs: 12 * minuteMs });
});

it("a guard that starts by a clock that was ahead before knows of nothing in the future", () => {
  const policy = policyWith({ backstop: { action: "stop", afterMs: 10 * minuteMs } });
  const low = { look: { balanceUsd: 0.1 } };
  const ahead = live(unlived, [yearMinutes, yearMinutes + 2], policy, low);
  const state = afterRestart(ahead.state);

  const started = step(
    { ...ahead, state },
    0,
    { kind: "daemon", atMs: at(0), because: "daemon started" },
    policy,
  );
  const lived = live(started, [1, 11], policy, {
    ...low,
    samples: [sampleAt(0)],
  });

  expect(lived.state.owed.some(({ kind }) => kind === "end-pod")).toBe(true);
});
