import * as fs from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { BalanceSample } from "#ports.ts";
import { createSamplesFile, samplesBack } from "#store/samples-file.ts";
import { makeFifo, tempFolder } from "../temp-folder.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const startMs = Date.UTC(2026, 10, 23, 3, 15);
const textOf = (path: string): string => fs.readFileSync(path, "utf8");

const never = new AbortController().signal;

function setUp(path = join(tempFolder(), "samples.jsonl")) {
  const create = () => createSamplesFile(path);
  return { path, create, store: create() };
}

function sample(atMs: number, balanceUsd = 9.8234): BalanceSample {
  return { atMs, balanceUsd, burnPerHrUsd: 0.44 };
}

const first = '{"runpodboss":"samples of state.json"}\n';

function lineOf(atMs: number): string {
  const timestamp = new Date(atMs).toISOString();
  return `${JSON.stringify({ timestamp, balance_usd: 9.8234, burn_per_hr_usd: 0.44 })}\n`;
}

/** In the order of the file. */
async function samplesIn(path: string): Promise<readonly BalanceSample[]> {
  const samples: BalanceSample[] = [];
  for await (const each of samplesBack(path)) samples.push(each);
  return samples.toReversed();
}

const timesIn = async (path: string): Promise<readonly number[]> =>
  (await samplesIn(path)).map(({ atMs }) => atMs);

describe("adding samples", () => {
  it("writes a line each, for its owner alone, and gives them back", async () => {
    const folder = tempFolder();
    const { path, store } = setUp(join(folder, "a", "samples.jsonl"));
    const unknown = { atMs: startMs + minuteMs, balanceUsd: -0.5, burnPerHrUsd: undefined };

    await store.add(sample(startMs));
    await store.add(unknown);

    expect(textOf(path)).toBe(
      first +
        '{"timestamp":"2026-11-23T03:15:00.000Z","balance_usd":9.8234,"burn_per_hr_usd":0.44}\n' +
        '{"timestamp":"2026-11-23T03:16:00.000Z","balance_usd":-0.5,"burn_per_hr_usd":null}\n',
    );
    expect(fs.statSync(path).mode & 0o777).toBe(0o600);
    expect(await samplesIn(path)).toEqual([sample(startMs), unknown]);
  });

  it("keeps at most one a minute, also across restarts", async () => {
    const { path, store, create } = setUp();

    for (const atMs of [0, 1, 59_999, 60_000]) await store.add(sample(startMs + atMs));
    for (const atMs of [60_001, 119_999, 120_000, 130_000])
      await create().add(sample(startMs + atMs));

    expect(await timesIn(path)).toEqual([0, 60_000, 120_000].map((atMs) => startMs + atMs));
  });

  it("goes on after the clock was set back", async () => {
    const { path, store } = setUp();

    await store.add(sample(startMs));
    await store.add(sample(startMs - dayMs));

    expect(await timesIn(path)).toEqual([startMs, startMs - dayMs]);
  });

  it("leaves what a crash cut short a line of its own, and still knows the minute", async () => {
    const { path, store } = setUp();
    const torn = lineOf(startMs + minuteMs).slice(0, 20);
    fs.writeFileSync(path, `${lineOf(startMs + dayMs)}${lineOf(startMs)}${torn}`);

    await store.add(sample(startMs + 1));
    const before = await timesIn(path);
    await store.add(sample(startMs + minuteMs));

    expect(before).toEqual([startMs + dayMs, startMs]);
    expect(await timesIn(path)).toEqual([startMs + dayMs, startMs, startMs + minuteMs]);
  });

  it.each<[string, (path: string) => void, RegExp]>([
    ["a folder", (path) => fs.mkdirSync(path), /EISDIR/],
    ["a FIFO", makeFifo, /is not a regular file/],
    ["a device", (path) => fs.symlinkSync("/dev/full", path), /is not a regular file/],
  ])("throws on %s", async (_sentence, make, words) => {
    const { path, store } = setUp();
    make(path);

    await expect(store.add(sample(startMs))).rejects.toThrow(words);
    await expect(samplesIn(path)).rejects.toThrow(/is not a regular file/);
  });
});

describe("thinning the file", () => {
  const old = startMs - 10 * dayMs;
  const times = [
    startMs - 91 * dayMs,
    old,
    old + minuteMs,
    old + 15 * minuteMs,
    startMs - minuteMs,
  ];
  const thinned = [old, old + 15 * minuteMs, startMs - minuteMs];

  function fileWith(...atMs: readonly number[]) {
    const made = setUp();
    fs.writeFileSync(made.path, first + atMs.map(lineOf).join(""), { mode: 0o600 });
    return made;
  }

  it("takes out what is too old, and of what is older than a week all but one in 15 minutes", async () => {
    const { path, store } = fileWith(...times);

    await store.thin(startMs, 90, never);

    expect(await timesIn(path)).toEqual(thinned);
    expect(fs.statSync(path).mode & 0o777).toBe(0o600);
    expect(fs.readdirSync(join(path, ".."))).toEqual(["samples.jsonl"]);
  });

  it.each<[string, readonly number[], number]>([
    ["that are too old", [startMs - 3 * dayMs, startMs - minuteMs], 1],
    ["that are more than one in 15 minutes", [old, old + minuteMs, startMs - minuteMs], 90],
  ])("is due when there are samples %s", async (_sentence, atMs, days) => {
    const { path, store } = fileWith(...atMs);

    await store.thin(startMs, days, never);

    expect(await timesIn(path)).toHaveLength(atMs.length - 1);
  });

  it.each<[string, readonly number[]]>([
    ["there is nothing to do", [startMs - minuteMs, startMs]],
    ["it was done, and half a day has not passed", [...thinned]],
    [
      "there is less than half a day to do",
      [startMs - 7 * dayMs - minuteMs, startMs - 7 * dayMs - 1],
    ],
    ["there is none", []],
  ])("is not due when %s", async (_sentence, atMs) => {
    const { path, store } = fileWith(...atMs);
    const { ino } = fs.statSync(path);

    await store.thin(startMs, 90, never);

    expect(fs.statSync(path).ino).toBe(ino);
    expect(await timesIn(path)).toEqual(atMs);
  });

  it("makes no file where there is none", async () => {
    const { path, store } = setUp();

    await store.thin(startMs, 90, never);

    expect(fs.existsSync(path)).toBe(false);
  });

  it("takes out nothing when it is not known how long to keep it", async () => {
    const { path, store } = fileWith(startMs - 3_000 * dayMs);

    await store.thin(startMs, NaN, never);

    expect(await timesIn(path)).toHaveLength(1);
  });

  it("loses no sample that is added meanwhile", async () => {
    const { path, store } = fileWith(...times);
    const added = [0, 1, 2, 3, 4, 5].map((n) => startMs + n * minuteMs);

    await Promise.all([
      store.thin(startMs, 90, never),
      ...added.map((atMs) => store.add(sample(atMs))),
    ]);

    expect(await timesIn(path)).toEqual([...thinned, ...added]);
  });

  it("leaves the file as it was when it cannot be done, and hinders no sample", async () => {
    const folder = tempFolder();
    // Its temporary file has too long a name.
    const { path, store } = setUp(join(folder, "n".repeat(250)));
    fs.writeFileSync(path, times.map(lineOf).join(""));

    await expect(store.thin(startMs, 90, never)).rejects.toThrow(/ENAMETOOLONG/);
    await store.add(sample(startMs));

    expect(await timesIn(path)).toEqual([...times, startMs]);
    expect(fs.readdirSync(folder)).toHaveLength(1);
  });

  it("leaves a folder alone: adding a sample tells of it", async () => {
    const { path, store } = setUp();
    fs.mkdirSync(path);

    await store.thin(startMs, 90, never);

    expect(fs.statSync(path).isDirectory()).toBe(true);
  });

  it("keeps what is no sample, whoever wrote it, and drops empty lines", async () => {
    const { path, store } = fileWith(...times);
    const long = `${"[".repeat(200_000)}\n`;
    fs.appendFileSync(path, `what?\n\n${long}${lineOf(startMs)}`);

    await store.thin(startMs, 90, never);

    expect(textOf(path)).toBe(
      `${first}${thinned.map(lineOf).join("")}what?\n${long}${lineOf(startMs)}`,
    );
  });
});

describe("reading samples", () => {
  it("finds none where there is no file, and makes none", async () => {
    const { path } = setUp();

    expect(await samplesIn(path)).toEqual([]);
    expect(fs.existsSync(path)).toBe(false);
  });

  it("begins with the last, and reads no further than it is asked to", async () => {
    const { path } = setUp();
    fs.writeFileSync(path, "");
    // A hole: it takes no room, and would take minutes to be read.
    fs.truncateSync(path, 4_000_000_000);
    fs.appendFileSync(path, `\n${lineOf(startMs)}${lineOf(startMs + minuteMs)}`);

    const times: number[] = [];
    for await (const { atMs } of samplesBack(path)) {
      times.push(atMs);
      if (times.length === 2) break;
    }

    expect(times).toEqual([startMs + minuteMs, startMs]);
  });

  it.each([
    ["no time", '{"balance_usd":1,"burn_per_hr_usd":1}'],
    ["no balance", '{"timestamp":"2026-11-23T03:16:00.000Z","burn_per_hr_usd":1}'],
    ["a balance that is null", '{"timestamp":"2026-11-23T03:16:00.000Z","balance_usd":null}'],
    ["a balance beyond all", '{"timestamp":"2026-11-23T03:16:00.000Z","balance_usd":1e999}'],
    ["a torn line", '{"timestamp":"2026-11-23T03:16:00.000Z","balance_usd":1'],
  ])("leaves out a line with %s", async (_sentence, line) => {
    const { path } = setUp();
    fs.writeFileSync(path, `${line}\n${lineOf(startMs)}${line}`);

    expect(await samplesIn(path)).toEqual([sample(startMs)]);
  });

  it("does not know a burn that is no number", async () => {
    const { path } = setUp();
    const row = { timestamp: new Date(startMs), balance_usd: 1, burn_per_hr_usd: "0.44", more: 1 };
    fs.writeFileSync(path, JSON.stringify(row));

    expect(await samplesIn(path)).toEqual([
      { atMs: startMs, balanceUsd: 1, burnPerHrUsd: undefined },
    ]);
  });
});
