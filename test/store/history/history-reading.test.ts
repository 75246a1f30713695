import fc from "fast-check";
import fs from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type HistoryRecord, mostUnrecorded } from "#guard/model/run.ts";
import { mostOlderInARow, openHistory, readHistory } from "#store/history/history-reading.ts";
import { writeRecord } from "#store/history/history-text.ts";
import { tempFolder } from "../../temp-folder.ts";

const startMs = Date.UTC(2026, 10, 23, 3, 15);
const minuteMs = 60_000;

function note(id: string, atMs = startMs): HistoryRecord {
  return { id, atMs, type: "notify", reason: "warning", because: `it is ${id}` };
}

const textOf = (records: readonly HistoryRecord[]): string =>
  records.map((record) => `${writeRecord(record)}\n`).join("");

/** A history file with this text. */
function fileWith(text: string | Buffer): string {
  const path = join(tempFolder(), "history.jsonl");
  fs.writeFileSync(path, text);
  return path;
}

async function idsSince(path: string, sinceMs: number): Promise<readonly string[]> {
  return (await readHistory(path, sinceMs)).records.map(({ id }) => id);
}

it("finds nothing where there is no file, and makes none", async () => {
  const folder = tempFolder();

  expect(await readHistory(join(folder, "history.jsonl"), 0)).toEqual({
    records: [],
    unreadable: 0,
  });
  expect(fs.readdirSync(folder)).toEqual([]);
});

it("gives what is from then on, in the order of the file", async () => {
  const path = fileWith(textOf([3, 1, 2].map((n) => note(String(n), startMs + n))));

  expect(await idsSince(path, startMs + 2)).toEqual(["3", "2"]);
});

it.each([
  ["no time at all", -Infinity],
  ["a time before all calendars", -1e300],
  ["the beginning of time", 0],
])("gives all from %s on", async (_sentence, sinceMs) => {
  const path = fileWith(textOf([note("1", 0), note("2")]));

  expect(await idsSince(path, sinceMs)).toEqual(["1", "2"]);
});

it("gives a line that only lacks its end for what it is", async () => {
  const path = fileWith(textOf([note("1"), note("2")]).trimEnd());

  expect(await readHistory(path, 0)).toMatchObject({
    records: [{ id: "1" }, { id: "2" }],
    unreadable: 0,
  });
});

it("knows the time of a record that does not begin as ours do", async () => {
  const { timestamp, ...rest } = JSON.parse(writeRecord(note("2"))) as Record<string, unknown>;
  const turned = JSON.stringify({ ...rest, timestamp });
  const otherZone = writeRecord(note("1")).replace("03:15:00.000Z", "04:15:00+01:00");
  const path = fileWith(`${otherZone}\n${turned}\n`);

  expect(await idsSince(path, startMs)).toEqual(["1", "2"]);
  expect(await idsSince(path, startMs + 1)).toEqual([]);
});

it.each<[string, string, number]>([
  ["a line that is none", "what?\n", 1],
  ["a line that is being written", writeRecord(note("9")).slice(0, 20), 0],
  ["a longer piece of a line that is being written", writeRecord(note("9")).slice(0, -1), 0],
  ["a line that was cut short", `${writeRecord(note("9")).slice(0, -1)}\n`, 1],
  ["a line that begins as ours, on a day that was not", `${dayThatWasNot()}\n`, 1],
  ["empty lines", "\n\n \n", 0],
  ["an empty line without its end", " ", 0],
  ["a line that is far too long", `${"[".repeat(1_000_000)}\n`, 1],
  ["a line that is far too long and without end", "[".repeat(1_000_000), 1],
  ["two of them", `${"[".repeat(300_000)}\n${"[".repeat(300_000)}\n`, 2],
  ["a record that is far too long", `${writeRecord(note("x".repeat(70_000)))}\n`, 1],
  ["bytes that are no text", "\u0000\uffff\n", 1],
])("counts what it cannot read: %s", async (_sentence, odd, unreadable) => {
  const before = fileWith(`${odd.replace(/\n?$/, "\n")}${textOf([note("1")])}`);
  const after = fileWith(`${textOf([note("1")])}${odd}`);

  expect(await readHistory(after, 0)).toMatchObject({ records: [{ id: "1" }], unreadable });
  expect(await idsSince(before, 0)).toEqual(["1"]);
});

function dayThatWasNot(): string {
  return writeRecord(note("9", Date.UTC(2026, 1, 28))).replace("02-28", "02-30");
}

it("finds every line wherever the pieces that are read meet", async () => {
  const rows = Array.from({ length: 3_000 }, (_, n) => note(`${n}${"é".repeat(n % 97)}`));
  const path = fileWith(textOf(rows));

  expect(await readHistory(path, 0)).toEqual({ records: rows, unreadable: 0 });
});

it("finds every line between lines of any length", async () => {
  const lengths = fc.array(
    fc.oneof(
      fc.constantFrom(0, 1, 65_534, 65_535, 65_536, 196_607, 262_142, 262_143, 262_144, 400_000),
      fc.nat(2_000),
    ),
    { maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(lengths, fc.boolean(), async (odd, hasEnd) => {
      const lines = odd.flatMap((length, n) => [writeRecord(note(String(n))), "x".repeat(length)]);
      const path = fileWith(`${lines.join("\n")}${hasEnd ? "\n" : ""}`);

      const { records, unreadable } = await readHistory(path, 0);

      expect(records.map(({ id }) => id)).toEqual(odd.map((_, n) => String(n)));
      const last = odd.at(-1) ?? 0;
      // The last line may be in the midst of being written, but is then no longer than any of ours.
      const isBeingWritten = !hasEnd && last > 0 && last <= 65_536;
      expect(unreadable).toBe(odd.filter((length) => length > 0).length - Number(isBeingWritten));
    }),
    { numRuns: 60 },
  );
});

describe("where it stops", () => {
  const oldMs = startMs - 30 * 24 * 60 * minuteMs;
  const many = (count: number, atMs: number): readonly HistoryRecord[] =>
    Array.from({ length: count }, (_, n) => note(`old ${n}`, atMs));

  it("is after more older records in a row than ever wait for a disk", async () => {
    const young = (id: string): HistoryRecord => note(id, startMs);
    const reached = fileWith(textOf([young("1"), ...many(mostOlderInARow, oldMs), young("2")]));
    const beyond = fileWith(textOf([young("1"), ...many(mostOlderInARow + 1, oldMs), young("2")]));

    expect(await idsSince(reached, startMs)).toEqual(["1", "2"]);
    expect(await idsSince(beyond, startMs)).toEqual(["2"]);
    expect(mostOlderInARow).toBeGreaterThan(mostUnrecorded);
  });

  it("is behind all that waited for a disk that took none, while people went on", async () => {
    const people = [20, 10].map((minutesAgo) =>
      note(`touch ${minutesAgo}`, startMs - minutesAgo * minuteMs),
    );
    const waited = Array.from({ length: mostUnrecorded }, (_, n) =>
      note(`waited ${n}`, startMs - 600 * minuteMs + n),
    );
    const path = fileWith(textOf([...many(100, oldMs), ...people, ...waited, note("began")]));

    expect(await idsSince(path, startMs - 30 * minuteMs)).toEqual([
      "touch 20",
      "touch 10",
      "began",
    ]);
  });

  it("is behind what was written before the clock was set back", async () => {
    const before = Array.from({ length: 300 }, (_, n) => note(`b${n}`, startMs + n * minuteMs));
    const after = Array.from({ length: 100 }, (_, n) =>
      note(`a${n}`, startMs - 24 * 60 * minuteMs + n * minuteMs),
    );
    const path = fileWith(textOf([...before, ...after]));

    expect(await idsSince(path, startMs + 200 * minuteMs)).toEqual(
      before.slice(200).map(({ id }) => id),
    );
  });

  it("is not in a record that a wrong clock has put in the year 1970 or 2100", async () => {
    const wrong = [note("1970", 0), note("2100", Date.UTC(2100, 0))];
    const path = fileWith(textOf([note("1"), ...wrong, note("2")]));

    expect(await idsSince(path, startMs)).toEqual(["1", "2100", "2"]);
  });

  it("is long before the beginning of a long file", async () => {
    const path = join(tempFolder(), "history.jsonl");
    const hugeBytes = 4_000_000_000;
    fs.writeFileSync(path, "");
    // A hole: it takes no room, and would take minutes to be read.
    fs.truncateSync(path, hugeBytes);
    fs.appendFileSync(path, `\n${textOf([...many(mostOlderInARow + 1, oldMs), note("1")])}`);

    expect(await readHistory(path, startMs)).toMatchObject({
      records: [{ id: "1" }],
      unreadable: 0,
    });
  });
});

describe("what others do to the file meanwhile", () => {
  const rows = Array.from({ length: 2_000 }, (_, n) => note(`row ${n}`, startMs + n));

  async function readWhile(meanwhile: (path: string) => void) {
    const path = fileWith(textOf(rows));
    const history = await openHistory(path);
    const places: number[] = [];
    let unreadable = 0;
    for await (const part of history.back(0)) {
      if (places.length === 0) meanwhile(path);
      places.push(...part.places.map(({ at }) => at));
      unreadable += part.unreadable;
    }
    const records = await history.at(places.toReversed());
    await history.close();
    return { ids: records.map((record) => record?.id), unreadable };
  }

  const all = { ids: rows.map(({ id }) => id), unreadable: 0 };

  it("what is appended is not read", async () => {
    const found = await readWhile((path) => fs.appendFileSync(path, textOf([note("late")])));

    expect(found).toEqual(all);
  });

  it("another file in its place is not read", async () => {
    const found = await readWhile((path) => {
      fs.writeFileSync(`${path}.new`, textOf(rows.slice(1_000)));
      fs.renameSync(`${path}.new`, path);
    });

    expect(found).toEqual(all);
  });

  it("what is cut off is not there, and hangs nothing", async () => {
    const found = await readWhile((path) => fs.truncateSync(path, 0));

    expect(found.ids.every((id) => id === undefined)).toBe(true);
  });
});
