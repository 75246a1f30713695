import { chmodSync, symlinkSync, writeFileSync } from "node:fs";
import promises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { readSmallFile } from "#read-file.ts";
import { makeFifo, tempFolder } from "./temp-folder.ts";

const limits = { maxBytes: 10 };

describe("a file that anything may have been put in the place of", () => {
  it("is read, with who may read it", async () => {
    const path = join(tempFolder(), "file");
    writeFileSync(path, "0123456789");
    chmodSync(path, 0o640);

    const found = await readSmallFile(path, limits);

    expect(found).toMatchObject({ kind: "read", text: "0123456789", uid: process.getuid?.() });
    expect(found.kind === "read" && found.mode & 0o777).toBe(0o640);
  });

  it.each<[string, (path: string) => void, string]>([
    ["a FIFO that nobody writes to", makeFifo, "it is not a regular file"],
    [
      "a device that never ends",
      (path) => symlinkSync("/dev/zero", path),
      "it is not a regular file",
    ],
    ["a folder", (path) => symlinkSync("/tmp", path), "it is a folder"],
    ["a byte too many", (path) => writeFileSync(path, "01234567890"), "it is larger than 10 bytes"],
    [
      "one that hides its size",
      (path) => symlinkSync("/proc/self/environ", path),
      "it is larger than 10 bytes",
    ],
    ["a link to itself", (path) => symlinkSync(path, path), "ELOOP"],
  ])("%s is told, and nothing hangs", async (_sentence, make, because) => {
    const path = join(tempFolder(), "file");
    make(path);

    expect(await readSmallFile(path, limits)).toEqual({ kind: "unreadable", because });
  });

  it("is missing", async () => {
    const found = await readSmallFile(join(tempFolder(), "file"), limits);

    expect(found).toEqual({ kind: "missing", because: "no such file" });
  });

  it("on a disk that hangs is given up, and not read a second time meanwhile", async () => {
    const path = join(tempFolder(), "file");
    writeFileSync(path, "x");
    const real = promises.open;
    let opened = 0;
    let letGo: () => void = () => undefined;
    promises.open = async (...args) => {
      if (args[0] !== path) return real(...args);
      opened += 1;
      if (opened === 1) await new Promise<void>((resolve) => (letGo = resolve));
      return real(...args);
    };
    syncBuiltinESMExports();
    onTestFinished(() => {
      promises.open = real;
      syncBuiltinESMExports();
    });

    const [first, second] = await Promise.all([
      readSmallFile(path, { ...limits, timeLimitMs: 10 }),
      readSmallFile(path, { ...limits, timeLimitMs: 10 }),
    ]);
    const whileItHangs = opened;
    letGo();
    const after = await readSmallFile(path, limits);

    expect(first).toMatchObject({ because: "it took longer than 0.01 s" });
    expect(second).toMatchObject({ because: "an earlier attempt to read it still hangs" });
    expect(whileItHangs).toBe(1);
    // The second was too late to be read any more.
    expect({ after, opened }).toMatchObject({ after: { kind: "read", text: "x" }, opened: 2 });
  });

  it("is read by several at once, one after the other", async () => {
    const path = join(tempFolder(), "file");
    writeFileSync(path, "x");

    const all = await Promise.all([1, 2, 3].map(() => readSmallFile(path, limits)));

    expect(all.map(({ kind }) => kind)).toEqual(["read", "read", "read"]);
  });
});
