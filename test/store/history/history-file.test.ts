import fs from "node:fs";
import promises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { HistoryRecord } from "#guard/model/run.ts";
import { identityOf } from "#process/identity.ts";
import { createHistoryFile } from "#store/history/history-file.ts";
import { readHistory } from "#store/history/history-reading.ts";
import { writeRecord } from "#store/history/history-text.ts";
import { takeTurn } from "#store/lock/with-lock.ts";
import { makeFifo, tempFolder } from "../../temp-folder.ts";
import { childProgram, withFilesUpTo } from "../child.ts";

const startAppender = childProgram("history-appender");
const startMs = Date.UTC(2026, 10, 23, 3, 15);
const textOf = (path: string): string => fs.readFileSync(path, "utf8");
const idsIn = async (path: string): Promise<readonly string[]> =>
  (await readHistory(path, 0)).records.map(({ id }) => id);

function setUp(path = join(tempFolder(), "history.jsonl")) {
  const troubles: string[] = [];
  const onTrouble = (because: string): void => void troubles.push(because);
  const create = (patienceMs = 5_000) =>
    createHistoryFile(path, { identityOf, onTrouble, patienceMs });
  return { path, create, troubles, history: create() };
}

function note(id: string, atMs = startMs): HistoryRecord {
  return { id, atMs, type: "notify", reason: "warning", because: `it is ${id}` };
}

function end(id: string, over: Partial<HistoryRecord> = {}, podId = "p1"): HistoryRecord {
  return {
    id,
    atMs: startMs,
    type: "stop",
    reason: "idle_30m",
    because: "it was idle",
    run: {
      podId,
      podName: "training",
      gpuType: undefined,
      region: undefined,
      uptimeMs: undefined,
      costUsd: undefined,
      costPerHrUsd: undefined,
    },
    ...over,
  };
}

/** Tells how much of a file is read from now on. */
function readBytes(path: string): () => number {
  const real = promises.open;
  let bytes = 0;
  promises.open = async (...args) => {
    const file = await real(...args);
    if (args[0] !== path) return file;
    const read = file.read.bind(file) as (...rest: unknown[]) => Promise<{ bytesRead: number }>;
    const counting = async (...rest: unknown[]) => {
      const result = await read(...rest);
      bytes += result.bytesRead;
      return result;
    };
    return Object.assign(file, { read: counting });
  };
  syncBuiltinESMExports();
  onTestFinished(() => {
    promises.open = real;
    syncBuiltinESMExports();
  });
  return () => bytes;
}

describe("appending", () => {
  it("makes the file for its owner alone, with its folders, and leaves nothing else", async () => {
    const folder = tempFolder();
    const { history, path } = setUp(join(folder, "a", "history.jsonl"));

    await history.append([note("1"), note("2")]);
    await history.append([note("3")]);

    const lines = ["1", "2", "3"].map((id) => `${writeRecord(note(id))}\n`);
    expect(textOf(path)).toBe(`{"runpodboss":"history of state.json"}\n${lines.join("")}`);
    expect(fs.statSync(path).mode & 0o777).toBe(0o600);
    expect(fs.readdirSync(join(folder, "a"))).toEqual(["history.jsonl"]);
  });

  it("of nothing touches nothing", async () => {
    const { history, path } = setUp();

    await history.append([]);

    expect(fs.existsSync(path)).toBe(false);
  });

  it("goes through a symlink, which stays one", async () => {
    const folder = tempFolder();
    fs.symlinkSync("real.jsonl", join(folder, "history.jsonl"));
    const { history, path } = setUp(join(folder, "history.jsonl"));

    await history.append([note("1")]);

    expect(fs.lstatSync(path).isSymbolicLink()).toBe(true);
    expect(await idsIn(join(folder, "real.jsonl"))).toEqual(["1"]);
  });

  it("writes no id twice: in one go, later, and after a restart", async () => {
    const { path, history, create } = setUp();

    await history.append([note("1"), note("1"), note("2")]);
    await history.append([note("2"), note("3")]);
    await create().append([note("1"), note("2"), note("3"), note("4")]);

    expect(await idsIn(path)).toEqual(["1", "2", "3", "4"]);
  });

  it("finds an id that some hundred lines follow", async () => {
    const { path, history } = setUp();
    await history.append([note("1")]);
    await history.append(Array.from({ length: 300 }, (_, n) => note(`more ${n}`)));

    await history.append([note("1")]);

    expect((await idsIn(path)).filter((id) => id === "1")).toEqual(["1"]);
  });

  it("finds all of a batch that is there already, however large", async () => {
    const { path, history } = setUp();
    const batch = Array.from({ length: 3_000 }, (_, n) => note(`${n}`));
    await history.append(batch);

    await history.append([...batch, note("new")]);

    expect(await idsIn(path)).toEqual([...batch.map(({ id }) => id), "new"]);
  });

  it.each<[string, HistoryRecord, HistoryRecord, boolean]>([
    ["ended since", end("1"), end("2", { ranAtMs: startMs - 1 }), false],
    ["ended at that very moment", end("1"), end("2", { ranAtMs: startMs }), false],
    ["ended before it was seen to run", end("1"), end("2", { ranAtMs: startMs + 1 }), true],
    [
      "was terminated since",
      end("1", { type: "termination" }),
      end("2", { ranAtMs: startMs - 1 }),
      false,
    ],
    [
      "was stopped since, and is gone",
      end("1"),
      end("2", { type: "termination", ranAtMs: startMs - 1 }),
      false,
    ],
    ["is another", end("1", {}, "p2"), end("2", { ranAtMs: startMs - 1 }), true],
    ["was only warned since", end("1", { type: "warn" }), end("2", { ranAtMs: startMs - 1 }), true],
    ["ended since, but this is no end by itself", end("1"), end("2", { type: "warn" }), true],
    ["ended since, and nobody says when it ran", end("1"), end("2"), true],
    ["is not known", end("1"), end("2", { run: undefined, ranAtMs: startMs - 1 }), true],
  ])("writes an end whose pod %s: %#", async (_sentence, first, second, isWritten) => {
    const [together, apart] = [setUp(), setUp()];

    await together.history.append([first, second]);
    await apart.history.append([first]);
    await apart.create().append([second]);

    const ids = isWritten ? ["1", "2"] : ["1"];
    expect(await idsIn(together.path)).toEqual(ids);
    expect(await idsIn(apart.path)).toEqual(ids);
  });

  it("leaves what a crash cut short a line of its own", async () => {
    const { path, history } = setUp();
    const torn = writeRecord(note("1")).slice(0, 30);
    fs.writeFileSync(path, torn);

    await history.append([note("2")]);

    expect(textOf(path)).toBe(`${torn}\n${writeRecord(note("2"))}\n`);
    expect(await readHistory(path, 0)).toMatchObject({ records: [{ id: "2" }], unreadable: 1 });
  });

  it("takes a last line that only lacks its end for what it is", async () => {
    const { path, history } = setUp();
    fs.writeFileSync(path, writeRecord(note("1")));

    await history.append([note("1"), note("2")]);

    expect(await readHistory(path, 0)).toMatchObject({
      records: [{ id: "1" }, { id: "2" }],
      unreadable: 0,
    });
  });

  it("loses and mixes no line among 3 processes", async () => {
    const { path } = setUp();
    const who = ["a", "b", "c"];

    const ends = await Promise.all(who.map((name) => startAppender([path, name, "8"]).ended));

    expect(ends.map(({ stderr }) => stderr)).toEqual(who.map(() => ""));
    const { records, unreadable } = await readHistory(path, 0);
    expect(unreadable).toBe(0);
    const expected = who.flatMap((name) => Array.from({ length: 8 }, (_, n) => `${name}-${n}`));
    expect(records.map(({ id }) => id).toSorted()).toEqual(expected.toSorted());
  });

  it("writes once what 3 processes write at the same time", async () => {
    const { path } = setUp();
    const startAt = String(Date.now() + 500);

    const ends = await Promise.all(
      [1, 2, 3].map(() => startAppender([path, "same", "8", startAt]).ended),
    );

    expect(ends.map(({ stderr }) => stderr)).toEqual(["", "", ""]);
    expect(await idsIn(path)).toEqual(Array.from({ length: 8 }, (_, n) => `same-${n}`));
  });

  it("goes on without the lock while another keeps it, and tells", async () => {
    const { path, create, troubles } = setUp();
    const hold = await takeTurn(path, identityOf);
    const history = create(40);

    await history.append([note("1")]);
    const whileHeld = await idsIn(path);
    await hold.release();
    await history.append([note("2")]);

    expect(whileHeld).toEqual(["1"]);
    expect(await idsIn(path)).toEqual(["1", "2"]);
    expect(troubles).toEqual([
      `written without its lock: another runpodboss (pid ${process.pid}) keeps ${path} locked`,
    ]);
  });

  it("takes out nothing, however old, and reads no more than the end of what is there", async () => {
    const { path, history } = setUp();
    const size = 50_000_000;
    fs.writeFileSync(path, `${writeRecord(note("old", 0))}\n`);
    // The rest takes no room on the disk, and would take minutes to be read as lines.
    fs.truncateSync(path, size);
    const read = readBytes(path);

    await history.append([note("1")]);

    expect(read()).toBeLessThan(1_000_000);
    expect(fs.statSync(path).size).toBe(size + writeRecord(note("1")).length + 2);
  });

  it("tells of a full disk, and what was cut short spoils nothing", async () => {
    const { path, history } = setUp();

    const { code, stderr } = await startAppender([path, "a", "9"], withFilesUpTo(2)).ended;

    expect(code).toBe(1);
    expect(stderr).toMatch(/took \d+ of \d+ bytes: is the disk full\?/);
    expect(fs.statSync(path).size).toBe(1_024);
    const before = await idsIn(path);
    await history.append([note("after")]);
    const { code: again } = await startAppender([path, "a", "9"]).ended;

    expect(again).toBe(0);
    const { records, unreadable } = await readHistory(path, 0);
    expect(unreadable).toBe(1);
    const missed = Array.from({ length: 9 }, (_, n) => `a-${n}`).slice(before.length);
    expect(records.map(({ id }) => id)).toEqual([...before, "after", ...missed]);
  });

  it.each<[string, (path: string) => void, RegExp]>([
    ["a folder", (path) => fs.mkdirSync(path), /EISDIR/],
    ["a FIFO", makeFifo, /is not a regular file/],
    ["a device", (path) => fs.symlinkSync("/dev/full", path), /is not a regular file/],
    ["a symlink to itself", (path) => fs.symlinkSync(path, path), /symlinks/],
  ])("throws on %s", async (_sentence, make, words) => {
    const { path, history } = setUp();
    make(path);

    await expect(history.append([note("1")])).rejects.toThrow(words);
    await expect(readHistory(path, 0)).rejects.toThrow(/not a regular file|symlinks/);
  });

  it("throws where no file can be made", async () => {
    const { history } = setUp("/proc/self/history.jsonl");

    await expect(history.append([note("1")])).rejects.toThrow(/ENOENT|EPERM|EACCES|EROFS/);
  });

  it("without the lock notices that the file was put in place anew, and writes once more", async () => {
    const { path, create } = setUp();
    const history = create(40);
    fs.writeFileSync(path, `${writeRecord(note("1"))}\n`);
    const hold = await takeTurn(path, identityOf);
    const real = promises.open;
    let opened = 0;
    promises.open = async (...args) => {
      const file = await real(...args);
      // The file is replaced right after it was opened to be appended to.
      if (args[0] === path && opened++ === 0) {
        fs.writeFileSync(`${path}.new`, textOf(path));
        fs.renameSync(`${path}.new`, path);
      }
      return file;
    };
    syncBuiltinESMExports();
    onTestFinished(() => {
      promises.open = real;
      syncBuiltinESMExports();
    });

    await history.append([note("2")]);

    expect(opened).toBe(2);
    await hold.release();
    expect(await idsIn(path)).toEqual(["1", "2"]);
  });
});
