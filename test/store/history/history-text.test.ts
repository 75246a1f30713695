import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type HistoryRecord, recordTypes, type RunFacts } from "#guard/model/run.ts";
import { readRecord, writeRecord } from "#store/history/history-text.ts";

const atMs = Date.UTC(2026, 10, 23, 3, 15, 0, 42);
const run: RunFacts = {
  podId: "p1",
  podName: "training",
  gpuType: "NVIDIA A40",
  region: "EU-SE-1",
  uptimeMs: 135 * 60_000 + 3_400,
  costUsd: 1.234_56,
  costPerHrUsd: 0.44,
  capAtMs: atMs + 60_000,
};
const record: HistoryRecord = {
  id: "7",
  atMs,
  type: "stop",
  reason: "idle_30m",
  run,
  because: "idle for 30 minutes",
  balanceUsd: 9.8234,
  belowUsd: 10,
  endsAtMs: atMs + 1,
  ranAtMs: atMs - 1,
  notBeforeMs: atMs + 2,
};
const bare: HistoryRecord = { id: "8", atMs, type: "daemon", reason: null, because: "it begins" };

describe("writing a record", () => {
  it("gives one line with all that is known, and no more than readers need", () => {
    expect(writeRecord(record)).toBe(
      '{"timestamp":"2026-11-23T03:15:00.042Z","event_type":"stop","reason":"idle_30m",' +
        '"pod_id":"p1","pod_name":"training","gpu_type":"NVIDIA A40","region":"EU-SE-1",' +
        '"uptime_minutes":135.1,"cost_usd":1.2346,"id":"7","because":"idle for 30 minutes",' +
        '"balance_usd":9.8234,"below_usd":10,"ends_at":"2026-11-23T03:15:00.043Z",' +
        '"cost_per_hr_usd":0.44,"cap_at":"2026-11-23T03:16:00.042Z"}',
    );
  });

  it("says null for what every line has and nothing is known of", () => {
    expect(writeRecord(bare)).toBe(
      '{"timestamp":"2026-11-23T03:15:00.042Z","event_type":"daemon","reason":null,' +
        '"pod_id":null,"pod_name":null,"gpu_type":null,"region":null,' +
        '"uptime_minutes":null,"cost_usd":null,"id":"8","because":"it begins"}',
    );
  });

  it.each<[string, HistoryRecord]>([
    ["line ends", { ...record, because: "a\nb\r\n\u2028c", reason: "x\ny" }],
    ["a cap beyond all calendars", { ...record, run: { ...run, capAtMs: 1e300 } }],
    ["a lease without an end", { ...record, endsAtMs: Infinity }],
    ["words without end", { ...record, because: "\u0001".repeat(1_000_000) }],
  ])("stays one line of a bearable length: %s", (_sentence, odd) => {
    const line = writeRecord(odd);

    expect(line).not.toMatch(/[\n\r]/);
    expect(line.length).toBeLessThan(32_000);
    expect(readRecord(line)).toMatchObject({ id: odd.id, atMs: odd.atMs, reason: odd.reason });
  });
});

it("who started a pod stands in the record of its start", () => {
  const startedBy = { kind: "agent", agent: "codex", host: "box" } as const;

  expect(JSON.parse(writeRecord({ ...bare, type: "start", startedBy }))).toMatchObject({
    started_by: { kind: "agent", agent: "codex", session: null, host: "box" },
  });
});

describe("reading a record", () => {
  it("gives back what was written, rounded as it was", () => {
    const { ranAtMs: _ran, notBeforeMs: _notBefore, ...kept } = record;

    expect(readRecord(writeRecord(record))).toEqual({
      ...kept,
      run: { ...run, uptimeMs: 135.1 * 60_000, costUsd: 1.2346 },
    });
    expect(readRecord(writeRecord(bare))).toEqual(bare);
  });

  it("gives back any record", () => {
    const usd = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
    const time = fc.integer({ min: 0, max: Date.UTC(2200, 0) });
    const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
    const words = fc.string({ unit: "binary", maxLength: 80 });
    const records: fc.Arbitrary<HistoryRecord> = fc.record({
      id: words,
      atMs: time,
      type: fc.constantFrom(...recordTypes),
      reason: fc.option(words, { nil: null }),
      because: words,
      channel: maybe(fc.string()),
      balanceUsd: maybe(usd),
      belowUsd: maybe(usd),
      endsAtMs: maybe(time),
      startedBy: maybe(
        fc.record({
          kind: fc.constantFrom(
            "person" as const,
            "agent" as const,
            "runpodboss-elsewhere" as const,
            "elsewhere" as const,
          ),
          agent: maybe(words),
          session: maybe(words),
          host: maybe(words),
        }),
      ),
      run: maybe(
        fc.record({
          podId: words,
          podName: words,
          gpuType: maybe(words),
          region: maybe(words),
          uptimeMs: maybe(fc.integer({ min: 0, max: 1e11 })),
          costUsd: maybe(usd),
          costPerHrUsd: maybe(usd),
          capAtMs: maybe(time),
        }),
      ),
    });

    fc.assert(
      fc.property(records, (some) => {
        const again = readRecord(writeRecord(some));

        const [near, there] = [again?.run, some.run];
        expect(Math.abs((near?.uptimeMs ?? 0) - (there?.uptimeMs ?? 0))).toBeLessThan(3_001);
        expect(Math.abs((near?.costUsd ?? 0) - (there?.costUsd ?? 0))).toBeLessThan(0.000_051);
        expect([near?.uptimeMs, near?.costUsd].map((value) => value === undefined)).toEqual(
          [there?.uptimeMs, there?.costUsd].map((value) => value === undefined),
        );
        const rounded = { uptimeMs: undefined, costUsd: undefined };
        const exact = (each: HistoryRecord | undefined) =>
          JSON.stringify({ ...each, run: each?.run && { ...each.run, ...rounded } });
        expect(JSON.parse(exact(again))).toEqual(JSON.parse(exact(some)));
      }),
    );
  });

  const row = JSON.parse(writeRecord(record)) as Readonly<Record<string, unknown>>;

  it.each<[string, object, Partial<HistoryRecord>]>([
    ["with keys that we do not know", { extra: 1, ran_at: "x" }, {}],
    ["with a time of another zone", { timestamp: "2026-11-23T04:15:00.042+01:00" }, {}],
    ["whose balance is null", { balance_usd: null }, { balanceUsd: undefined }],
    ["whose balance is a word", { balance_usd: "9" }, { balanceUsd: undefined }],
    ["whose lease ends at no time", { ends_at: "soon" }, { endsAtMs: undefined }],
    ["without a reason", { reason: undefined }, { reason: null }],
    ["whose reason is a number", { reason: 5 }, { reason: null }],
    ["without a pod", { pod_id: null }, { run: undefined }],
    ["with who started it as a word", { started_by: "me" }, { startedBy: undefined }],
    ["started by nobody", { started_by: null }, { startedBy: undefined }],
    ["started by what we do not know", { started_by: { kind: "cat" } }, { startedBy: undefined }],
    [
      "started by an agent that does not tell its name",
      { started_by: { kind: "agent", agent: 5, host: "box" } },
      { startedBy: { kind: "agent", agent: undefined, session: undefined, host: "box" } },
    ],
    ["without words", { because: undefined }, { because: "" }],
  ])("is lenient with a line %s", (_sentence, change, expected) => {
    const found = readRecord(JSON.stringify({ ...row, ...change }));

    expect(found).toEqual({ ...readRecord(writeRecord(record)), ...expected });
  });

  it("calls a pod without a name by its id, and knows nothing else of it", () => {
    const line = { timestamp: row["timestamp"], event_type: "stop", id: "1", pod_id: "p9" };

    expect(readRecord(JSON.stringify(line))?.run).toEqual({ podId: "p9", podName: "p9" });
  });

  it.each([
    ["nothing", ""],
    ["half a line", writeRecord(record).slice(0, -1)],
    ["the end of a line", writeRecord(record).slice(1)],
    ["two lines in one", writeRecord(record).repeat(2)],
    ["null", "null"],
    ["a list", "[]"],
    ["a number", "5"],
    ["no id", JSON.stringify({ ...row, id: undefined })],
    ["no time", JSON.stringify({ ...row, timestamp: undefined })],
    ["a time that is none", JSON.stringify({ ...row, timestamp: "2026-02-30T00:00:00Z" })],
    ["a time that is a number", JSON.stringify({ ...row, timestamp: atMs })],
    ["an event that we do not know", JSON.stringify({ ...row, event_type: "toString" })],
  ])("finds none in %s", (_sentence, line) => {
    expect(readRecord(line)).toBeUndefined();
  });
});
