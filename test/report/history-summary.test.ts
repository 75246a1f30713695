import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { summaryLines } from "#commands/history/text.ts";
import type { HistoryRecord, RunFacts } from "#guard/model/run.ts";
import { createSumming, type HistorySummary } from "#report/history-summary.ts";

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

function summaryOf(
  events: readonly HistoryRecord[],
  others: readonly HistoryRecord[] = [],
): HistorySummary {
  const summing = createSumming();
  for (const record of others) summing.add(record, false);
  for (const record of events) summing.add(record, true);
  return summing.summary(nowMs);
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
    ["counts for a budget", end({ reason: "budget_daily" }), [], 15],
    ["counts for a schedule", end({ reason: "schedule_evening" }), [], 15],
    ["counts for a backstop", end({ reason: "backstop", type: "termination" }), [], 15],
  ])("%s", (_sentence, ended, others, total) => {
    const { saved } = summaryOf([ended], others);

    expect(saved).toEqual({
      total,
      unknown: 0,
      endsByReason: [{ reason: ended.reason, count: 1 }],
    });
  });

  it.each(["manual", "ended_elsewhere", "idle", "watchdog_of_others", null])(
    "is nothing when the reason is %s",
    (reason) => {
      const ended = end({ reason });

      const { saved, sessions } = summaryOf([ended]);

      expect(saved).toEqual({ total: 0, unknown: 0, endsByReason: [] });
      expect(sessions).toBe(1);
    },
  );

  it("is not known without a rate, and that is counted", () => {
    const ends = [end(), end({ run: { costPerHrUsd: undefined } })];

    const { saved } = summaryOf(ends);

    expect(saved).toEqual({
      total: 15,
      unknown: 1,
      endsByReason: [{ reason: "idle_30m", count: 2 }],
    });
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

    const summary = summaryOf(events);

    expect(summary).toMatchObject({
      sessions: 2,
      hours: { total: 3, unknown: 0 },
      costUsd: { total: 4, unknown: 0 },
    });
  });

  it("of which something is not known are counted apart, and are not taken for 0", () => {
    const events = [end(), end({ run: { uptimeMs: undefined, costUsd: undefined } })];

    const summary = summaryOf(events);

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
        "saved: nothing yet, no guard has stopped a run (what people stop is not counted)",
      ],
    ],
    [
      "of one end",
      [end()],
      [
        "runs that ended in the last 24 h: 1",
        "hours: 2.0",
        "cost: $3.00",
        "saved: at most $15.00, runpodboss stopped 1 run (idle_30m). That is what the run would have cost until its lease or hard timeout, its pod's next start, or now",
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
        "saved: at most $30.00, runpodboss stopped 3 runs (2 idle_30m, 1 backstop), and 1 of unknown price. That is what each run would have cost until its lease or hard timeout, its pod's next start, or now",
      ],
    ],
    [
      "of an end of which no rate is known",
      [end({ run: { costPerHrUsd: undefined } })],
      [
        "runs that ended in the last 24 h: 1",
        "hours: 2.0",
        "cost: $3.00",
        "saved: unknown, runpodboss stopped 1 run (idle_30m) of unknown price",
      ],
    ],
  ])("%s", (_sentence, events, lines) => {
    const summary = summaryOf(events);

    expect(summaryLines(summary, 24)).toEqual(lines);
  });
});

it("a pod that was stopped before and is deleted by hand is no session", () => {
  const deleted = end({
    type: "termination",
    reason: "manual",
    run: { uptimeMs: undefined, costUsd: undefined },
  });

  expect(summaryOf([end(), deleted])).toMatchObject({
    sessions: 1,
    hours: { total: 2, unknown: 0 },
  });
});

it("the reasons come by their number, then by their name, in whatever order they are told", () => {
  const reasons = ["idle_1h", "backstop", "lease_expired", "lease_expired"];

  const { saved } = summaryOf(reasons.map((reason) => end({ reason })));

  expect(saved.endsByReason.map(({ reason }) => reason)).toEqual([
    "lease_expired",
    "backstop",
    "idle_1h",
  ]);
});

it("is the same as if each end were held against every start", () => {
  const when = fc.integer({ min: 0, max: 20 }).map((hours) => nowMs - hours * hourMs);
  const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
  const records: fc.Arbitrary<HistoryRecord> = fc.record({
    id: fc.constant("r"),
    atMs: when,
    type: fc.constantFrom("start", "stop", "termination", "warn"),
    reason: fc.constantFrom("idle_30m", "hard_timeout_8h", "manual", "ended_elsewhere", null),
    because: fc.constant("because"),
    run: maybe(
      fc.record({
        podId: fc.constantFrom("p1", "p2", "p3"),
        podName: fc.constant("trainer"),
        uptimeMs: maybe(fc.integer({ min: 0, max: 30 }).map((hours) => hours * hourMs)),
        costUsd: maybe(fc.integer({ min: 0, max: 9 })),
        costPerHrUsd: maybe(fc.integer({ min: 1, max: 3 })),
        capAtMs: maybe(when),
      }),
    ),
  });
  const told = fc.array(fc.tuple(records, fc.boolean()), { maxLength: 40 });

  fc.assert(
    fc.property(told, (rows) => {
      const events = rows.flatMap(([record, isEvent]) => (isEvent ? [record] : []));
      const all = rows.map(([record]) => record);

      const summing = createSumming();
      for (const [record, isEvent] of rows) summing.add(record, isEvent);

      expect(summing.summary(nowMs)).toEqual(naiveSummary(events, all));
    }),
  );
});

/** As it reads, and in the square of the time. All in it are whole numbers, which sum up exactly. */
function naiveSummary(
  events: readonly HistoryRecord[],
  all: readonly HistoryRecord[],
): HistorySummary {
  const ends = events.filter(
    ({ type, reason, run }) =>
      type === "stop" ||
      (type === "termination" && !(reason === "manual" && run?.uptimeMs === undefined)),
  );
  const ours = ends.filter(({ reason }) => reason === "idle_30m" || reason === "hard_timeout_8h");
  const saved = ours.map(({ atMs, run }) => {
    if (run?.costPerHrUsd === undefined) return undefined;
    const next = all
      .filter((each) => each.type === "start" && each.run?.podId === run.podId && each.atMs > atMs)
      .map((each) => each.atMs - (each.run?.uptimeMs ?? 0));
    const untilMs = Math.min(run.capAtMs ?? Infinity, nowMs, ...next);
    return (run.costPerHrUsd * Math.max(0, untilMs - atMs)) / hourMs;
  });
  const sum = (values: readonly (number | undefined)[]) => ({
    total: values.reduce<number>((total, value = 0) => total + value, 0),
    unknown: values.filter((value) => value === undefined).length,
  });
  const count = (reason: string) => ours.filter((each) => each.reason === reason).length;
  return {
    sessions: ends.length,
    hours: sum(
      ends.map(({ run }) => (run?.uptimeMs === undefined ? undefined : run.uptimeMs / hourMs)),
    ),
    costUsd: sum(ends.map(({ run }) => run?.costUsd)),
    saved: {
      ...sum(saved),
      endsByReason: ["hard_timeout_8h", "idle_30m"]
        .map((reason) => ({ reason, count: count(reason) }))
        .filter((each) => each.count > 0)
        .sort((a, b) => b.count - a.count),
    },
  };
}
