import * as fs from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { emptyState, type Effect, type GuardState } from "../../src/guard/model.ts";
import { createStateFile } from "../../src/store/state-file.ts";
import { makeFifo, tempFolder } from "../temp-folder.ts";

function setUp(path = join(tempFolder(), "state.json"), readOnly = false) {
  const corrupt: { movedTo?: string; because: string }[] = [];
  const store = createStateFile(path, {
    readOnly,
    nowMs: () => Date.UTC(2026, 10, 23, 3, 15, 0, 42),
    onCorrupt: (event) => corrupt.push(event),
  });
  return { path, store, corrupt };
}

const owed: Effect = {
  kind: "notify",
  id: "1",
  threshold: "warning",
  belowUsd: 10,
  balanceUsd: 9.8234,
  because: "balance $9.82 is below $10.00",
};
const ownName = (name: string): Readonly<Record<string, boolean>> =>
  Object.fromEntries([[name, true]]);

/** JSON knows one zero. */
const dollars = fc.double({ noNaN: true, noDefaultInfinity: true }).map((usd) => usd + 0);
const names = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("__proto__", "constructor", "toString", "10", "\ud800", ""),
);
const states: fc.Arbitrary<GuardState> = fc.record({
  fired: fc.array(fc.tuple(names, fc.boolean())).map((rows) => Object.fromEntries(rows)),
  owed: fc.array(
    fc.record({
      kind: fc.constantFrom("notify", "call-agent"),
      id: names,
      threshold: names,
      belowUsd: dollars,
      balanceUsd: dollars,
      because: names,
    }),
    { maxLength: 5 },
  ),
});

describe("loading", () => {
  it("gives the empty state where there is no file, and makes none", async () => {
    const { path, store, corrupt } = setUp();

    expect(await store.load()).toEqual(emptyState);
    expect(corrupt).toEqual([]);
    expect(fs.existsSync(path)).toBe(false);
  });

  it.each([
    [
      "of the Python tool",
      '{"fired": {"warning": true, "critical": false}}',
      { warning: true, critical: false },
    ],
    ["with numbers for true and false", '{"fired": {"a": 1, "b": 0}}', { a: true, b: false }],
    ["with nothing fired", '{"fired": {}}', {}],
    [
      "with keys that we do not know",
      '{"version": 9, "fired": {"a": true}, "__proto__": {}}',
      { a: true },
    ],
    ["with a byte order mark", '\ufeff{"fired": {"a": true}}', { a: true }],
    [
      "with a threshold called constructor",
      '{"fired": {"constructor": true}}',
      { constructor: true },
    ],
    ["with a threshold called __proto__", '{"fired": {"__proto__": true}}', ownName("__proto__")],
  ])("reads a file %s", async (_sentence, text, fired) => {
    const { path, store, corrupt } = setUp();
    fs.writeFileSync(path, text);

    const state = await store.load();

    expect(Object.entries(state.fired)).toEqual(Object.entries(fired));
    expect(state.owed).toEqual([]);
    expect(corrupt).toEqual([]);
    expect(fs.readFileSync(path, "utf8")).toBe(text);
  });

  it("pollutes nothing", async () => {
    const { path, store } = setUp();
    fs.writeFileSync(path, '{"fired": {"__proto__": true}, "__proto__": {"polluted": true}}');

    const state = await store.load();

    expect("polluted" in {}).toBe(false);
    expect("polluted" in state).toBe(false);
    expect(Object.getPrototypeOf(state.fired)).toBe(Object.prototype);
  });

  it.each<[string, string | Buffer, RegExp]>([
    ["empty", "", /it is empty/],
    ["cut short", '{"fired": {"warn', /not JSON/],
    ["a mere null", "null", /wrong shape/],
    ["a list", "[]", /wrong shape/],
    ["without fired", "{}", /fired: must be an object of true and false/],
    ["with fired as a list", '{"fired": []}', /fired: must be an object/],
    ["with a word for a flag", '{"fired": {"a": "yes"}}', /fired: must be an object/],
    ["with null for a flag", '{"fired": {"a": null}}', /fired: must be an object/],
    ["with a number other than 0 and 1", '{"fired": {"a": 2}}', /fired: must be an object/],
    ["with owed that is no list", '{"fired": {}, "owed": {}}', /owed: /],
    [
      "with a row owed that lacks a part",
      JSON.stringify({ fired: {}, owed: [owed, { ...owed, id: undefined }] }),
      /owed\.1\.id: /,
    ],
    [
      "with a row owed that has a part too many",
      JSON.stringify({ fired: {}, owed: [{ ...owed, extra: 1 }] }),
      /owed\.0: /,
    ],
    [
      "with a row owed of an unknown kind",
      JSON.stringify({ fired: {}, owed: [{ ...owed, kind: "toString" }] }),
      /owed\.0\.kind: /,
    ],
    ["not UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), /not UTF-8/],
    ["over 16 MiB", Buffer.alloc(16 * 1_024 * 1_024 + 1, " "), /over 16 MiB/],
    ["nested without end", "[".repeat(1_000_000), /not JSON/],
  ])("moves a file aside that is %s", async (_sentence, content, because) => {
    const { path, store, corrupt } = setUp();
    fs.writeFileSync(path, content);

    const state = await store.load();

    const movedTo = `${path}.corrupt-20261123T031500Z`;
    expect(state).toEqual(emptyState);
    expect(corrupt).toEqual([{ movedTo, because: expect.stringMatching(because) }]);
    expect(fs.readFileSync(movedTo).equals(Buffer.from(content))).toBe(true);
    expect(fs.existsSync(path)).toBe(false);
  });

  it("never overwrites what it moved aside before", async () => {
    const { path, store, corrupt } = setUp();

    for (const text of ["first", "second", "third"]) {
      fs.writeFileSync(path, text);
      await store.load();
    }

    const moved = corrupt.map(({ movedTo }) => String(movedTo));
    expect(moved.map((file) => fs.readFileSync(file, "utf8"))).toEqual([
      "first",
      "second",
      "third",
    ]);
    expect(moved.map((file) => file.slice(path.length))).toEqual([
      ".corrupt-20261123T031500Z",
      ".corrupt-20261123T031500Z-2",
      ".corrupt-20261123T031500Z-3",
    ]);
  });

  it("moves the file behind a symlink, and saves through the symlink again", async () => {
    const folder = tempFolder();
    const { path, store, corrupt } = setUp(join(folder, "link"));
    fs.writeFileSync(join(folder, "real"), "broken");
    fs.symlinkSync("real", path);

    await store.load();
    await store.save(emptyState);

    expect(corrupt.map(({ movedTo }) => movedTo)).toEqual([
      join(folder, "real.corrupt-20261123T031500Z"),
    ]);
    expect(fs.lstatSync(path).isSymbolicLink()).toBe(true);
    expect(fs.lstatSync(join(folder, "real")).isFile()).toBe(true);
  });

  it.each<[string, (path: string) => void, RegExp]>([
    ["a directory", (path) => fs.mkdirSync(path), /cannot be read: .*not a regular file/],
    ["a FIFO", makeFifo, /cannot be read: .*not a regular file/],
    [
      "a device",
      (path) => fs.symlinkSync("/dev/null", path),
      /cannot be read: .*not a regular file/,
    ],
    ["a symlink to itself", (path) => fs.symlinkSync(path, path), /cannot be read: ELOOP/],
  ])("refuses %s, with a hint, and leaves it there", async (_sentence, make, words) => {
    const { path, store } = setUp();
    make(path);

    const refused = await store.load().catch((error: unknown) => error);

    expect(refused).toBeInstanceOf(UserError);
    expect(refused).toMatchObject({
      message: expect.stringMatching(words),
      hint: expect.stringContaining("state_file"),
    });
    expect(fs.lstatSync(path)).toBeDefined();
  });

  it("refuses a path through a file", async () => {
    const folder = tempFolder();
    fs.writeFileSync(join(folder, "file"), "");
    const { store } = setUp(join(folder, "file", "state.json"));

    await expect(store.load()).rejects.toThrow(UserError);
  });
});

describe("saving", () => {
  it("writes what people can read, in the same order every time, for the owner alone", async () => {
    const { path, store } = setUp();

    await store.save({ fired: { warning: true, critical: false }, owed: [owed] });

    expect(fs.readFileSync(path, "utf8")).toBe(`{
  "fired": {
    "critical": false,
    "warning": true
  },
  "owed": [
    {
      "kind": "notify",
      "id": "1",
      "threshold": "warning",
      "belowUsd": 10,
      "balanceUsd": 9.8234,
      "because": "balance $9.82 is below $10.00"
    }
  ]
}
`);
    expect(fs.statSync(path).mode & 0o777).toBe(0o600);
  });

  it("keeps any state", { timeout: 30_000 }, async () => {
    const { store, corrupt } = setUp();

    await fc.assert(
      fc.asyncProperty(states, async (state) => {
        await store.save(state);
        const loaded = await store.load();

        expect(new Map(Object.entries(loaded.fired))).toEqual(new Map(Object.entries(state.fired)));
        expect(loaded.owed).toEqual(state.owed);
        expect(corrupt).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it("ends with the last of many that overlap, and each is told when it is safe", async () => {
    const { path, store } = setUp();
    const firedNow = (): unknown => JSON.parse(fs.readFileSync(path, "utf8"));
    const seen: unknown[] = [];

    const saves = Array.from({ length: 50 }, (_, n) =>
      store.save({ fired: { [`n${n}`]: true }, owed: [] }).then(() => seen.push(firedNow())),
    );
    await Promise.all(saves);

    expect(seen).toHaveLength(50);
    expect(firedNow()).toEqual({ fired: { n49: true }, owed: [] });
  });

  it("writes once for those that wait, and a save that comes during one comes after it", async () => {
    const { path, store } = setUp();
    const textNow = (): string => fs.readFileSync(path, "utf8");

    const first = store.save({ fired: { a: true }, owed: [] });
    await Promise.resolve();
    await Promise.resolve();
    const second = store.save({ fired: { b: true }, owed: [] });
    const third = store.save({ fired: { c: true }, owed: [] });

    expect(second).toBe(third);
    await first;
    expect(textNow()).toContain('"a"');
    await third;
    expect(textNow()).toContain('"c"');
  });

  it("throws what the disk throws, and tries anew at the next save", async () => {
    const { path, store } = setUp();
    fs.mkdirSync(path);

    await expect(store.save(emptyState)).rejects.toThrow("is not a regular file");
    fs.rmdirSync(path);
    await store.save(emptyState);

    expect(await store.load()).toEqual(emptyState);
  });
});

describe("a store that is only read", () => {
  it.each([
    ["a good file", '{"fired": {"a": true}}', { a: true }, []],
    ["a broken file", "{", {}, [{ because: "it is not JSON" }]],
  ])("leaves %s as it was", async (_sentence, text, fired, told) => {
    const { path, store, corrupt } = setUp(join(tempFolder(), "state.json"), true);
    fs.writeFileSync(path, text);

    const state = await store.load();
    await store.save({ fired: { b: true }, owed: [] });

    expect(state.fired).toEqual(fired);
    expect(corrupt).toEqual(told);
    expect(fs.readFileSync(path, "utf8")).toBe(text);
  });
});
