import { describe, expect, it } from "vitest";
import { summaryLines } from "#commands/history/text.ts";
import type { HistoryRecord, RunFacts } from "#guard/model/run.ts";
import { summaryOf } from "#report/history-summary.ts";

const hourMs = 3_600_000;
const nowMs = 100 * hourMs;
const atMs = 90 * hourMs;

const facts: RunFacts = {
  podId: "p1",
  podName: "trainer",
  uptimeMs: 2 * hourMs,
  costUsd: 3,
  costPerHrUsd: 1.5,
};

function end(
  changes: Partial<Omit<HistoryRecord, "run">> & { readonly run?: Partial<RunFacts> } = {},
): HistoryRecord {
  const { run = {}, ...rest } = changes;
  return {
    id: "e",
    atMs,
    type: "stop",
    reason: "idle_30m",
    because: "idle",
    ...rest,
    run: { ...facts, ...run },
  };
}

function start(startedAtMs: number, podId = "p1", uptimeMs: number | undefined = 0): HistoryRecord {
  const run = { podId, podName: "trainer", uptimeMs };
  return { id: "s", atMs: startedAtMs, type: "start", reason: null, because: "started", run };
}

describe("what an end of ours has saved", () => {
  it.each<[string, HistoryRecord, readonly HistoryRecord[], number]>([
    ["lasts until now", end(), [], 15],
    ["lasts until its cap", end({ run: { capAtMs: atMs + 4 * hourMs } }), [], 6],
    ["lasts until now when its cap is yet to come", end({ run: { capAtMs: 2 * nowMs } }), [], 15],
    ["is nothing when its cap was past already", end({ run: { capAtMs: atMs - hourMs } }), [], 0],
    ["lasts until the pod runs again", end(), [start(atMs + 2 * hourMs)], 3],
    [
      "lasts until the first of several starts",
      end(),
      [start(atMs + 6 * hourMs), start(atMs + 2 * hourMs)],
      3,
    ],
    [
      "lasts until it began to run, not until that was seen",
      end(),
      [start(atMs + 6 * hourMs, "p1", 5 * hourMs)],
      1.5,
    ],
    [
      "is nothing when what runs says that it ran all along",
      end(),
      [start(atMs + 6 * hourMs, "p1", 50 * hourMs)],
      0,
    ],
    ["has nothing to do with an earlier start", end(), [start(atMs - hourMs)], 15],
    ["has nothing to do with another pod", end(), [start(atMs + hourMs, "p2")], 15],
    ["counts for a lease", end({ reason: "lease_expired" }), [], 15],
    ["counts for a hard timeout", end({ reason: "hard_timeout_8h" }), [], 15],
    ["counts for a backstop", end({ reason: "backstop", type: "termination" }), [], 15],
  ])("%s", (_sentence, ended, others, total) => {
    const all = [...others, ended];

    const { saved } = summaryOf([ended], all, nowMs);

    expect(saved).toEqual({ total, unknown: 0, endsByReason: new Map([[ended.reason, 1]]) });
  });

  it.each(["manual", "ended_elsewhere", "idle", "watchdog_of_others", null])(
    "is nothing when the reason is %s",
    (reason) => {
      const ended = end({ reason });

      const { saved, sessions } = summaryOf([ended], [ended], nowMs);

      expect(saved).toEqual({ total: 0, unknown: 0, endsByReason: new Map() });
      expect(sessions).toBe(1);
    },
  );

  it("is not known without a rate, and that is counted", () => {
    const ends = [end(), end({ run: { costPerHrUsd: undefined } })];

    const { saved } = summaryOf(ends, ends, nowMs);

    expect(saved).toEqual({ total: 15, unknown: 1, endsByReason: new Map([["idle_30m", 2]]) });
  });
});

describe("the sessions", () => {
  it("are the runs that ended, whoever ended them", () => {
    const events = [
      start(atMs),
      end(),
      end({ type: "termination", reason: "manual", run: { uptimeMs: hourMs, costUsd: 1 } }),
      end({ type: "warn" }),
    ];

    const summary = summaryOf(events, events, nowMs);

    expect(summary).toMatchObject({
      sessions: 2,
      hours: { total: 3, unknown: 0 },
      costUsd: { total: 4, unknown: 0 },
    });
  });

  it("of which something is not known are counted apart, and are not taken for 0", () => {
    const events = [end(), end({ run: { uptimeMs: undefined, costUsd: undefined } })];

    const summary = summaryOf(events, events, nowMs);

    expect(summary).toMatchObject({
      sessions: 2,
      hours: { total: 2, unknown: 1 },
      costUsd: { total: 3, unknown: 1 },
    });
  });
});

describe("the words", () => {
  it.each<[string, readonly HistoryRecord[], readonly string[]]>([
    [
      "of nothing",
      [],
      [
        "runs that ended in the last 24 h: 0",
        "hours: 0.0",
        "cost: $0.00",
        "saved: nothing, the guards stopped no run",
      ],
    ],
    [
      "of one end",
      [end()],
      [
        "runs that ended in the last 24 h: 1",
        "hours: 2.0",
        "cost: $3.00",
        "saved: at most $15.00, guards stopped 1 run (idle_30m). That is what the run would have cost until its lease or hard timeout, its pod's next start, or now",
      ],
    ],
    [
      "of several ends, of which not all is known",
      [
        end(),
        end({ run: { costPerHrUsd: undefined, costUsd: undefined } }),
        end({ reason: "backstop" }),
      ],
      [
        "runs that ended in the last 24 h: 3",
        "hours: 6.0",
        "cost: $6.00, and 1 of unknown cost",
        "saved: at most $30.00, guards stopped 3 runs (2 idle_30m, 1 backstop), and 1 of unknown price. That is what each run would have cost until its lease or hard timeout, its pod's next start, or now",
      ],
    ],
    [
      "of an end of which no rate is known",
      [end({ run: { costPerHrUsd: undefined } })],
      [
        "runs that ended in the last 24 h: 1",
        "hours: 2.0",
        "cost: $3.00",
        "saved: unknown, guards stopped 1 run (idle_30m) of unknown price",
      ],
    ],
  ])("%s", (_sentence, events, lines) => {
    const summary = summaryOf(events, events, nowMs);

    expect(summaryLines(summary, 24)).toEqual(lines);
  });
});

it("a pod that was stopped before and is deleted by hand is no session", () => {
  const deleted = end({
    type: "termination",
    reason: "manual",
    run: { uptimeMs: undefined, costUsd: undefined },
  });

  expect(summaryOf([end(), deleted], [], nowMs)).toMatchObject({
    sessions: 1,
    hours: { total: 2, unknown: 0 },
  });
});
