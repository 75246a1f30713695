import * as fs from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { emptyState } from "#guard/model/state.ts";
import { identityOf } from "#process/identity.ts";
import { lastGoodDrill, noteGoodDrill } from "#store/drill-file.ts";
import { createHistoryFile } from "#store/history/history-file.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import {
  channelsFileOf,
  drillFileOf,
  historyFileOf,
  leaseFileOf,
  runsFileOf,
  samplesFileOf,
} from "#store/paths.ts";
import { takePidLock } from "#store/lock/pid-lock.ts";
import { createSamplesFile } from "#store/samples-file.ts";
import { createStateFile } from "#store/state-file.ts";
import { noteTested } from "#store/tested-file.ts";
import { makeFifo, tempFolder } from "../temp-folder.ts";

const paces = { beatMs: 600_000, staleAfterMs: 600_000 };
const atMs = Date.UTC(2026, 10, 23, 3, 15);
const storeOf = (stateFile: string) =>
  createStateFile(stateFile, { nowMs: () => atMs, onTrouble: () => {} });

/** A folder with this mode and a file elsewhere that a link in it points to. */
function folderWith(mode: number) {
  const [folder, elsewhere] = [tempFolder(), tempFolder()];
  fs.chmodSync(folder, mode);
  const precious = join(elsewhere, "authorized_keys");
  fs.writeFileSync(precious, "", { mode: 0o644 });
  return { stateFile: join(folder, "state.json"), folder, precious };
}

/** Of each file that we write, where it is and how it is written. */
const writers: readonly (readonly [
  what: string,
  of: (stateFile: string) => string,
  write: (stateFile: string) => Promise<unknown>,
])[] = [
  ["the state", (stateFile) => stateFile, (stateFile) => storeOf(stateFile).save(emptyState)],
  ["the runs", runsFileOf, (stateFile) => storeOf(stateFile).saveLearned(emptyState)],
  [
    "the history",
    historyFileOf,
    (stateFile) =>
      createHistoryFile(historyFileOf(stateFile), { identityOf, onTrouble: () => {} }).append([
        { id: "1", atMs, type: "notify", reason: null, because: "" },
      ]),
  ],
  [
    "the samples",
    samplesFileOf,
    (stateFile) =>
      createSamplesFile(samplesFileOf(stateFile)).add({ atMs, balanceUsd: 1, burnPerHrUsd: 1 }),
  ],
  [
    "the leases",
    leaseFileOf,
    (stateFile) => createLeaseFile(leaseFileOf(stateFile), identityOf).change((book) => book),
  ],
  ["the drill", drillFileOf, (stateFile) => noteGoodDrill(stateFile, new Date(atMs))],
  [
    "the tests of channels",
    channelsFileOf,
    (stateFile) => noteTested(stateFile, { ntfy: { at: new Date(atMs).toISOString(), mark: "1" } }),
  ],
];

describe("in a folder that others may write", () => {
  it.each(writers)("a symlink in the place of %s is not followed", async (_what, of, write) => {
    const { stateFile, precious } = folderWith(0o777);
    fs.symlinkSync(precious, of(stateFile));

    await expect(write(stateFile)).rejects.toThrow(
      /is a symlink that someone else may have put there, so it is not followed\. Choose a folder/,
    );

    expect(fs.readFileSync(precious, "utf8")).toBe("");
    expect(fs.statSync(precious).mode & 0o777).toBe(0o644);
  });

  it.each(writers)("a hard link in the place of %s changes nothing", async (_what, of, write) => {
    const { stateFile, precious } = folderWith(0o777);
    fs.linkSync(precious, of(stateFile));

    // What is written anew and renamed into place leaves the other name alone.
    const fault = await write(stateFile).then(
      () => "",
      (error: Error) => error.message,
    );

    expect(fault).toMatch(/^$|is a hard link that someone else may have put there|is broken/);

    expect(fs.readFileSync(precious, "utf8")).toBe("");
    expect(fs.statSync(precious).mode & 0o777).toBe(0o644);
  });

  it("a symlink to a folder that is not there yet makes none", async () => {
    const { stateFile, precious } = folderWith(0o1777);
    fs.symlinkSync(`${precious}.d/state.json`, stateFile);

    await expect(storeOf(stateFile).save(emptyState)).rejects.toThrow(/is not followed/);

    expect(fs.existsSync(`${precious}.d`)).toBe(false);
  });

  it("a symlink in the place of the lock is not followed either, and told", async () => {
    const { stateFile, precious } = folderWith(0o777);
    fs.symlinkSync(precious, `${stateFile}.lock`);

    expect((await takePidLock(stateFile, identityOf, { paces })).trouble).toMatch(/ELOOP/);

    expect(fs.readFileSync(precious, "utf8")).toBe("");
  });

  it("one's own files are written as anywhere else", async () => {
    const { stateFile } = folderWith(0o777);

    for (const [, , write] of writers) await write(stateFile);
    for (const [, of, write] of writers) {
      await write(stateFile);
      expect(fs.readFileSync(of(stateFile), "utf8")).not.toBe("");
    }
  });
});

describe("in a folder of one's own", () => {
  it.each(writers)(
    "a symlink for %s, as dotfile managers make it, stays one",
    async (_what, of, write) => {
      const { stateFile, precious } = folderWith(0o700);
      fs.rmSync(precious);
      fs.symlinkSync(precious, of(stateFile));

      await write(stateFile);

      expect(fs.lstatSync(of(stateFile)).isSymbolicLink()).toBe(true);
      expect(fs.readFileSync(precious, "utf8")).not.toBe("");
    },
  );

  it("a hard link, as backups make them, is written to", async () => {
    const { stateFile, folder } = folderWith(0o700);
    const history = historyFileOf(stateFile);
    fs.writeFileSync(history, "");
    fs.linkSync(history, join(folder, "backup"));

    for (const [, , write] of writers) await write(stateFile);

    expect(fs.readFileSync(join(folder, "backup"), "utf8")).toContain("history of state.json");
  });
});

it.each([
  ["a FIFO", makeFifo],
  ["a folder", (path: string) => fs.mkdirSync(path)],
  [
    "a huge file",
    (path: string) => {
      fs.writeFileSync(path, '{"lastGoodAt":"2026-11-23T03:15:00.000Z"}');
      fs.truncateSync(path, 4_000_000_000);
    },
  ],
])("%s as drill.json holds up nobody, and says nothing of a drill", async (_sentence, make) => {
  const stateFile = join(tempFolder(), "state.json");
  make(drillFileOf(stateFile));

  expect(await lastGoodDrill(stateFile)).toBeUndefined();
});
