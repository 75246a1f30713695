import * as fs from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { BalanceSample } from "#ports.ts";
import { createSamplesFile, readSamples } from "#store/samples-file.ts";
import { makeFifo, tempFolder } from "../temp-folder.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const startMs = Date.UTC(2026, 10, 23, 3, 15);
const textOf = (path: string): string => fs.readFileSync(path, "utf8");

function setUp(path = join(tempFolder(), "samples.jsonl")) {
  const time = { nowMs: startMs };
  const troubles: string[] = [];
  const onTrouble = (because: string): void => void troubles.push(because);
  const create = (days = () => 90) =>
    createSamplesFile(path, { nowMs: () => time.nowMs, days, onTrouble });
  return { path, time, create, troubles, store: create() };
}

function sample(atMs: number, balanceUsd = 9.8234): BalanceSample {
  return { atMs, balanceUsd, burnPerHrUsd: 0.44 };
}

function lineOf(atMs: number): string {
  const timestamp = new Date(atMs).toISOString();
  return `${JSON.stringify({ timestamp, balance_usd: 9.8234, burn_per_hr_usd: 0.44 })}\n`;
}

const timesIn = async (path: string): Promise<readonly number[]> =>
  (await readSamples(path, 0)).map(({ atMs }) => atMs);

describe("adding samples", () => {
  it("writes a line each, for its owner alone, and gives them back", async () => {
    const folder = tempFolder();
    const { path, store } = setUp(join(folder, "a", "samples.jsonl"));
    const unknown = { atMs: startMs + minuteMs, balanceUsd: -0.5, burnPerHrUsd: undefined };

    await store.add(sample(startMs));
    await store.add(unknown);

    expect(textOf(path)).toBe(
      '{"timestamp":"2026-11-23T03:15:00.000Z","balance_usd":9.8234,"burn_per_hr_usd":0.44}\n' +
        '{"timestamp":"2026-11-23T03:16:00.000Z","balance_usd":-0.5,"burn_per_hr_usd":null}\n',
    );
    expect(fs.statSync(path).mode & 0o777).toBe(0o600);
    expect(await readSamples(path, 0)).toEqual([sample(startMs), unknown]);
    expect(await readSamples(path, startMs + 1)).toEqual([unknown]);
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
    await expect(readSamples(path, 0)).rejects.toThrow(/is not a regular file/);
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

  it("comes with the first sample, and then once a day", async () => {
    const { path, time, store } = setUp();
    fs.writeFileSync(path, times.map(lineOf).join(""));

    await store.add(sample(startMs));
    const first = await timesIn(path);
    fs.writeFileSync(path, times.map(lineOf).join(""));
    time.nowMs += dayMs - 1;
    await store.add(sample(time.nowMs));
    const second = await timesIn(path);
    time.nowMs += 1;
    await store.add(sample(time.nowMs));

    expect(first).toEqual([...thinned, startMs]);
    expect(second).toEqual([...times, startMs + dayMs - 1]);
    expect(await timesIn(path)).toEqual([...thinned, startMs + dayMs - 1, startMs + dayMs]);
    expect(fs.statSync(path).mode & 0o777).toBe(0o600);
    expect(fs.readdirSync(join(path, ".."))).toEqual(["samples.jsonl"]);
  });

  it("leaves a file alone in which there is nothing to thin", async () => {
    const { path, time, store } = setUp();
    await store.add(sample(startMs));
    const { ino } = fs.statSync(path);

    time.nowMs += dayMs;
    await store.add(sample(time.nowMs));

    expect(fs.statSync(path).ino).toBe(ino);
  });

  it("is no hindrance when it cannot be done", async () => {
    const folder = tempFolder();
    // Its temporary file has too long a name.
    const { path, store } = setUp(join(folder, "n".repeat(250)));
    fs.writeFileSync(path, times.map(lineOf).join(""));

    await store.add(sample(startMs));

    expect(await timesIn(path)).toEqual([...times, startMs]);
    expect(fs.readdirSync(folder)).toHaveLength(1);
  });

  it("drops what is no sample", async () => {
    const { path, store } = setUp();
    fs.writeFileSync(path, `what?\n\n${"[".repeat(200_000)}\n${lineOf(startMs - minuteMs)}`);

    await store.add(sample(startMs));

    expect(textOf(path)).toBe(lineOf(startMs - minuteMs) + lineOf(startMs));
  });
});

describe("reading samples", () => {
  it("finds none where there is no file, and makes none", async () => {
    const { path } = setUp();

    expect(await readSamples(path, 0)).toEqual([]);
    expect(fs.existsSync(path)).toBe(false);
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

    expect(await readSamples(path, 0)).toEqual([sample(startMs)]);
  });

  it("does not know a burn that is no number", async () => {
    const { path } = setUp();
    const row = { timestamp: new Date(startMs), balance_usd: 1, burn_per_hr_usd: "0.44", more: 1 };
    fs.writeFileSync(path, JSON.stringify(row));

    expect(await readSamples(path, 0)).toEqual([
      { atMs: startMs, balanceUsd: 1, burnPerHrUsd: undefined },
    ]);
  });
});

it("a sample is kept, and it is told, though the old ones cannot be thinned", async () => {
  const { path, create, troubles } = setUp();
  const store = create(() => {
    throw new Error("no calendar");
  });

  await store.add(sample(startMs));

  expect(await timesIn(path)).toEqual([startMs]);
  expect(troubles).toEqual(["old samples stay until tomorrow: no calendar"]);
});
