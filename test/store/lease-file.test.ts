import * as fs from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "#errors.ts";
import type { Launch } from "#guard/model/launch.ts";
import type { Lease, LeaseBook } from "#guard/model/run.ts";
import { identityOf } from "#process/identity.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import { readLeaseBook, writeLeaseBook } from "#store/lease-text.ts";
import { takeTurn } from "#store/lock/with-lock.ts";
import { makeFifo, tempFolder } from "../temp-folder.ts";
import { childProgram, withFilesUpTo } from "./child.ts";

const startAdder = childProgram("lease-adder");
const dayMs = 24 * 3_600_000;
const startMs = Date.UTC(2026, 10, 23, 3, 15);
const empty: LeaseBook = { leases: {}, touchedAtMs: {} };
const lease: Lease = { endsAtMs: startMs + 4 * 3_600_000, givenAtMs: startMs };
const launch: Launch = {
  id: "abcdefg2",
  name: "qlora-rbabcdefg2",
  atMs: startMs,
  endsAtMs: lease.endsAtMs,
  by: { kind: "agent", agent: "claude-code", session: "4f2a", host: "box" },
};
const launched = (all: readonly Launch[]): LeaseBook => ({
  ...empty,
  launches: Object.fromEntries(all.map((each) => [each.id, each])),
});
const textOf = (path: string): string => fs.readFileSync(path, "utf8");

function setUp(path = join(tempFolder(), "leases.json")) {
  const options = { nowMs: () => startMs, patienceMs: 60_000 };
  return { path, file: createLeaseFile(path, identityOf, options) };
}

function byPod<Value>(podId: string, value: Value): Readonly<Record<string, Value>> {
  return Object.fromEntries([[podId, value]]);
}

const give =
  (podId: string) =>
  ({ leases, touchedAtMs }: LeaseBook): LeaseBook => ({
    leases: { ...leases, ...byPod(podId, lease) },
    touchedAtMs,
  });

describe("changing the leases", () => {
  it("writes them for their owner alone, with missing folders, and gives them back", async () => {
    const folder = tempFolder();
    const { path, file } = setUp(join(folder, "a", "leases.json"));
    const book = { leases: { p1: lease }, touchedAtMs: { p2: startMs + 42 } };

    const changed = await file.change(() => book);

    expect(changed).toEqual(book);
    expect(await file.read()).toEqual(book);
    expect(textOf(path)).toBe(`{"runpodboss": "leases of state.json",
  "leases": {
    "p1": {
      "ends_at": "2026-11-23T07:15:00.000Z",
      "given_at": "2026-11-23T03:15:00.000Z"
    }
  },
  "touched": {
    "p2": "2026-11-23T03:15:00.042Z"
  }
}
`);
    expect(fs.statSync(path).mode & 0o777).toBe(0o600);
    expect(fs.readdirSync(join(folder, "a"))).toEqual(["leases.json"]);
  });

  it("keeps for a day whom a command ended, and has no word of it where it ended none", async () => {
    const { path, file } = setUp();
    const ended = { now: startMs, before: startMs - dayMs - 1 };

    await file.change((book) => ({ ...book, endedAtMs: ended }));
    const kept = await file.read();
    await file.change(({ leases, touchedAtMs }) => ({ leases, touchedAtMs }));

    expect(kept).toEqual({ ...empty, endedAtMs: { now: startMs } });
    expect(textOf(path)).not.toContain("ended");
  });

  it("keeps what a person skipped and lifted, and has no word of it where nobody did", async () => {
    const { path, file } = setUp();
    const said = { skippedMs: { evening: startMs + 42 }, unfrozenAtMs: { daily: startMs } };

    await file.change((book) => ({ ...book, ...said }));
    const kept = await file.read();
    const text = textOf(path);
    await file.change(({ leases, touchedAtMs }) => ({ leases, touchedAtMs }));

    expect(kept).toEqual({ ...empty, ...said });
    expect(JSON.parse(text)).toMatchObject({
      skipped: { evening: "2026-11-23T03:15:00.042Z" },
      unfrozen: { daily: "2026-11-23T03:15:00.000Z" },
    });
    expect(textOf(path)).not.toMatch(/skipped|unfrozen/);
  });

  it("keeps what was launched, and has no word of it where nothing was", async () => {
    const { path, file } = setUp();
    const adopted: Launch = {
      ...launch,
      id: "bcdefgh3",
      by: { kind: "person", host: "box" },
      podId: "p2",
      failedAtMs: startMs + 42,
      isAdopted: true,
    };

    const written = await file.change(() => launched([launch, adopted]));
    const text = textOf(path);
    const kept = await file.read();
    await file.change(() => empty);

    expect(written).toEqual(launched([launch, adopted]));
    expect(kept).toEqual(written);
    expect(JSON.parse(text)).toMatchObject({
      launches: {
        abcdefg2: {
          name: "qlora-rbabcdefg2",
          at: "2026-11-23T03:15:00.000Z",
          ends_at: "2026-11-23T07:15:00.000Z",
          by: { kind: "agent", agent: "claude-code", session: "4f2a", host: "box" },
        },
        bcdefgh3: {
          by: { kind: "person", host: "box" },
          pod_id: "p2",
          failed_at: "2026-11-23T03:15:00.042Z",
          adopted: true,
        },
      },
    });
    expect(Object.keys(JSON.parse(text))).toEqual([
      "runpodboss",
      "leases",
      "touched",
      // A program that does not know this key takes the file for broken.
      "launches",
    ]);
    expect(textOf(path)).not.toContain("launches");
  });

  it("keeps a launch as long as its pod may live, and one that RunPod refused for a day", async () => {
    const { file } = setUp();
    const cut = startMs - 400 * dayMs;
    const ended = { ...launch, atMs: cut - dayMs };
    const failed = { ...launch, atMs: startMs - 9 * dayMs };
    const all = [
      { ...ended, id: "endsThen", endsAtMs: cut },
      { ...ended, id: "endsBefore", endsAtMs: cut - 1 },
      { ...failed, id: "failedOfLate", failedAtMs: startMs - dayMs },
      { ...failed, id: "failed", failedAtMs: startMs - dayMs - 1 },
      { ...failed, id: "thereAllTheSame", failedAtMs: startMs - dayMs - 1, podId: "p9" },
    ];

    await file.change(() => launched(all));

    expect(Object.keys((await file.read()).launches ?? {})).toEqual([
      "endsThen",
      "failedOfLate",
      "thereAllTheSame",
    ]);
  });

  it("keeps the 1000 launches that end last, however long their words are, and is far below its limit", async () => {
    const { path, file } = setUp();
    const long = "\u4e00".repeat(128);
    const all = Array.from({ length: 1_003 }, (_, n) => ({
      ...launch,
      id: `l${n}`,
      name: `${long}${long}`,
      podId: long,
      by: { kind: "agent", agent: long, session: long, host: long } as const,
      endsAtMs: lease.endsAtMs + (n % 500 === 1 ? -1 : n),
    }));

    await file.change(() => launched(all));

    const { launches = {} } = await file.read();
    expect(Object.keys(launches)).toHaveLength(1_000);
    expect(["l1", "l501", "l1001"].map((id) => id in launches)).toEqual([false, false, false]);
    expect(fs.statSync(path).size).toBeLessThan(3 * 2 ** 20);
  });

  it("of too many launches loses those first that RunPod refused, whenever they would have ended", async () => {
    const { file } = setUp();
    const refused = Array.from({ length: 1_000 }, (_, n) => ({
      ...launch,
      id: `refused${n}`,
      endsAtMs: lease.endsAtMs + dayMs,
      failedAtMs: startMs,
    }));

    const { launches = {} } = await file.change(() => launched([launch, ...refused]));

    expect(Object.keys(launches)).toHaveLength(1_000);
    expect(launches[launch.id]).toEqual(launch);
  });

  it.each<[string, Partial<Launch>]>([
    ["a name that is too long", { name: "x".repeat(257) }],
    ["a name of two lines", { name: "a\nb" }],
    ["a host that is too long", { by: { ...launch.by, host: "x".repeat(129) } }],
    ["a session with a control character", { by: { ...launch.by, session: "\u001b[31m" } }],
  ])("never writes of a launch %s", async (_sentence, wrong) => {
    const { path, file } = setUp();

    const end = file.change(() => launched([{ ...launch, ...wrong }]));

    await expect(end).rejects.toThrow("could not be read again: launches.abcdefg2.");
    expect(fs.existsSync(path)).toBe(false);
  });

  it("starts from what is there", async () => {
    const { path, file } = setUp();
    const found: LeaseBook[] = [];
    const note = (book: LeaseBook): LeaseBook => {
      found.push(book);
      return give(`p${found.length}`)(book);
    };

    await file.change(note);
    await setUp(path).file.change(note);

    expect(found).toEqual([empty, { leases: { p1: lease }, touchedAtMs: {} }]);
    expect(Object.keys((await file.read()).leases)).toEqual(["p1", "p2"]);
  });

  it("drops what is over 400 days old, and nothing else", async () => {
    const { file } = setUp();
    const cut = startMs - 400 * dayMs;
    const leases = {
      old: { endsAtMs: cut - 1, givenAtMs: cut - 2 },
      endsLater: { endsAtMs: cut, givenAtMs: cut - 2 },
      givenLater: { endsAtMs: cut - 1, givenAtMs: cut },
    };

    const changed = await file.change(() => ({
      leases,
      touchedAtMs: { old: cut - 1, young: cut },
    }));

    expect(Object.keys(changed.leases)).toEqual(["endsLater", "givenLater"]);
    expect(changed.touchedAtMs).toEqual({ young: cut });
    expect(await file.read()).toEqual(changed);
  });

  it("loses no change of 3 processes", async () => {
    const { path, file } = setUp();
    const who = ["a", "b", "c"];

    const ends = await Promise.all(who.map((name) => startAdder([path, name, "8"]).ended));

    expect(ends.map(({ stderr }) => stderr)).toEqual(who.map(() => ""));
    const { leases, touchedAtMs } = await file.read();
    expect(leases["shared"]?.endsAtMs).toBe(Date.UTC(2026, 10, 23) + 24 * 1_000);
    expect(Object.keys(touchedAtMs)).toHaveLength(24);
    expect(fs.readdirSync(join(path, ".."))).toEqual(["leases.json"]);
  });

  it("loses no change of many at once within a process", async () => {
    const { file } = setUp();

    await Promise.all(Array.from({ length: 12 }, (_, n) => file.change(give(`p${n}`))));

    expect(Object.keys((await file.read()).leases)).toHaveLength(12);
  });

  it("changes nothing when it is refused, and throws the refusal", async () => {
    const { path, file } = setUp();
    await file.change(give("p1"));
    const before = textOf(path);
    const refusal = new UserError("no more than 8 hours");

    const end = file.change(() => {
      throw refusal;
    });

    await expect(end).rejects.toBe(refusal);
    expect(textOf(path)).toBe(before);
    expect(fs.readdirSync(join(path, ".."))).toEqual(["leases.json"]);
  });

  it.each<[string, number]>([
    ["no moment", Number.NaN],
    ["a moment that no calendar has", 1e300],
    ["a moment that could not be read again", Date.UTC(10_000, 0)],
  ])("never writes what nobody can read: %s", async (_sentence, endsAtMs) => {
    const { path, file } = setUp();
    await file.change(give("p1"));
    const before = textOf(path);

    const end = file.change(() => ({ ...empty, leases: { p1: { endsAtMs, givenAtMs: startMs } } }));

    await expect(end).rejects.toThrow(/Invalid time value|could not be read again/);
    expect(textOf(path)).toBe(before);
  });

  it("is refused while another keeps the file locked", async () => {
    const { path } = setUp();
    const hold = await takeTurn(path, identityOf);
    const file = createLeaseFile(path, identityOf, { patienceMs: 40 });

    await expect(file.change(give("p1"))).rejects.toThrow(
      `(pid ${process.pid}) keeps ${path} locked`,
    );

    await hold.release();
    expect(fs.existsSync(path)).toBe(false);
  });

  it("leaves the old leases on a full disk, and says so", async () => {
    const { path } = setUp();
    expect((await startAdder([path, "a", "3"]).ended).code).toBe(0);
    const before = textOf(path);

    const { code, stderr } = await startAdder([path, "b".repeat(600), "1"], withFilesUpTo(1)).ended;

    expect(code).toBe(1);
    expect(stderr).toContain(`lease file ${path} cannot be written: EFBIG`);
    expect(textOf(path)).toBe(before);
    expect(fs.readdirSync(join(path, ".."))).toEqual(["leases.json"]);
  });
});

describe("reading the leases", () => {
  it("finds an empty book where there is no file, and makes none", async () => {
    const { path, file } = setUp();

    expect(await file.read()).toEqual(empty);
    expect(fs.existsSync(path)).toBe(false);
  });

  it.each(["__proto__", "constructor", "toString", "10", ""])(
    "knows a pod by whatever id: %j",
    async (podId) => {
      const { file } = setUp();
      const book = { leases: byPod(podId, lease), touchedAtMs: byPod(podId, startMs) };

      await file.change(() => book);
      const read = await file.read();

      expect(Object.entries(read.leases)).toEqual([[podId, lease]]);
      expect(Object.entries(read.touchedAtMs)).toEqual([[podId, startMs]]);
      expect(Object.getPrototypeOf(read.leases)).toBe(Object.prototype);
      expect("endsAtMs" in {}).toBe(false);
    },
  );

  it("gives back any book", () => {
    const times = fc.integer({ min: 0, max: Date.UTC(9_999, 11) });
    const ids = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("__proto__", "valueOf"));
    const lines = fc.string({ unit: "grapheme-ascii" });
    const rows = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<Readonly<Record<string, T>>> =>
      fc.array(fc.tuple(ids, values)).map((pairs) => Object.fromEntries(pairs));
    const books = fc.record(
      {
        leases: rows(fc.record({ endsAtMs: times, givenAtMs: times })),
        touchedAtMs: rows(times),
        endedAtMs: rows(times),
        skippedMs: rows(times),
        unfrozenAtMs: rows(times),
        launches: fc
          .array(
            fc.record(
              {
                id: ids,
                name: lines,
                atMs: times,
                endsAtMs: times,
                by: fc.record(
                  {
                    kind: fc.constantFrom("person" as const, "agent" as const),
                    agent: lines,
                    session: lines,
                    host: lines,
                  },
                  { requiredKeys: ["kind", "host"] },
                ),
                podId: lines,
                failedAtMs: times,
                isAdopted: fc.constant(true),
              },
              { requiredKeys: ["id", "name", "atMs", "endsAtMs", "by"] },
            ),
          )
          .map((all) => Object.fromEntries(all.map((each) => [each.id, each]))),
      },
      { requiredKeys: ["leases", "touchedAtMs"] },
    );

    fc.assert(
      fc.property(books, (book) => {
        const read = readLeaseBook(writeLeaseBook(book));

        const again = read.kind === "book" ? read.book : undefined;
        const entries = (each: LeaseBook | undefined) => [
          new Map(Object.entries(each?.leases ?? {})),
          new Map(Object.entries(each?.touchedAtMs ?? {})),
          new Map(Object.entries(each?.endedAtMs ?? {})),
          new Map(Object.entries(each?.skippedMs ?? {})),
          new Map(Object.entries(each?.unfrozenAtMs ?? {})),
          new Map(Object.entries(each?.launches ?? {})),
        ];
        expect(read.kind).toBe("book");
        expect(entries(again)).toEqual(entries(book));
      }),
    );
  });

  const iso = "2026-11-23T03:15:00.000Z";

  it.each<[string, string | Buffer, string]>([
    ["empty", "", "it is empty"],
    ["cut short", '{"leases": {', "it is not JSON"],
    ["a mere null", "null", "expected object"],
    ["a list", "[]", "expected object"],
    ["without leases", '{"touched": {}}', "leases: must be an object by pod id"],
    ["without touched", '{"leases": {}}', "touched: must be an object by pod id"],
    ["with leases in a list", '{"leases": [], "touched": {}}', "leases: must be an object"],
    ["with a key too many", '{"leases": {}, "touched": {}, "leaes": {}}', '"leaes"'],
    [
      "with a lease that is a time",
      JSON.stringify({ leases: { p1: iso }, touched: {} }),
      "leases.p1: ",
    ],
    [
      "with a lease without an end",
      JSON.stringify({ leases: { p1: { given_at: iso } }, touched: {} }),
      "leases.p1.ends_at: ",
    ],
    [
      "with a lease that ends at no time",
      JSON.stringify({ leases: { p1: { ends_at: "soon", given_at: iso } }, touched: {} }),
      "leases.p1.ends_at: ",
    ],
    [
      "with a part too many",
      JSON.stringify({ leases: { p1: { ends_at: iso, given_at: iso, x: 1 } }, touched: {} }),
      'leases.p1: Unrecognized key: "x"',
    ],
    [
      "with launches in a list",
      '{"leases": {}, "touched": {}, "launches": []}',
      "launches: must be an object by lease id",
    ],
    [
      "with a launch by nobody",
      JSON.stringify({
        leases: {},
        touched: {},
        launches: { l1: { name: "a", at: iso, ends_at: iso } },
      }),
      "launches.l1.by: ",
    ],
    [
      "with a launch that holds more than it may",
      JSON.stringify({
        leases: {},
        touched: {},
        launches: {
          l1: { name: "a", at: iso, ends_at: iso, by: { kind: "person", host: "a" }, env: {} },
        },
      }),
      'launches.l1: Unrecognized key: "env"',
    ],
    ["touched at no time", '{"leases": {}, "touched": {"p1": 5}}', "touched.p1: "],
    [
      "broken for __proto__ alone",
      '{"leases": {"__proto__": {}}, "touched": {}}',
      "leases.__proto__.ends_at: ",
    ],
    ["not UTF-8", Buffer.from([0x7b, 0xff, 0x7d]), "it is not UTF-8"],
    ["over 4 MiB", Buffer.alloc(4 * 1_024 * 1_024 + 1, " "), "it is over 4 MiB"],
    ["nested without end", "[".repeat(1_000_000), "it is not JSON"],
  ])("throws on a file that is %s, and never writes over it", async (_sentence, text, because) => {
    const { path, file } = setUp();
    fs.writeFileSync(path, text);

    const errors = await Promise.all(
      [file.read(), file.change(give("p1"))].map((end) => end.catch((error: unknown) => error)),
    );

    for (const error of errors) {
      expect(error).toBeInstanceOf(UserError);
      expect(error).toMatchObject({
        message: expect.stringContaining(`lease file ${path} is broken: `),
        hint: expect.stringContaining("Fix it, or move it away"),
      });
      expect(String(error)).toContain(because);
    }
    expect(fs.readFileSync(path).equals(Buffer.from(text))).toBe(true);
    expect(fs.readdirSync(join(path, ".."))).toEqual(["leases.json"]);
  });

  it.each<[string, (path: string) => void]>([
    ["a folder", (path) => fs.mkdirSync(path)],
    ["a FIFO", makeFifo],
    ["a device that never ends", (path) => fs.symlinkSync("/dev/zero", path)],
    ["a symlink to itself", (path) => fs.symlinkSync(path, path)],
  ])("throws where %s has its name", async (_sentence, make) => {
    const { path, file } = setUp();
    make(path);

    await expect(file.read()).rejects.toThrow(`lease file ${path} cannot be read: `);
    await expect(file.change(give("p1"))).rejects.toBeInstanceOf(UserError);
  });
});
