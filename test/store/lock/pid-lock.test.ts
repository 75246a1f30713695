import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { buildSync } from "esbuild";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { identityOf } from "#process/identity.ts";
import { UserError } from "#errors.ts";
import type { IdentityOf } from "#store/lock/lock-text.ts";
import { takePidLock } from "#store/lock/pid-lock.ts";
import { makeFifo, tempFolder } from "../../temp-folder.ts";

/** No beat and no wait within a test. */
const paces = { beatMs: 600_000, staleAfterMs: 600_000 };
const modeOf = (path: string): number => fs.statSync(path).mode & 0o777;
const lockText = (pid: number, identity: string): string =>
  `${JSON.stringify({ pid, identity })}\n`;
/** Higher than any pid that a kernel gives. */
const deadLock = lockText(2 ** 30, "a boot long ago 1");

const programs = fs.mkdtempSync(join(tmpdir(), "runpodboss-test-"));
afterAll(() => fs.rmSync(programs, { recursive: true, force: true }));
const takerProgram = join(programs, "pid-lock-taker.mjs");
buildSync({
  bundle: true,
  format: "esm",
  platform: "node",
  entryPoints: [join(import.meta.dirname, "pid-lock-taker.ts")],
  outfile: takerProgram,
});

interface Taker {
  readonly pid: number;
  /** Tells it something and waits for its answer; "dead" when it died instead. */
  ask(line: string): Promise<string>;
  kill(): Promise<void>;
}

async function startTaker(
  stateFile: string,
  args: readonly string[] = [],
  launcher: readonly string[] = ["/usr/bin/env"],
): Promise<Taker> {
  const [program = "", ...rest] = [...launcher, process.execPath, takerProgram, stateFile, ...args];
  const child = spawn(program, rest, { stdio: ["pipe", "pipe", "inherit"] });
  const closed = once(child, "close");
  onTestFinished(() => void child.kill("SIGKILL"));
  // What it is told after its death is no fault of the test.
  child.stdin.on("error", () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<string> => {
    const next = await lines.next();
    return next.done === true ? "dead" : next.value;
  };
  expect(await answer()).toBe("ready");
  return {
    pid: child.pid ?? 0,
    ask(line) {
      child.stdin.write(`${line}\n`);
      return answer();
    },
    async kill() {
      child.kill("SIGKILL");
      await closed;
    },
  };
}

const stateIn = (folder: string): string => join(folder, "state.json");
const refusal = async (stateFile: string, of: IdentityOf = identityOf): Promise<unknown> =>
  await takePidLock(stateFile, of, { paces }).catch((error: unknown) => error);

describe("taking the lock", () => {
  it("makes a file for its owner alone, with its folders, and removes it in the end", async () => {
    const folder = tempFolder();
    const state = join(folder, "a", "b", "state.json");

    const lock = await takePidLock(state, identityOf, { paces });

    expect(lock.trouble).toBeUndefined();
    expect(fs.readdirSync(join(folder, "a", "b"))).toEqual(["state.json.lock"]);
    expect([`${state}.lock`, join(folder, "a"), join(folder, "a", "b")].map(modeOf)).toEqual([
      0o600, 0o700, 0o700,
    ]);
    expect(JSON.parse(fs.readFileSync(`${state}.lock`, "utf8"))).toMatchObject({
      pid: process.pid,
      identity: await identityOf(process.pid),
      host: hostname(),
      beat: expect.stringMatching(/^20..-..-..T..:..:..\....Z$/),
      ...(process.platform === "linux" && {
        boot: fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
        pid_namespace: fs.readlinkSync("/proc/self/ns/pid"),
      }),
    });

    await lock.release();

    expect(fs.readdirSync(join(folder, "a", "b"))).toEqual([]);
  });

  it("is refused while another guard lives, in words that name it, and exits with 2", async () => {
    const state = stateIn(tempFolder());
    const first = await startTaker(state);
    expect(await first.ask("0")).toBe("taken");

    const error = await refusal(state);

    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({
      message: `Another daemon is already running: pid ${first.pid} uses the state file ${state}.`,
      hint: `Stop it first, or give this one its own state_file; the files beside it take its name, so that both may lie in one folder. If process ${first.pid} is no runpodboss (ps -p ${first.pid}), remove ${state}.lock and try again.`,
      exitCode: 2,
    });

    expect(await first.ask("release")).toBe("released");
    expect(await takePidLock(state, identityOf, { paces })).not.toHaveProperty("trouble");
  });

  it("is refused through symlinks to the folder and to the file as well", async () => {
    const folder = tempFolder();
    fs.mkdirSync(join(folder, "real"));
    fs.symlinkSync("real", join(folder, "link"));
    fs.symlinkSync("link/state.json", join(folder, "other.json"));
    const lock = await takePidLock(join(folder, "link", "state.json"), identityOf, { paces });

    const errors = [
      await refusal(join(folder, "real", "state.json")),
      await refusal(join(folder, "other.json")),
    ];

    expect(errors.every((error) => error instanceof UserError)).toBe(true);
    expect(fs.readdirSync(join(folder, "real"))).toEqual(["state.json.lock"]);
    await lock.release();
    expect(fs.readdirSync(join(folder, "real"))).toEqual([]);
  });

  it("does not stand in the way of a guard of another state file", async () => {
    const folder = tempFolder();
    await takePidLock(join(folder, "a.json"), identityOf, { paces });

    expect(await takePidLock(join(folder, "b.json"), identityOf, { paces })).not.toHaveProperty(
      "trouble",
    );
  });
});

describe("taking over", () => {
  it("follows a guard that was killed with -9", async () => {
    const folder = tempFolder();
    const first = await startTaker(stateIn(folder));
    expect(await first.ask("0")).toBe("taken");
    await first.kill();

    const lock = await takePidLock(stateIn(folder), identityOf, { paces });

    expect(lock.trouble).toBeUndefined();
    expect(fs.readdirSync(folder)).toEqual(["state.json.lock"]);
    expect(modeOf(join(folder, "state.json.lock"))).toBe(0o600);
    await lock.release();
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it.each<[string, () => Promise<string>]>([
    ["of a process that ended", () => Promise.resolve(deadLock)],
    [
      "whose pid another living process has by now",
      async () => lockText(process.ppid, `${await identityOf(process.ppid)}0`),
    ],
    ["of this very pid, before", async () => lockText(process.pid, `0${await identityOf(1)}`)],
    ["that is empty", () => Promise.resolve("")],
    ["that is cut short", () => Promise.resolve(deadLock.slice(0, 12))],
    ["that is no object", () => Promise.resolve("null")],
    ["with pid 0", () => Promise.resolve(lockText(0, "x"))],
    ["with a negative pid", () => Promise.resolve(lockText(-1, "x"))],
    ["with a pid that is a text", () => Promise.resolve('{"pid":"1","identity":"x"}')],
    ["without an identity", () => Promise.resolve(`{"pid":${process.pid}}`)],
    ["that is not UTF-8", () => Promise.resolve("\udfff".repeat(3))],
    ["that is long", () => Promise.resolve("x".repeat(100_000))],
  ])("replaces a lock %s", async (_sentence, text) => {
    const folder = tempFolder();
    fs.writeFileSync(join(folder, "state.json.lock"), await text());

    const lock = await takePidLock(stateIn(folder), identityOf, { paces });

    expect(lock.trouble).toBeUndefined();
    expect(fs.readdirSync(folder)).toEqual(["state.json.lock"]);
    expect(await refusal(stateIn(folder))).toBeInstanceOf(UserError);
  });

  it("has one winner among 4 processes, each time", async () => {
    const folder = tempFolder();
    const path = join(folder, "state.json.lock");
    const takers = await Promise.all(Array.from({ length: 4 }, () => startTaker(stateIn(folder))));

    for (let round = 0; round < 8; round++) {
      // A stale lock, garbage, and none at all in turn.
      if (round % 4 === 3) fs.rmSync(path, { force: true });
      else fs.writeFileSync(path, round % 4 === 2 ? "" : deadLock);
      const startAt = String(Date.now() + 5);

      const answers = await Promise.all(takers.map((taker) => taker.ask(startAt)));

      const winner = takers[answers.indexOf("taken")];
      const lost = `Another daemon is already running: pid ${winner?.pid} uses the state file ${stateIn(folder)}.`;
      expect(answers.toSorted()).toEqual([...Array.from({ length: 3 }, () => lost), "taken"]);
      expect(fs.readdirSync(folder)).toEqual(["state.json.lock"]);
      await winner?.ask("release");
      expect(fs.readdirSync(folder)).toEqual([]);
    }
  });

  it("has one winner among many at once within a process, each time", async () => {
    const folder = tempFolder();

    for (let round = 0; round < 8; round++) {
      fs.writeFileSync(join(folder, "state.json.lock"), `${round}`);

      const ends = await Promise.all(Array.from({ length: 12 }, () => refusal(stateIn(folder))));

      expect(ends.filter((end) => !(end instanceof UserError))).toHaveLength(1);
    }
    expect(fs.readdirSync(folder)).toEqual(["state.json.lock"]);
  });

  it.each([
    ["", []],
    [", where no hard links can be made", ["no-links"]],
  ])(
    "succeeds wherever one or two before it were killed in the middle%s",
    async (_sentence, args) => {
      const folder = tempFolder();
      const path = join(folder, "state.json.lock");
      const deaths: string[] = [];

      for (let first = 1; !deaths.includes("taken"); first++) {
        for (const file of fs.readdirSync(folder)) fs.rmSync(join(folder, file));
        fs.writeFileSync(path, deadLock);
        const second = first % 2 === 0 ? 2 : 5;
        const [dying, alsoDying] = await Promise.all([
          startTaker(stateIn(folder), [String(first), ...args]),
          startTaker(stateIn(folder), [String(second), ...args]),
        ]);
        deaths.push(await dying.ask("0"));
        await dying.kill();
        await alsoDying.ask("0");
        await alsoDying.kill();

        const lock = await takePidLock(stateIn(folder), identityOf, { paces });

        expect(lock.trouble).toBeUndefined();
        expect(await refusal(stateIn(folder))).toBeInstanceOf(UserError);
      }
      expect(deaths.length).toBeGreaterThan(5);
    },
  );
});

describe("a lock that cannot be had", () => {
  it.each<[string, (folder: string) => string, RegExp]>([
    [
      "as the folder's place is taken",
      (folder) => {
        fs.writeFileSync(join(folder, "file"), "");
        return join(folder, "file", "state.json");
      },
      /ENOTDIR|EEXIST/,
    ],
    [
      "as a folder has its name",
      (folder) => {
        fs.mkdirSync(join(folder, "state.json.lock"));
        return stateIn(folder);
      },
      /not a regular file/,
    ],
    [
      "as a FIFO has its name",
      (folder) => {
        makeFifo(join(folder, "state.json.lock"));
        return stateIn(folder);
      },
      /not a regular file/,
    ],
    [
      "as a symlink to nothing has its name",
      (folder) => {
        fs.symlinkSync("nothing", join(folder, "state.json.lock"));
        return stateIn(folder);
      },
      /ELOOP/,
    ],
    ["as the name is too long", (folder) => join(folder, "n".repeat(254)), /ENAMETOOLONG/],
    // A file system that takes no new files, for root as well.
    ["as the folder is read-only", () => "/proc/self/state.json", /ENOENT|EPERM|EACCES|EROFS/],
  ])("does not keep the guard from its work, but is told: %s", async (_sentence, make, words) => {
    const folder = tempFolder();
    const stateFile = make(folder);
    const before = fs.readdirSync(folder);

    const lock = await takePidLock(stateFile, identityOf, { paces });

    expect(lock.trouble).toMatch(words);
    expect(lock.trouble).toContain(
      `cannot keep a second daemon from starting: ${stateFile}.lock: `,
    );
    await lock.release();
    expect(fs.readdirSync(folder)).toEqual(before);
  });

  it("leaves nothing behind where a file can be made but not written, as on a full disk", async () => {
    const folder = tempFolder();
    fs.writeFileSync(join(folder, "state.json.lock"), deadLock);
    // No file may hold a byte: the shell's limit stands in for the disk.
    const taker = await startTaker(
      stateIn(folder),
      [],
      ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh"],
    );

    const answer = await taker.ask("0");

    expect(answer).toContain("cannot keep a second daemon from starting: ");
    expect(answer).toContain("EFBIG");
    expect(fs.readdirSync(folder)).toEqual(["state.json.lock"]);
  });

  it("is trouble too when nobody can say whether the holder lives", async () => {
    const folder = tempFolder();
    fs.writeFileSync(join(folder, "state.json.lock"), lockText(1, "x"));
    const of: IdentityOf = (pid) =>
      pid === process.pid ? Promise.resolve("me") : Promise.reject(new Error("ps is missing"));

    const lock = await takePidLock(stateIn(folder), of, { paces });

    expect(lock.trouble).toMatch(/ps is missing/);
    expect(fs.readFileSync(join(folder, "state.json.lock"), "utf8")).toBe(lockText(1, "x"));
  });
});

describe("releasing", () => {
  it("leaves a lock that is another's by now", async () => {
    const folder = tempFolder();
    const lock = await takePidLock(stateIn(folder), identityOf, { paces });
    fs.writeFileSync(join(folder, "state.json.lock"), deadLock);

    await lock.release();

    expect(fs.readFileSync(join(folder, "state.json.lock"), "utf8")).toBe(deadLock);
  });

  it("does nothing when the file or its folder is gone", async () => {
    const folder = tempFolder();
    const lock = await takePidLock(join(folder, "a", "state.json"), identityOf, { paces });
    fs.rmSync(join(folder, "a"), { recursive: true });

    await expect(lock.release()).resolves.toBeUndefined();
  });
});
