import fc from "fast-check";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { HistoryRecord } from "#guard/model/run.ts";
import { createSumming } from "#report/history-summary.ts";
import { type HistoryQuery, withHistory } from "#report/history.ts";
import { readRecord, writeRecord } from "#store/history/history-text.ts";
import { tempFolder } from "../temp-folder.ts";

const hourMs = 3_600_000;
const nowMs = Date.UTC(2026, 10, 23, 3, 15);

function record(id: string, changes: Partial<HistoryRecord> = {}): HistoryRecord {
  return { id, atMs: nowMs, type: "start", reason: null, because: "started", ...changes };
}

function fileWith(records: readonly HistoryRecord[], more = ""): string {
  const path = join(tempFolder(), "history.jsonl");
  writeFileSync(path, records.map((each) => `${writeRecord(each)}\n`).join("") + more);
  return path;
}

/** All that is told of it. */
function report(path: string, query: Partial<HistoryQuery> = {}) {
  return withHistory(path, { sinceMs: 0, ...query }, nowMs, async (told) => {
    const events: HistoryRecord[] = [];
    for await (const some of told.events()) events.push(...some);
    return { pods: told.pods, events, summary: told.summary(), unreadable: told.unreadable() };
  });
}

const idsOf = ({ events }: Awaited<ReturnType<typeof report>>) => events.map(({ id }) => id);

it.each<[string, readonly number[], readonly string[]]>([
  ["of the same time as the file has them", [9, 5, 5, 1], ["0", "1", "2", "3"]],
  ["what was held back for a while where its time puts it", [9, 5, 7, 1], ["0", "2", "1", "3"]],
  [
    "what happened before the clock was set back before what happened since",
    [9, 5, 125, 124, 4],
    ["0", "1", "2", "3", "4"],
  ],
])("has the events the oldest first: %s", async (_sentence, minutesAgo, ids) => {
  const rows = minutesAgo.map((minutes, n) =>
    record(`${n}`, { atMs: nowMs - (minutes * hourMs) / 60, because: "é" }),
  );

  expect(idsOf(await report(fileWith(rows)))).toEqual(ids);
});

it("has the events of a time in the midst of many more", async () => {
  const rows = Array.from({ length: 3_000 }, (_, n) => record(`${n}`, { atMs: n }));

  const told = await report(fileWith(rows), { sinceMs: 1_500 });

  expect(told.events).toEqual(rows.slice(1_500).map((row) => readRecord(writeRecord(row))));
});

it.each([
  ["only what has that reason", "idle_30m", ["2"]],
  ["what has one that begins so", "idle", ["2", "3"]],
  ["nothing where nothing has", "nothing", []],
])("has %s", async (_sentence, reason, ids) => {
  const path = fileWith([
    record("1"),
    record("2", { reason: "idle_30m" }),
    record("3", { reason: "idle_8h" }),
  ]);

  expect(idsOf(await report(path, { reason }))).toEqual(ids);
});

it("sums up what an end saved until its pod began anew, also when that is not asked for", async () => {
  const run = { podId: "p1", podName: "trainer", costPerHrUsd: 2, uptimeMs: 0 };
  const path = fileWith([
    record("1", { atMs: nowMs - 5 * hourMs, type: "stop", reason: "idle_30m", run }),
    record("2", { atMs: nowMs - 2 * hourMs, run }),
  ]);

  const told = await report(path, { reason: "idle" });

  expect(told.summary.saved).toMatchObject({ total: 6 });
  expect(idsOf(told)).toEqual(["1"]);
});

describe("a pod", () => {
  const pods = [
    ["abc1", "trainer"],
    ["abd2", "sdxl"],
    ["x9", "trainer"],
    ["sdxl", "eval"],
    ["abc1", "renamed"],
  ].map(([podId = "", podName = ""], n) =>
    record(`${n}`, { atMs: nowMs - (5 - n) * hourMs, run: { podId, podName } }),
  );
  const path = (): string => fileWith([...pods, record("podless")], "what?\n");

  it.each([
    ["by its id", "abc1", ["0", "4"], ["abc1"]],
    ["by its id, whoever else is called so", "sdxl", ["3"], ["sdxl"]],
    [
      "by a name, which several had, with all that they did",
      "trainer",
      ["0", "2", "4"],
      ["abc1", "x9"],
    ],
    ["by the beginning of its id", "abd", ["1"], ["abd2"]],
  ])("is found %s", async (_sentence, pod, events, ids) => {
    const told = await report(path(), { pod });

    expect(told.pods).toEqual({ kind: "some", ids });
    expect(idsOf(told)).toEqual(events);
    expect(told.unreadable).toBe(1);
  });

  it.each([
    ["nobody is called so", "nobody"],
    ["nothing was said", ""],
  ])("is not there when %s", async (_sentence, pod) => {
    const told = await report(path(), { pod });

    expect(told).toMatchObject({ pods: { kind: "none" }, events: [], summary: { sessions: 0 } });
  });

  it("is not there when nothing happened to it in that time", async () => {
    const told = await report(path(), { pod: "x9", sinceMs: nowMs - 2 * hourMs });

    expect(told).toMatchObject({ pods: { kind: "none" }, events: [] });
  });

  it("is not clear when several begin so: each has its last name", async () => {
    const told = await report(path(), { pod: "ab" });

    expect(told).toMatchObject({
      pods: {
        kind: "unclear",
        pods: [
          { podId: "abc1", name: "renamed" },
          { podId: "abd2", name: "sdxl" },
        ],
      },
      events: [],
    });
  });

  it("is clear when only one began so in that time", async () => {
    const told = await report(path(), { pod: "ab", sinceMs: nowMs - 2 * hourMs });

    expect(told.pods).toEqual({ kind: "some", ids: ["abc1"] });
  });
});

it.each<[string, string, number]>([
  ["a line that is none", "what?\n", 1],
  ["a line that begins as ours and is cut short", `${writeRecord(record("2")).slice(0, -1)}\n`, 1],
  ["a line that is being written", writeRecord(record("2")).slice(0, -1), 0],
])("counts %s", async (_sentence, more, unreadable) => {
  const told = await report(fileWith([record("1")], more));

  expect(told).toMatchObject({ events: [{ id: "1" }], unreadable });
});

it("is empty where there is no file", async () => {
  const told = await report(join(tempFolder(), "history.jsonl"));

  expect(told).toMatchObject({ pods: { kind: "all" }, events: [], unreadable: 0 });
});

it("throws a fault that says which file cannot be read", async () => {
  const folder = tempFolder();

  await expect(report(folder)).rejects.toThrow(
    `The history file ${folder} cannot be read: ${folder} is not a regular file.`,
  );
});

it("is what reading the whole file from its beginning gives", async () => {
  const hours = fc.integer({ min: 0, max: 30 });
  const rows = fc.array(
    fc.record({
      hoursAgo: hours,
      type: fc.constantFrom("start", "stop", "termination", "touch"),
      reason: fc.constantFrom("idle_30m", "idle_8h", "manual", null),
      pod: fc.option(fc.constantFrom("p1", "p2", "p3")),
      rate: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      uptime: fc.option(hours, { nil: undefined }),
    }),
    { maxLength: 30 },
  );
  const queries = fc.record({
    hours,
    reason: fc.constantFrom(undefined, "idle", "manual"),
    pod: fc.constantFrom(undefined, "p1"),
  });

  await fc.assert(
    fc.asyncProperty(rows, queries, async (given, { hours: asked, reason, pod }) => {
      const records = given.map(({ hoursAgo, type, reason: why, pod: podId, rate, uptime }, n) =>
        record(`${n}`, {
          atMs: nowMs - hoursAgo * hourMs,
          type,
          reason: why,
          ...(podId !== null && {
            run: {
              podId,
              podName: "trainer",
              costPerHrUsd: rate,
              uptimeMs: uptime === undefined ? undefined : uptime * hourMs,
            },
          }),
        }),
      );
      const sinceMs = nowMs - asked * hourMs;

      const told = await report(fileWith(records), { sinceMs, reason, pod });

      const ofPod = records
        .filter(({ atMs }) => atMs >= sinceMs)
        .filter(({ run }) => pod === undefined || run?.podId === pod);
      const isEvent = (each: HistoryRecord): boolean =>
        reason === undefined || each.reason?.startsWith(reason) === true;
      const events = ofPod.filter(isEvent);
      const summing = createSumming();
      for (const each of ofPod) summing.add(each, isEvent(each));
      expect(idsOf(told)).toEqual(events.map(({ id }) => id));
      expect(told.summary).toEqual(summing.summary(nowMs));
    }),
    { numRuns: 60 },
  );
});
