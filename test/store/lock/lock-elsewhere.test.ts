import fs from "node:fs";
import promises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { hostname, uptime } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { UserError } from "#errors.ts";
import { identityOf } from "#process/identity.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import { type Holder, lifeOf, lockText, type Place, placeHere } from "#store/lock/lock-text.ts";
import { createWatching } from "#store/lock/lock-watching.ts";
import { takePidLock, watcherOf } from "#store/lock/pid-lock.ts";
import { takeTurn } from "#store/lock/with-lock.ts";
import { tempFolder } from "../../temp-folder.ts";

const quick = { beatMs: 20, staleAfterMs: 200 };
const slow = { beatMs: 600_000, staleAfterMs: 600_000 };
const firstNamespace = "pid:[4026531836]";

type Elsewhere = (here: Place) => Place;
const inContainer: Elsewhere = (here) => ({ ...here, pidNamespace: "pid:[4026539999]" });
const onNas: Elsewhere = (here) => ({ ...here, host: "nas", machine: "other", boot: "other" });
const elsewhere: readonly (readonly [sentence: string, place: Elsewhere])[] = [
  ["another container", inContainer],
  ["another machine", onNas],
  [
    "another machine with the same name, as containers have it",
    (here) => ({ ...here, boot: "other" }),
  ],
];

/** The lock of a guard that runs, or ran, elsewhere: with the pid and identity of a process here. */
async function lockedFrom(place: Elsewhere, beatAtMs = Date.now()) {
  const folder = tempFolder();
  const stateFile = join(folder, "state.json");
  const path = `${stateFile}.lock`;
  const identity = (await identityOf(process.ppid)) ?? "";
  const holder = {
    pid: process.ppid,
    identity: `not ${identity}`,
    place: place(await placeHere()),
  };
  fs.writeFileSync(path, lockText(holder, beatAtMs));
  const beat = (atMs: number): void => writeInPlace(path, lockText(holder, atMs));
  return { folder, stateFile, path, beat };
}

/** As a holder's beat is written: nobody ever reads half of it. */
function writeInPlace(path: string, text: string): void {
  const file = fs.openSync(path, "r+");
  fs.writeSync(file, text, 0);
  fs.closeSync(file);
}

/** Beats until the test is over. */
function goOn(beat: (atMs: number) => void): void {
  let atMs = Date.now();
  const timer = setInterval(() => beat((atMs += 1)), 10);
  onTestFinished(() => clearInterval(timer));
}

describe("a guard that cannot be looked at from here", () => {
  it.each(elsewhere)(
    "is not joined by a second one while its heartbeat goes on: in %s",
    async (_sentence, place) => {
      const { stateFile, path, beat } = await lockedFrom(place);
      goOn(beat);
      const waits: string[] = [];

      const refused = await takePidLock(stateFile, identityOf, {
        paces: { beatMs: 20, staleAfterMs: 60_000 },
        onWait: (words) => waits.push(words),
      }).catch((error: unknown) => error);

      expect(refused).toBeInstanceOf(UserError);
      expect(refused).toMatchObject({
        message: expect.stringContaining(`pid ${process.ppid} on `),
        hint: expect.stringContaining(`Its lock is ${path}.`),
      });
      expect(waits).toEqual([
        expect.stringMatching(/^waiting up to 60 s to see whether the daemon/),
      ]);
      expect(await watcherOf(stateFile, identityOf)).toBe(process.ppid);
    },
  );

  it.each(elsewhere)(
    "is followed once its heartbeat has ended: in %s",
    async (_sentence, place) => {
      // Its clock may be years ahead: only the standing still counts.
      const { folder, stateFile } = await lockedFrom(place, Date.UTC(2040, 0));

      const lock = await takePidLock(stateFile, identityOf, { paces: quick });

      expect(lock.trouble).toBeUndefined();
      expect(fs.readdirSync(folder)).toEqual(["state.json.lock"]);
      await lock.release();
      expect(fs.readdirSync(folder)).toEqual([]);
    },
  );

  it("is followed by one of two who wait for the end of it", async () => {
    const { stateFile } = await lockedFrom(inContainer);

    const ends = await Promise.allSettled(
      [1, 2].map(() => takePidLock(stateFile, identityOf, { paces: quick })),
    );

    expect(ends.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });

  it("leaves nobody waiting who is told to end", async () => {
    const { stateFile } = await lockedFrom(inContainer);
    const ending = new AbortController();

    const lock = takePidLock(stateFile, identityOf, {
      paces: slow,
      onWait: () => ending.abort(),
      signal: ending.signal,
    });

    expect((await lock).trouble).toMatch(/aborted/);
  });

  it("keeps the leases to itself for a moment; what it left behind is taken over", async () => {
    const { folder } = await lockedFrom(onNas);
    const path = join(folder, "leases.json");
    const left = fs.readFileSync(join(folder, "state.json.lock"), "utf8");
    fs.writeFileSync(`${path}.lock`, left);

    const turn = await takeTurn(path, identityOf, { patienceMs: 10, paces: quick });
    await turn.release();
    fs.writeFileSync(`${path}.lock`, left);
    const beat = (): string => left.replace(/\d\d\dZ/, `${(Date.now() % 900) + 100}Z`);
    const timer = setInterval(() => writeInPlace(`${path}.lock`, beat()), 5);
    onTestFinished(() => clearInterval(timer));

    await expect(
      takeTurn(path, identityOf, { patienceMs: 300, paces: { beatMs: 5, staleAfterMs: 60_000 } }),
    ).rejects.toMatchObject({ message: expect.stringContaining(`pid ${process.ppid} on nas`) });
  });

  it("after a reboot of this machine holds up nobody", async () => {
    const here = await placeHere();
    const identity = (await identityOf(process.pid)) ?? "";
    const machine = { ...here, machine: "this", pidNamespace: firstNamespace };
    const bootedAtMs = Date.now() - uptime() * 1_000;
    const holder = (place: Place, beatAtMs: number): Holder => ({
      pid: process.pid,
      identity,
      place: { ...place, boot: "before" },
      beatAt: new Date(beatAtMs).toISOString(),
    });
    const of = (found: Holder, now = machine) => lifeOf(found, now, identityOf);

    expect(await of(holder(machine, bootedAtMs - 60_000))).toBe("dead");
    // These may be others, with a name and a mark that were copied.
    expect(await of(holder(machine, Date.now()))).toBe("unknown");
    expect(await of(holder({ ...machine, host: "other" }, bootedAtMs - 60_000))).toBe("unknown");
    expect(await of(holder({ ...machine, machine: "other" }, bootedAtMs - 60_000))).toBe("unknown");
    const contained = { ...machine, pidNamespace: "pid:[4026539999]" };
    expect(await of(holder(contained, bootedAtMs - 60_000), contained)).toBe("unknown");
  });

  it("counts by its name where a system has no better mark, as macOS", async () => {
    const here = { host: hostname() };
    const identity = (await identityOf(process.pid)) ?? "";
    const holder = { pid: process.pid, identity, place: here, beatAt: undefined };

    expect(await lifeOf(holder, here, identityOf)).toBe("alive");
    expect(await lifeOf({ ...holder, identity: "x" }, here, identityOf)).toBe("dead");
    expect(await lifeOf(holder, { host: "other" }, identityOf)).toBe("unknown");
  });
});

describe("the wait for a heartbeat", () => {
  it("does not count the time in which the disk gave no answer", () => {
    let nowMs = 0;
    const watching = createWatching(() => nowMs);
    const see = (atMs: number, text: string): number => {
      nowMs = atMs;
      return watching.see("path", text);
    };

    expect([see(0, "a"), see(500, "a"), see(60_000, "a"), see(60_100, "a")]).toEqual([
      0, 500, 1_500, 1_600,
    ]);
    expect(watching.hasChanged("path")).toBe(false);
    expect([see(60_200, "b"), see(60_300, "b")]).toEqual([0, 100]);
    expect(watching.hasChanged("path")).toBe(true);
  });
});

describe("the heartbeat", () => {
  const beatOf = (path: string): string => fs.readFileSync(path, "utf8");

  async function until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await pause(5);
  }

  it("goes on in the lock while it is held, in the same file, and ends with it", async () => {
    const stateFile = join(tempFolder(), "state.json");
    const path = `${stateFile}.lock`;
    const lock = await takePidLock(stateFile, identityOf, { paces: quick });
    const [first, { ino }] = [beatOf(path), fs.statSync(path)];

    await until(() => beatOf(path) !== first);

    expect(beatOf(path)).toHaveLength(first.length);
    expect(fs.statSync(path).ino).toBe(ino);
    await lock.release();
    await pause(3 * quick.beatMs);
    expect(fs.existsSync(path)).toBe(false);
  });

  it("puts back a lock that somebody has removed", async () => {
    const stateFile = join(tempFolder(), "state.json");
    const lock = await takePidLock(stateFile, identityOf, { paces: quick });

    fs.rmSync(`${stateFile}.lock`);
    await until(() => fs.existsSync(`${stateFile}.lock`));

    await expect(takePidLock(stateFile, identityOf, { paces: slow })).rejects.toThrow(UserError);
    await lock.release();
    expect(fs.existsSync(`${stateFile}.lock`)).toBe(false);
  });

  it("touches no lock that is another's by now, and tells of it", async () => {
    const { stateFile, path } = await lockedFrom(onNas);
    const others = beatOf(path);
    fs.rmSync(path);
    const lock = await takePidLock(stateFile, identityOf, { paces: quick });

    fs.writeFileSync(`${path}.new`, others);
    fs.renameSync(`${path}.new`, path);

    expect(await lock.lost).toBe(
      `${path} is held by pid ${process.ppid} on nas now: two daemons use one state file. Stop one of them, or give it its own state_file`,
    );
    await lock.release();
    expect(beatOf(path)).toBe(others);
  });

  it("on a disk that hangs takes one thread and no more, and holds up no end", async () => {
    const stateFile = join(tempFolder(), "state.json");
    const lock = await takePidLock(stateFile, identityOf, { paces: { ...quick, beatMs: 5 } });
    const real = promises.open;
    let opened = 0;
    let letGo: () => void = () => undefined;
    promises.open = async (...args) => {
      if (args[0] !== `${stateFile}.lock`) return real(...args);
      opened += 1;
      if (opened === 1) await new Promise<void>((resolve) => (letGo = resolve));
      return real(...args);
    };
    syncBuiltinESMExports();
    onTestFinished(() => {
      promises.open = real;
      syncBuiltinESMExports();
    });

    await until(() => opened === 1);
    await pause(50);
    const whileItHangs = opened;
    await lock.release();
    letGo();

    expect(whileItHangs).toBe(1);
  });
});

describe("where hard links are refused", () => {
  function refuseLinks(code: string): void {
    const real = promises.link;
    promises.link = () => Promise.reject(Object.assign(new Error(`${code}: no`), { code }));
    syncBuiltinESMExports();
    onTestFinished(() => {
      promises.link = real;
      syncBuiltinESMExports();
    });
  }

  it.each(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EACCES"])(
    "a lease is given and a second daemon kept out: %s",
    async (code) => {
      refuseLinks(code);
      const folder = tempFolder();
      const stateFile = join(folder, "state.json");
      const book = { leases: {}, touchedAtMs: { p1: 1_000 } };

      await createLeaseFile(join(folder, "leases.json"), identityOf, { nowMs: () => 0 }).change(
        () => book,
      );
      const lock = await takePidLock(stateFile, identityOf, { paces: slow });

      expect(lock.trouble).toBeUndefined();
      await expect(takePidLock(stateFile, identityOf, { paces: slow })).rejects.toThrow(UserError);
      expect(fs.readdirSync(folder).toSorted()).toEqual(["leases.json", "state.json.lock"]);
      await lock.release();
      expect(fs.readdirSync(folder)).toEqual(["leases.json"]);
    },
  );

  it("many at once have one winner", async () => {
    refuseLinks("EPERM");
    const stateFile = join(tempFolder(), "state.json");

    const ends = await Promise.allSettled(
      Array.from({ length: 12 }, () => takePidLock(stateFile, identityOf, { paces: slow })),
    );

    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("a lock whose text is yet to come is waited for, and then respected", async () => {
    const { stateFile, path } = await lockedFrom((here) => here);
    const identity = await identityOf(process.ppid);
    const text = `{"pid":${process.ppid},"identity":"${identity}"}\n`;
    fs.writeFileSync(path, "");
    const timers = [
      setTimeout(() => fs.writeFileSync(path, text.slice(0, 20)), 30),
      setTimeout(() => fs.writeFileSync(path, text), 60),
    ];
    onTestFinished(() => timers.forEach(clearTimeout));

    await expect(takePidLock(stateFile, identityOf, { paces: slow })).rejects.toThrow(
      `pid ${process.ppid} uses the state file`,
    );
  });

  it("a full disk leaves no lock without a text", async () => {
    refuseLinks("EPERM");
    const folder = tempFolder();
    const real = promises.writeFile;
    promises.writeFile = async (path, text, options) => {
      const isLock = typeof path === "string" && path.endsWith(".lock");
      await real(path, isLock ? "" : text, options);
      if (isLock) throw Object.assign(new Error("ENOSPC: no space"), { code: "ENOSPC" });
    };
    syncBuiltinESMExports();
    onTestFinished(() => {
      promises.writeFile = real;
      syncBuiltinESMExports();
    });

    const refused = takeTurn(join(folder, "leases.json"), identityOf);

    await expect(refused).rejects.toMatchObject({
      message: expect.stringContaining("leases.json cannot be locked: ENOSPC"),
      hint: "Its disk is full. Make room, and try again.",
    });
    expect(fs.readdirSync(folder)).toEqual([]);
  });
});
