import fs from "node:fs";
import promises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { UserError } from "#errors.ts";
import { identityOf } from "#process/identity.ts";
import type { LockNews } from "#store/lock/late-lock.ts";
import { lockText, placeHere } from "#store/lock/lock-text.ts";
import { type Lock, takePidLock } from "#store/lock/pid-lock.ts";
import { tempFolder } from "../../temp-folder.ts";

const paces = { beatMs: 10, staleAfterMs: 60_000 };

/** Follows the lock; `next` resolves when it stands so. */
function followed(lock: Lock) {
  const news: LockNews[] = [];
  let look = (): void => undefined;
  lock.follow((one) => {
    news.push(one);
    look();
  });
  onTestFinished(() => lock.release());
  const next = (isIt: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      look = () => {
        if (isIt()) resolve();
      };
      look();
    });
  return { news, next, last: () => news.at(-1) };
}

function fillTheDisk(): { free(): void } {
  const real = promises.writeFile;
  promises.writeFile = () =>
    Promise.reject(Object.assign(new Error("ENOSPC: no space"), { code: "ENOSPC" }));
  syncBuiltinESMExports();
  const free = (): void => {
    promises.writeFile = real;
    syncBuiltinESMExports();
  };
  onTestFinished(free);
  return { free };
}

describe("a lock that could not be had at the start", () => {
  it("is had once a full disk has room again, and keeps a second daemon out", async () => {
    const stateFile = join(tempFolder(), "state.json");
    const disk = fillTheDisk();
    const lock = await takePidLock(stateFile, identityOf, { paces });
    const { news, next, last } = followed(lock);

    await next(() => news.length === 3);
    const before = [...news];
    disk.free();
    await next(() => last()?.kind === "had");

    const because = `cannot keep a second daemon from starting: ${stateFile}.lock: ENOSPC: no space`;
    // Word for word the same, so that it is one trouble that lasts.
    expect(before).toEqual(before.map(() => ({ kind: "failing", because })));
    await expect(takePidLock(stateFile, identityOf, { paces })).rejects.toThrow(UserError);
    await lock.release();
    expect(fs.existsSync(`${stateFile}.lock`)).toBe(false);
  });

  it("is had once its folder can be made", async () => {
    const folder = tempFolder();
    fs.writeFileSync(join(folder, "mount"), "");
    const stateFile = join(folder, "mount", "state.json");
    const { next, last } = followed(await takePidLock(stateFile, identityOf, { paces }));

    expect(last()?.kind).toBe("failing");
    fs.rmSync(join(folder, "mount"));
    await next(() => last()?.kind === "had");

    await expect(takePidLock(stateFile, identityOf, { paces })).rejects.toThrow(UserError);
  });

  it("that another daemon took meanwhile is told as lost, and had when that one ends", async () => {
    const stateFile = join(tempFolder(), "state.json");
    const disk = fillTheDisk();
    const { next, last } = followed(await takePidLock(stateFile, identityOf, { paces }));
    const identity = (await identityOf(process.ppid)) ?? "";
    const others = lockText({ pid: process.ppid, identity, place: await placeHere() }, 0);

    fs.writeFileSync(`${stateFile}.lock`, others);
    disk.free();
    await next(() => last()?.kind === "lost");
    const lost = last();
    const untouched = fs.readFileSync(`${stateFile}.lock`, "utf8");
    fs.rmSync(`${stateFile}.lock`);
    await next(() => last()?.kind === "had");

    expect(lost).toMatchObject({
      because: expect.stringMatching(
        new RegExp(`is held by pid ${process.ppid} on .* now: two daemons use one state file`),
      ),
    });
    expect(untouched).toBe(others);
  });

  it("is left alone by a guard that has ended", async () => {
    const stateFile = join(tempFolder(), "state.json");
    const disk = fillTheDisk();
    const lock = await takePidLock(stateFile, identityOf, { paces });
    const { news, next } = followed(lock);
    await next(() => news.length === 2);

    await lock.release();
    disk.free();

    expect(await takePidLock(stateFile, identityOf, { paces })).not.toHaveProperty("trouble");
  });
});
