import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createClock } from "#clock.ts";
import { type Link, linkLastsMs } from "#http/links/link.ts";
import { linkKeyOf, markOf, sealed } from "#http/links/seal.ts";
import { createSpending, type SpendingDeps } from "#http/links/spending.ts";
import { createSpentLinksFile, mostSpent } from "#store/spent-links-file.ts";
import { createFakeClock } from "../../fake-clock.ts";
import { tempFolder } from "../../temp-folder.ts";

const key = linkKeyOf("the token of the page");
const made = (n: number, madeAtMs = 0): readonly [string, Link] => {
  const about = { kind: "burn" } as const;
  const link: Link = { action: "stop", podId: `p${n}`, run: "r1", about, madeAtMs };
  return [sealed(link, key) ?? "", link];
};
const [token, link] = made(1);

/** A file on the disk, and a process after the other that uses it. */
function onDisk(path = join(tempFolder(), "state.json.spent-links")) {
  const start = (clock: SpendingDeps["clock"] = createClock(), most = mostSpent) =>
    createSpending({ clock, file: createSpentLinksFile(path), most });
  return { path, start };
}

/** One that does what the test says. */
function fakeFile(overrides: Partial<SpendingDeps["file"]> = {}): SpendingDeps["file"] {
  return {
    read: () => Promise.resolve({ kind: "read", spent: new Map() }),
    write: () => Promise.resolve(),
    ...overrides,
  };
}

describe("a button that was pressed", () => {
  it("by fifty at once has been pressed by one", async () => {
    const { start } = onDisk();
    const spending = start();

    const all = await Promise.all(Array.from({ length: 50 }, () => spending.take(token, link)));

    expect(all.filter(({ kind }) => kind === "taken")).toEqual([
      { kind: "taken", trouble: undefined },
    ]);
    expect(all.filter(({ kind }) => kind === "spent")).toHaveLength(49);
  });

  it("is still so after a restart; others are not", async () => {
    const { start } = onDisk();
    await start().take(token, link);
    const again = start();

    expect(await again.take(token, link)).toEqual({ kind: "spent", done: "elsewhere" });
    expect(await again.take(...made(2))).toMatchObject({ kind: "taken" });
    expect((await start().take(...made(2))).kind).toBe("spent");
  });

  it("is written down before whoever pressed it may go on", async () => {
    const order: string[] = [];
    const file = fakeFile({
      write: async () => {
        await Promise.resolve();
        order.push("written");
      },
    });
    const spending = createSpending({ clock: createClock(), file, most: 9 });

    await spending.take(token, link).then(() => order.push("goes on"));

    expect(order).toEqual(["written", "goes on"]);
  });

  it("and then refused is good again, also after a restart", async () => {
    const { start } = onDisk();
    const first = start();
    await first.take(token, link);
    await first.giveBack(markOf(token));

    expect(first.useOf(token, link)).toEqual({ kind: "free" });
    expect((await start().take(token, link)).kind).toBe("taken");
  });

  it("shows what came of it to whoever presses it again", async () => {
    const spending = createSpending({ clock: createClock(), file: fakeFile(), most: 9 });
    await spending.take(token, link);
    expect(spending.useOf(token, link)).toEqual({ kind: "spent", done: "beginning" });
    const done = { operationId: "op-7", trouble: undefined };
    spending.note(token, done);

    expect(await spending.take(token, link)).toEqual({ kind: "spent", done });
    spending.note(made(2)[0], { ...done, operationId: "op-8" });
    expect(spending.useOf(...made(2))).toEqual({ kind: "free" });
  });
});

describe("the file of used buttons", () => {
  it("is for its owner alone, and holds no link", async () => {
    const { path, start } = onDisk();
    await start().take(token, link);

    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, "utf8")).not.toContain(token.slice(0, 12));
    expect(readFileSync(path, "utf8")).not.toContain(token.split(".")[1]?.slice(0, 12));
  });

  it("forgets what nobody could use any more", async () => {
    const { path, start } = onDisk();
    const clock = createFakeClock();
    const spending = start(clock);
    await spending.take(...made(1));
    await clock.advanceTo(2 * linkLastsMs);
    await spending.take(...made(2, 2 * linkLastsMs));

    expect(JSON.parse(readFileSync(path, "utf8")).spent).toHaveLength(1);
  });

  it("takes no more than it has room for: what does not fit is refused, not forgotten", async () => {
    const { start } = onDisk();
    const spending = start(createClock(), 2);
    const atMs = Date.now();
    for (const n of [1, 2]) await spending.take(...made(n, atMs));

    const third = await spending.take(...made(3, atMs));

    expect(third).toMatchObject({ kind: "unknown", because: expect.stringMatching(/too many/) });
    expect((await spending.take(...made(1, atMs))).kind).toBe("spent");
  });
});

describe("where the disk fails", () => {
  it("a button works once, and says that a restart would forget it", async () => {
    const folder = join(tempFolder(), "gone");
    const { start } = onDisk(join(folder, "spent"));
    writeFileSync(folder, "no folder");
    const spending = start();

    const first = await spending.take(token, { ...link, madeAtMs: Date.now() + 1_000 });
    const second = await spending.take(token, { ...link, madeAtMs: Date.now() + 1_000 });

    expect(first).toMatchObject({ kind: "taken", trouble: expect.stringMatching(/ENOTDIR/) });
    expect(second.kind).toBe("spent");
  });

  it("and hangs while writing, nobody waits for it long", async () => {
    const clock = createFakeClock();
    const file = fakeFile({ write: () => new Promise(() => undefined) });
    const spending = createSpending({ clock, file, most: 9 });

    const taking = spending.take(token, link);
    await clock.advanceTo(60_000);

    expect(await taking).toMatchObject({
      kind: "taken",
      trouble: expect.stringMatching(/not done/),
    });
  });

  it("and hangs while reading, what was made before waits, and is refused then", async () => {
    const clock = createFakeClock();
    const file = fakeFile({ read: () => new Promise(() => undefined) });
    const spending = createSpending({ clock, file, most: 9 });
    expect(spending.useOf(token, link)).toMatchObject({ kind: "unknown", isForGood: false });

    const taking = spending.take(token, link);
    await clock.advanceTo(60_000);

    expect(await taking).toMatchObject({ kind: "unknown", isForGood: true });
  });
});

describe.each<[string, (path: string) => void]>([
  ["is no JSON", (path) => writeFileSync(path, "{")],
  ["is somebody else's", (path) => writeFileSync(path, '{"my":"diary"}')],
  ["is of a later version", (path) => writeFileSync(path, '{"version":2,"spent":[]}')],
  ["is a folder", (path) => mkdirSync(path)],
  ["is far too large", (path) => writeFileSync(path, " ".repeat(2 * 1_024 * 1_024))],
  ["leads nowhere but to a device", (path) => symlinkSync("/dev/zero", path)],
])("where the file %s", (_, spoil) => {
  it("what was made before is refused, as it may have been used; what is made since works once", async () => {
    const { path, start } = onDisk();
    spoil(path);
    const clock = createClock();
    const spending = start(clock);
    const later = clock.nowMs() + 1_000;

    expect(await spending.take(token, link)).toMatchObject({
      kind: "unknown",
      because: expect.stringContaining(path),
      isForGood: true,
    });
    const first = await spending.take(...made(2, later));
    expect(first).toMatchObject({ kind: "taken", trouble: expect.stringContaining(path) });
    expect((await spending.take(...made(2, later))).kind).toBe("spent");
  });

  it("it is left as it is", async () => {
    const { path, start } = onDisk();
    spoil(path);
    const before = statSync(path);

    await start().take(...made(2, Date.now() + 1_000));

    expect(existsSync(path)).toBe(true);
    expect(statSync(path).ino).toBe(before.ino);
    expect(statSync(path).mtimeMs).toBe(before.mtimeMs);
  });
});
