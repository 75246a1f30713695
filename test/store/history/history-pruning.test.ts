import fs from "node:fs";
import promises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { HistoryRecord } from "#guard/model/run.ts";
import { identityOf } from "#process/identity.ts";
import { createHistoryFile } from "#store/history/history-file.ts";
import { pruneHistory } from "#store/history/history-pruning.ts";
import { readHistory } from "#store/history/history-reading.ts";
import { writeRecord } from "#store/history/history-text.ts";
import { takeTurn } from "#store/lock/with-lock.ts";
import { makeFifo, tempFolder } from "../../temp-folder.ts";
import { childProgram } from "../child.ts";

const startAppender = childProgram("history-appender");
const dayMs = 24 * 3_600_000;
const nowMs = Date.UTC(2026, 10, 23, 3, 15);
const cut = nowMs - 90 * dayMs;
const longAgo = cut - 2 * dayMs;
const never = new AbortController().signal;

function note(id: string, atMs = nowMs): HistoryRecord {
  return { id, atMs, type: "notify", reason: "warning", because: `it is ${id}` };
}

const first = '{"runpodboss":"history of state.json"}\n';
const lineOf = (record: HistoryRecord): string => `${writeRecord(record)}\n`;
const idsIn = async (path: string): Promise<readonly string[]> =>
  (await readHistory(path, 0)).records.map(({ id }) => id);

function fileWith(...records: readonly HistoryRecord[]): string {
  const path = join(tempFolder(), "history.jsonl");
  fs.writeFileSync(path, first + records.map(lineOf).join(""), { mode: 0o600 });
  return path;
}

function prune(path: string, changes: Partial<Parameters<typeof pruneHistory>[1]> = {}) {
  return pruneHistory(path, { nowMs, days: 90, identityOf, signal: never, ...changes });
}

/** Does `meanwhile` right before a file of that name takes its place. */
function beforeRename(name: string, meanwhile: () => void): void {
  const real = promises.rename;
  const restore = (): void => {
    promises.rename = real;
    syncBuiltinESMExports();
  };
  promises.rename = async (from, to) => {
    if (String(to).endsWith(name)) {
      restore();
      meanwhile();
    }
    await real(from, to);
  };
  syncBuiltinESMExports();
  onTestFinished(restore);
}

it("keeps what is young enough and what is no record, and drops empty lines", async () => {
  const path = fileWith();
  const long = `${"x".repeat(200_000)}\n`;
  const odd = Buffer.from([0xff, 0xfe, 0x0a]);
  const [oldest, old, young] = [note("oldest", longAgo), note("old", cut - 1), note("young", cut)];
  const unknown = lineOf(note("9", 0)).replace("notify", "of a later version");
  fs.writeFileSync(
    path,
    Buffer.concat([
      Buffer.from(
        `${first}${long}someone's\n\n \n${unknown}${[oldest, old, young].map(lineOf).join("")}`,
      ),
      odd,
    ]),
  );

  await prune(path);

  expect(fs.readFileSync(path)).toEqual(
    Buffer.concat([Buffer.from(`${first}${long}someone's\n${unknown}${lineOf(young)}`), odd]),
  );
  expect(fs.statSync(path).mode & 0o777).toBe(0o600);
  expect(fs.readdirSync(join(path, ".."))).toEqual(["history.jsonl"]);
});

it("goes through a symlink, which stays one", async () => {
  const path = fileWith(note("old", longAgo), note("1"));
  const real = join(path, "..", "real.jsonl");
  fs.renameSync(path, real);
  fs.symlinkSync("real.jsonl", path);

  await prune(path);

  expect(fs.lstatSync(path).isSymbolicLink()).toBe(true);
  expect(await idsIn(real)).toEqual(["1"]);
});

describe("is not due", () => {
  it.each<[string, readonly HistoryRecord[]]>([
    ["while the first record is young", [note("1", cut), note("2", longAgo)]],
    ["while it is too old by less than a day", [note("1", cut - dayMs), note("2")]],
    ["of nothing", []],
  ])("%s", async (_sentence, records) => {
    const path = fileWith(...records);
    const { ino } = fs.statSync(path);

    await prune(path);

    expect(fs.statSync(path).ino).toBe(ino);
    expect(await idsIn(path)).toEqual(records.map(({ id }) => id));
  });

  it("when it is not known how long to keep it", async () => {
    const path = fileWith(note("1", 0));

    await prune(path, { days: NaN });

    expect(await idsIn(path)).toEqual(["1"]);
  });

  it("once it was done, however often a daemon begins anew that day", async () => {
    const path = fileWith(note("old", longAgo), note("1", cut), note("2"));
    await prune(path);
    const { ino } = fs.statSync(path);

    await prune(path, { nowMs: nowMs + dayMs });
    const after = fs.statSync(path).ino;
    await prune(path, { nowMs: nowMs + dayMs + 1 });

    expect(after).toBe(ino);
    expect(await idsIn(path)).toEqual(["2"]);
  });

  it("where there is no file, and makes none", async () => {
    const folder = tempFolder();

    await prune(join(folder, "history.jsonl"));

    expect(fs.readdirSync(folder)).toEqual([]);
  });
});

it("is due behind lines that are none, and behind a record of a clock that was wrong", async () => {
  const path = fileWith(note("2100", Date.UTC(2100, 0)), note("old", longAgo), note("1"));
  fs.writeFileSync(path, `${first}what?\n${fs.readFileSync(path, "utf8")}`);

  await prune(path);

  expect(await idsIn(path)).toEqual(["2100", "1"]);
});

describe("while others write", () => {
  it("keeps the lines of those who wait for their turn, which is short", async () => {
    const path = fileWith(note("old", longAgo), ...many(20_000));
    const troubles: string[] = [];
    const history = createHistoryFile(path, {
      identityOf,
      onTrouble: (because) => troubles.push(because),
    });

    const pruned = prune(path);
    for (let n = 0; n < 20; n += 1) await history.append([note(`new ${n}`)]);
    await pruned;
    await history.append([note("last")]);

    const ids = await idsIn(path);
    expect(ids.slice(20_000)).toEqual([
      ...Array.from({ length: 20 }, (_, n) => `new ${n}`),
      "last",
    ]);
    expect(ids).not.toContain("old");
    expect(troubles).toEqual([]);
  });

  it("keeps the line of one who did not wait and wrote at the last moment", async () => {
    const path = fileWith(note("old", longAgo), note("1"));
    beforeRename("history.jsonl", () => fs.appendFileSync(path, lineOf(note("hedged"))));

    await prune(path);

    expect(await idsIn(path)).toEqual(["1", "hedged"]);
  });

  it("keeps a line that is being written, and what comes of it", async () => {
    const path = fileWith(note("old", longAgo), note("1"));
    const line = lineOf(note("2", longAgo));
    fs.appendFileSync(path, line.slice(0, 50));
    beforeRename("history.jsonl", () => fs.appendFileSync(path, line.slice(50)));

    await prune(path);

    expect(await idsIn(path)).toEqual(["1", "2"]);
  });

  it("loses no line of 2 processes that append while 2 others take out what is old", async () => {
    const path = join(tempFolder(), "history.jsonl");
    const who = ["a", "b"];

    const ends = await Promise.all([
      ...who.map((name) => startAppender([path, name, "16"]).ended),
      ...["x", "y"].map((name) => startAppender([path, name, "8", "rewriting"]).ended),
    ]);

    expect(ends.map(({ stderr }) => stderr)).toEqual(ends.map(() => ""));
    const { records, unreadable } = await readHistory(path, 1);
    expect(unreadable).toBe(0);
    const expected = who.flatMap((name) => Array.from({ length: 16 }, (_, n) => `${name}-${n}`));
    expect(records.map(({ id }) => id).toSorted()).toEqual(expected.toSorted());
  });

  function many(count: number): readonly HistoryRecord[] {
    return Array.from({ length: count }, (_, n) => note(`row ${n}`));
  }
});

it.each<[string, (path: string) => Promise<Partial<Parameters<typeof pruneHistory>[1]>>, RegExp]>([
  ["it is told to end", () => Promise.resolve({ signal: AbortSignal.abort() }), /aborted/],
  [
    "the disk is full",
    () => {
      beforeRename("history.jsonl", () => {
        throw new Error("ENOSPC: no space left on device");
      });
      return Promise.resolve({});
    },
    /ENOSPC/,
  ],
  [
    "another keeps it locked",
    async (path) => {
      const hold = await takeTurn(path, identityOf);
      onTestFinished(() => hold.release());
      return { patienceMs: 40 };
    },
    /keeps .* locked/,
  ],
])("leaves the file as it was, and nothing beside it, when %s", async (_sentence, make, words) => {
  const path = fileWith(note("old", longAgo), note("1"));
  const changes = await make(path);
  const before = fs.readdirSync(join(path, ".."));

  await expect(prune(path, changes)).rejects.toThrow(words);

  expect(await idsIn(path)).toEqual(["old", "1"]);
  expect(fs.readdirSync(join(path, ".."))).toEqual(before);
});

it.each<[string, (path: string) => void]>([
  ["a folder", (path) => fs.mkdirSync(path)],
  ["a FIFO", makeFifo],
  ["a symlink to itself", (path) => fs.symlinkSync(path, path)],
])("leaves %s alone: whoever appends tells of it", async (_sentence, make) => {
  const path = join(tempFolder(), "history.jsonl");
  make(path);

  await prune(path);

  expect(fs.readdirSync(join(path, ".."))).toEqual(["history.jsonl"]);
});
