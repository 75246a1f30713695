import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Log } from "#log.ts";
import { keptInFile } from "#outside/node/kept-in-file.ts";
import { createFakeClock } from "../fake-clock.ts";
import { tempFolder } from "../temp-folder.ts";

/** What is kept of an account in a file, with a disk that is as it is given. */
function setUp(path: string, disk?: { write?: (text: string) => Promise<void> }) {
  const clock = createFakeClock();
  const said: string[] = [];
  const written: string[] = [];
  const wakes: (number | undefined)[] = [];
  const say = (_fields: unknown, words: string): void => void said.push(words);
  const log: Log = { debug: say, info: say, warn: say, error: say };
  const kept = keptInFile(path, {
    clock,
    log,
    onWake: (atMs) => void wakes.push(atMs),
    ...(disk?.write && {
      disk: {
        read: () => Promise.resolve(undefined),
        write: async (_path, text) => {
          await disk.write?.(text);
          written.push(text);
        },
      },
    }),
  });
  return { kept, clock, said, written, wakes };
}

describe("what is kept in a file", () => {
  it("is there for another process, with when it is to be woken", async () => {
    const path = join(tempFolder(), "main.json");
    const { kept, wakes } = setUp(path);
    await kept.write({ beat: "1", gone: "2" });
    await kept.write({ gone: undefined });
    await kept.wakeAt(7);

    const other = setUp(path).kept;

    expect(await other.read()).toEqual({ beat: "1" });
    expect(await other.wakeAtMs()).toBe(7);
    expect(wakes).toEqual([7]);
  });

  it("is set aside where it cannot be read, and begins anew", async () => {
    const folder = tempFolder();
    const path = join(folder, "main.json");
    await writeFile(path, '{"kept": [');
    const { kept, said } = setUp(path);

    expect(await kept.read()).toEqual({});
    expect(said).toEqual(["what was kept could not be read; the account begins anew"]);
    await kept.write({ beat: "1" });
    expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject({ kept: { beat: "1" } });
    expect(await readdir(folder)).toHaveLength(2);
  });

  it("is not written again where nothing changes", async () => {
    const { kept, written } = setUp("x", { write: () => Promise.resolve() });
    await kept.write({ beat: "1" });
    await kept.write({ beat: "1" });
    await kept.write({ none: undefined });

    expect(written).toHaveLength(1);
  });

  it("holds in memory while the disk is full, and is written once there is room", async () => {
    let isFull = true;
    const write = (): Promise<void> =>
      isFull ? Promise.reject(new Error("ENOSPC")) : Promise.resolve();
    const { kept, said, written } = setUp("x", { write });
    await kept.write({ beat: "1" });
    expect(await kept.read()).toEqual({ beat: "1" });
    expect(written).toEqual([]);

    isFull = false;
    await kept.write({ beat: "1" });

    expect(written).toHaveLength(1);
    expect(said).toEqual(["what is kept cannot be written", "what is kept can be written again"]);
  });

  it("holds nobody up while the disk hangs", async () => {
    const { kept, clock, said } = setUp("x", { write: () => new Promise(() => undefined) });
    const first = kept.write({ beat: "1" });
    await clock.advanceTo(60_000);
    await first;
    await kept.write({ beat: "2" });

    expect(await kept.read()).toEqual({ beat: "2" });
    expect(said).toEqual(["the disk does not answer; what is kept is not safe from a crash"]);
  });
});
