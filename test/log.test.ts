import * as fs from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { createLogger, type LogOptions } from "#log.ts";
import { createRedactor } from "#redact.ts";
import { tempFolder } from "./temp-folder.ts";

async function setUp(options: Partial<LogOptions> = {}) {
  const stderr = new PassThrough();
  let shown = "";
  stderr.on("data", (chunk: Buffer) => (shown += chunk.toString()));
  const log = await createLogger({
    level: "info",
    stderr,
    logFile: undefined,
    redact: createRedactor(["hunter22"]),
    isTerminal: false,
    colors: false,
    nowMs: () => 0,
    ...options,
  });
  return { log, stderr, shown: () => shown };
}

const linesOf = (text: string): unknown[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line));

describe("the log", () => {
  it("writes lines of JSON with a word for the level and a time that people can read", async () => {
    const { log, shown } = await setUp();

    log.info({ cycle: 1, pods: ["a"] }, "cycle");

    expect(linesOf(shown())).toEqual([
      {
        level: "info",
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        cycle: 1,
        pods: ["a"],
        msg: "cycle",
      },
    ]);
  });

  it.each<[LogOptions["level"], string[]]>([
    ["debug", ["debug", "info", "warn", "error"]],
    ["info", ["info", "warn", "error"]],
    ["warn", ["warn", "error"]],
    ["error", ["error"]],
  ])("at level %s writes %s to both places", async (level, expected) => {
    const logFile = join(tempFolder(), "boss.log");
    const { log, shown } = await setUp({ level, logFile });

    log.debug({}, "debug");
    log.info({}, "info");
    log.warn({}, "warn");
    log.error({}, "error");

    expect(linesOf(shown())).toMatchObject(expected.map((msg) => ({ level: msg, msg })));
    expect(fs.readFileSync(logFile, "utf8")).toBe(shown());
  });

  it.each([
    ["lines of JSON", false],
    ["lines for people", true],
  ])("keeps secrets out of %s and of the file", async (_sentence, isTerminal) => {
    const logFile = join(tempFolder(), "boss.log");
    const { log, shown } = await setUp({ isTerminal, logFile });

    log.info({ tail: "a hunter22 b", deep: { header: "Bearer abc" } }, "agent failed");

    for (const text of [shown(), fs.readFileSync(logFile, "utf8")]) {
      expect(text).toContain("a [redacted] b");
      expect(text).toContain("Bearer [redacted]");
      expect(text).not.toMatch(/hunter22|abc/);
    }
  });

  it("is readable on a terminal, a line a message, and still JSON in the file", async () => {
    const logFile = join(tempFolder(), "boss.log");
    const { log, shown } = await setUp({ isTerminal: true, logFile });

    log.warn({ balanceUsd: 4.2 }, "cycle");

    expect(shown()).toMatch(
      /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] WARN: cycle {2}balanceUsd=4\.2\n$/,
    );
    expect(linesOf(fs.readFileSync(logFile, "utf8"))).toMatchObject([{ balanceUsd: 4.2 }]);
  });

  it("uses colours only when asked to", async () => {
    const { log, shown } = await setUp({ isTerminal: true, colors: true });

    log.warn({}, "cycle");

    expect(shown()).toContain("\u001b[33mWARN");
  });

  it("lets nothing reach a terminal that it would obey", async () => {
    const { log, shown } = await setUp({ isTerminal: true });
    const evil = "\u001b[2J\u009b31m\rgone\u202e\u0007";

    log.info({ evil, [evil]: 1, deep: { evil }, err: new Error(evil) }, `cycle ${evil}`);

    expect(shown()).toContain("gone");
    expect(shown()).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  });

  it("goes on on stderr when the file cannot be written, and says so once", async () => {
    const folder = tempFolder();
    const logFile = join(folder, "boss.log");
    fs.mkdirSync(logFile);
    const { log, shown } = await setUp({ logFile });

    log.info({}, "one");
    log.info({}, "two");
    fs.rmdirSync(logFile);
    log.info({}, "three");

    expect(linesOf(shown())).toMatchObject([
      { level: "info", msg: "one" },
      { level: "warn", msg: "log file cannot be written", file: logFile },
      { level: "info", msg: "two" },
      { level: "info", msg: "three" },
      { level: "warn", msg: "log file can be written again", file: logFile },
    ]);
    expect(linesOf(fs.readFileSync(logFile, "utf8"))).toMatchObject([{ msg: "three" }]);
  });

  it("goes on in the file when stderr throws, and says so once", async () => {
    const logFile = join(tempFolder(), "boss.log");
    const stderr = new PassThrough();
    stderr.write = () => {
      throw new Error("ENOSPC: no space left on device");
    };
    const { log } = await setUp({ logFile, stderr });

    log.info({}, "one");
    log.info({}, "two");

    expect(linesOf(fs.readFileSync(logFile, "utf8"))).toMatchObject([
      {
        level: "warn",
        msg: "stderr cannot be written",
        because: "ENOSPC: no space left on device",
      },
      { msg: "one" },
      { msg: "two" },
    ]);
  });

  it("goes on in the file when nobody reads stderr any more", async () => {
    const logFile = join(tempFolder(), "boss.log");
    const { log, stderr } = await setUp({ logFile });

    stderr.emit("error", new Error("write EPIPE"));
    log.info({}, "one");

    expect(linesOf(fs.readFileSync(logFile, "utf8"))).toMatchObject([
      { msg: "stderr cannot be written", because: "write EPIPE" },
      { msg: "one" },
    ]);
  });

  it("survives fields that cannot be written", async () => {
    const { log, shown } = await setUp();
    const round: Record<string, unknown> = {};
    round["self"] = round;

    log.info({ round, big: 1n, broken: { toJSON: () => { throw new Error("no"); } } }, "cycle"); // prettier-ignore

    expect(linesOf(shown())).toMatchObject([{ msg: "cycle" }]);
  });
});
