import * as fs from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { emptyState } from "#guard/model/state.ts";
import { identityOf } from "#process/identity.ts";
import { createHistoryFile } from "#store/history/history-file.ts";
import { readHistory } from "#store/history/history-reading.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import { createStateFile } from "#store/state-file.ts";
import { tempFolder } from "../temp-folder.ts";

const atMs = Date.UTC(2026, 10, 23, 3, 15);
const tooLong = "x".repeat(65 * 1_024 * 1_024);
const record = { id: "1", atMs, type: "notify", reason: null, because: tooLong } as const;
const run = {
  podId: "p1",
  name: tooLong,
  firstSeenAtMs: 1,
  startedAtMs: 1,
  startFrom: "begun",
  idleMs: 0,
  warnedAtMs: {},
  actedAtMs: {},
} as const;

function setUp() {
  const folder = tempFolder();
  const path = join(folder, "state.json");
  const store = createStateFile(path, { nowMs: () => atMs, onTrouble: () => {} });
  return { folder, path, store };
}

it("a state that could not be read again is not written, the old one stays, and it says what to do", async () => {
  const { folder, path, store } = setUp();
  await store.save({ ...emptyState, fired: { warning: true } });

  await expect(store.save({ ...emptyState, unrecorded: [record] })).rejects.toThrow(
    `${path} would be over 64 MiB, more than is read again, so it stays as it was. Most of it is "unrecorded"; those are records that wait for the history: let it be written`,
  );
  await expect(store.save({ ...emptyState, fired: { [tooLong]: true } })).rejects.toThrow(
    'Most of it is "fired"; if that is no surprise, move the file away and start runpodboss anew',
  );

  expect((await store.load()).fired).toEqual({ warning: true });
  expect(fs.readdirSync(folder)).toEqual(["state.json"]);
});

it("the same goes for the runs", async () => {
  const { folder, store } = setUp();
  await store.saveLearned({ ...emptyState, lookedAtMs: 7 });

  await expect(store.saveLearned({ ...emptyState, runs: { p1: run } })).rejects.toThrow(
    /runs\.json would be over 64 MiB.* Most of it is "runs"/,
  );

  expect((await store.load()).lookedAtMs).toBe(7);
  expect(fs.readdirSync(folder)).toEqual(["runs.json"]);
});

it("a state as long as it may be is saved and read again", async () => {
  const { store } = setUp();
  const because = "x".repeat(63 * 1_024 * 1_024);
  const owed = { kind: "notify", id: "1", event: "trip", name: "warning", because } as const;
  const state = {
    ...emptyState,
    owed: [{ ...owed, balanceUsd: 1, belowUsd: 2, tries: 0, notBeforeMs: 0 }],
  };

  await store.save(state);

  expect((await store.load()).owed[0]?.because.length).toBe(because.length);
});

it("the same goes for the leases, and the old ones stay", async () => {
  const path = join(tempFolder(), "leases.json");
  const file = createLeaseFile(path, identityOf);
  const book = { leases: {}, touchedAtMs: { p1: atMs } };
  await file.change(() => book);

  const refused = file.change(() => ({
    ...book,
    touchedAtMs: { ["x".repeat(5 * 1_024 * 1_024)]: atMs },
  }));

  await expect(refused).rejects.toMatchObject({
    message: expect.stringContaining("is not written, as it could not be read again"),
    hint: "Take out of it what is no longer needed.",
  });
  expect(await file.read()).toEqual(book);
});

it("a record is read again, however long the names that RunPod gives", async () => {
  const path = join(tempFolder(), "history.jsonl");
  const history = createHistoryFile(path, { identityOf, onTrouble: () => {} });
  const name = "\u0001".repeat(100_000);
  const facts = { uptimeMs: 1, costUsd: 1, costPerHrUsd: 1 };
  const of = { podId: "p1", podName: name, gpuType: name, region: name, ...facts };

  await history.append([{ ...record, because: name, run: of }]);

  const { records, unreadable } = await readHistory(path, 0);
  expect(unreadable).toBe(0);
  expect(records).toMatchObject([{ id: "1", run: { podId: "p1" } }]);
});
