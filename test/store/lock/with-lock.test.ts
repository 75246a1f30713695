import * as fs from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { identityOf } from "#process/identity.ts";
import { UserError } from "#errors.ts";
import { withLock, takeTurn } from "#store/lock/with-lock.ts";
import { tempFolder } from "../../temp-folder.ts";
import { childProgram } from "../child.ts";

const startAdder = childProgram("with-lock-adder");
const modeOf = (path: string): number => fs.statSync(path).mode & 0o777;
const lockText = (pid: number, identity: string): string =>
  `${JSON.stringify({ pid, identity })}\n`;
/** Higher than any pid that a kernel gives. */
const deadLock = lockText(2 ** 30, "a boot long ago 1");

describe("holding a file", () => {
  it("keeps a lock beside it while the work goes on, and makes missing folders", async () => {
    const folder = tempFolder();
    const path = join(folder, "a", "b", "file");

    const found = await withLock(path, identityOf, () =>
      Promise.resolve([
        fs.readdirSync(join(folder, "a", "b")),
        [`${path}.lock`, join(folder, "a"), join(folder, "a", "b")].map(modeOf),
      ]),
    );

    expect(found).toEqual([["file.lock"], [0o600, 0o700, 0o700]]);
    expect(fs.readdirSync(join(folder, "a", "b"))).toEqual([]);
  });

  it("lets go when the work throws, and throws the same", async () => {
    const folder = tempFolder();
    const fault = new Error("no");

    const end = withLock(join(folder, "file"), identityOf, () => Promise.reject(fault));

    await expect(end).rejects.toBe(fault);
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it("stands beside the real file, so that a symlink to it is held as well", async () => {
    const folder = tempFolder();
    fs.mkdirSync(join(folder, "real"));
    fs.symlinkSync("real", join(folder, "link"));
    fs.symlinkSync("link/file", join(folder, "other"));
    const hold = await takeTurn(join(folder, "real", "file"), identityOf);

    const second = takeTurn(join(folder, "other"), identityOf, { patienceMs: 50 });

    await expect(second).rejects.toThrow("keeps");
    expect(fs.readdirSync(join(folder, "real"))).toEqual(["file.lock"]);
    await hold.release();
  });

  it("is for one at a time among many within a process", async () => {
    const path = join(tempFolder(), "file");
    let inside = 0;
    const most: number[] = [];

    await Promise.all(
      Array.from({ length: 20 }, () =>
        withLock(
          path,
          identityOf,
          async () => {
            inside += 1;
            most.push(inside);
            await pause(1);
            inside -= 1;
          },
          { patienceMs: 60_000 },
        ),
      ),
    );

    expect(most).toEqual(Array.from({ length: 20 }, () => 1));
  });

  it("is for one at a time among 3 processes", async () => {
    const path = join(tempFolder(), "count");
    fs.writeFileSync(path, "0");

    const ends = await Promise.all(Array.from({ length: 3 }, () => startAdder([path, "8"]).ended));

    expect(ends.map(({ code, stderr }) => [code, stderr])).toEqual(ends.map(() => [0, ""]));
    expect(fs.readFileSync(path, "utf8")).toBe("24");
    expect(fs.readdirSync(join(path, ".."))).toEqual(["count"]);
  });

  it("goes on where others were killed while they held it", async () => {
    const path = join(tempFolder(), "count");
    fs.writeFileSync(path, "0");

    const ends = await Promise.all(
      ["dies", "", "dies", ""].map((dies) => startAdder([path, "8", dies]).ended),
    );

    expect(ends.map(({ signal }) => signal).filter((signal) => signal !== null)).toHaveLength(2);
    expect(fs.readFileSync(path, "utf8")).toBe("30");
    // The last one of all may have been one that was killed.
    await withLock(path, identityOf, () => Promise.resolve());
    expect(fs.readdirSync(join(path, ".."))).toEqual(["count"]);
  });

  it.each([
    ["a dead process", deadLock],
    ["nobody: it is empty", ""],
    ["nobody: it is cut short", deadLock.slice(0, 12)],
    ["this very pid, before", lockText(process.pid, "another boot 1")],
  ])("takes over what is left by %s", async (_sentence, text) => {
    const folder = tempFolder();
    fs.writeFileSync(join(folder, "file.lock"), text);

    const found = await withLock(join(folder, "file"), identityOf, () =>
      Promise.resolve(fs.readFileSync(join(folder, "file.lock"), "utf8")),
    );

    const identity = await identityOf(process.pid);
    expect(JSON.parse(found)).toMatchObject({ pid: process.pid, identity });
    expect(fs.readdirSync(folder)).toEqual([]);
  });
});

describe("a file that cannot be held", () => {
  it("is refused when patience ends, in words that name the holder", async () => {
    const path = join(tempFolder(), "file");
    const hold = await takeTurn(path, identityOf);
    let hasWorked = false;

    const error: unknown = await withLock(
      path,
      identityOf,
      () => Promise.resolve((hasWorked = true)),
      { patienceMs: 60 },
    ).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({
      message: `another runpodboss (pid ${process.pid}) keeps ${path} locked`,
      hint: expect.stringContaining(`process ${process.pid}`),
      exitCode: 2,
    });
    expect(hasWorked).toBe(false);
    expect(fs.existsSync(`${path}.lock`)).toBe(true);
    await hold.release();
  });

  it("is waited for until it is free", async () => {
    const path = join(tempFolder(), "file");
    const hold = await takeTurn(path, identityOf);
    const order: string[] = [];

    const second = withLock(path, identityOf, () => Promise.resolve(order.push("second")));
    await pause(60);
    order.push("first");
    await hold.release();
    await second;

    expect(order).toEqual(["first", "second"]);
  });

  it.each<[string, (folder: string) => string, RegExp]>([
    [
      "a parent that is a file",
      (folder) => {
        fs.writeFileSync(join(folder, "file"), "");
        return join(folder, "file", "history");
      },
      /cannot be locked: .*(ENOTDIR|EEXIST)/,
    ],
    [
      "a folder where the lock would be",
      (folder) => {
        fs.mkdirSync(join(folder, "history.lock"));
        return join(folder, "history");
      },
      /cannot be locked: it is not a regular file/,
    ],
    // A file system that takes no new files, for root as well.
    ["a folder that takes no files", () => "/proc/self/history", /cannot be locked: /],
  ])("is told: %s", async (_sentence, make, words) => {
    const path = make(tempFolder());

    const end = takeTurn(path, identityOf);

    await expect(end).rejects.toThrow(words);
    await expect(end).rejects.toBeInstanceOf(UserError);
  });

  it("is told when nobody can say whether the holder lives", async () => {
    const path = join(tempFolder(), "file");
    fs.writeFileSync(`${path}.lock`, lockText(1, "x"));

    const end = takeTurn(path, (pid) =>
      pid === process.pid ? Promise.resolve("me") : Promise.reject(new Error("ps is missing")),
    );

    await expect(end).rejects.toThrow(`${path} cannot be locked: ps is missing`);
  });
});
