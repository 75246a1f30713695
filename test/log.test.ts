import * as fs from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { createLogger, type LogOptions } from "#log.ts";
import { journalLine } from "#output/journal.ts";
import { createStreamPlace } from "#output/stream-place.ts";
import { createRedactor } from "#redact.ts";
import { createPeopleLog } from "#terminal/people-log.ts";
import { logFileHere } from "./output/log-file-here.ts";
import { tempFolder } from "./temp-folder.ts";

interface Options extends Partial<Omit<LogOptions, "logFile" | "stderr">> {
  readonly stderr?: PassThrough;
  readonly path?: string;
}

function setUp({ stderr = new PassThrough(), path, ...options }: Options = {}) {
  let shown = "";
  stderr.on("data", (chunk: Buffer) => (shown += chunk.toString()));
  const time = { nowMs: 0 };
  const told: string[] = [];
  const log = createLogger({
    level: "info",
    stderr: (hooks) => createStreamPlace(stderr, hooks),
    logFile: path === undefined ? undefined : logFileHere(path),
    redact: createRedactor(["hunter22"]),
    nowMs: () => time.nowMs,
    onFileTrouble: (because) => told.push(because),
    onFileRecovered: () => told.push("recovered"),
    ...options,
  });
  return { log, stderr, time, told, shown: () => shown };
}

const forPeople = () => createPeopleLog({ columns: () => 80, canRewrite: false, colors: false });

const linesOf = (text: string): unknown[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line));

describe("the log", () => {
  it("writes lines of JSON with a word for the level and a time that people can read", () => {
    const { log, shown } = setUp();

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
  ])("at level %s writes %s to both places", (level, expected) => {
    const path = join(tempFolder(), "boss.log");
    const { log, shown } = setUp({ level, path });

    log.debug({}, "debug");
    log.info({}, "info");
    log.warn({}, "warn");
    log.error({}, "error");

    expect(linesOf(shown())).toMatchObject(expected.map((msg) => ({ level: msg, msg })));
    expect(fs.readFileSync(path, "utf8")).toBe(shown());
  });

  it.each([
    ["lines of JSON", {}],
    ["lines for people", { onStderr: forPeople() }],
    ["lines for the journal", { onStderr: { of: journalLine, last: () => "" } }],
  ])("keeps secrets out of %s and of the file", (_sentence, form) => {
    const path = join(tempFolder(), "boss.log");
    const { log, shown } = setUp({ path, ...form });

    log.info({ tail: "a hunter22 b", deep: { header: "Bearer abc" } }, "cycle");

    for (const text of [shown(), fs.readFileSync(path, "utf8")]) {
      expect(text).toContain("a [redacted] b");
      expect(text).toContain("Bearer [redacted]");
      expect(text).not.toMatch(/hunter22|abc/);
    }
  });

  it("is readable on a terminal, and still JSON in the file", () => {
    const path = join(tempFolder(), "boss.log");
    const { log, shown } = setUp({ onStderr: forPeople(), path });

    log.warn({ balanceUsd: 4.2 }, "cycle");

    expect(shown()).toMatch(/^\d{4}-\d\d-\d\d\n\d\d:\d\d:\d\d {2}Cycle: balance \$4\.20\n$/);
    expect(linesOf(fs.readFileSync(path, "utf8"))).toMatchObject([{ balanceUsd: 4.2 }]);
  });

  it("lets nothing reach a terminal that it would obey", () => {
    const { log, shown } = setUp({ onStderr: forPeople() });
    const evil = "\u001b[2J\u009b31m\rgone\u202e\u0007";

    log.info({ evil, [evil]: 1, deep: { evil }, err: new Error(evil) }, `cycle ${evil}`);

    expect(shown()).toContain("gone");
    expect(shown()).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  });

  it("goes on on stderr when the file cannot be written, and says so once", () => {
    const folder = tempFolder();
    const path = join(folder, "boss.log");
    fs.mkdirSync(path);
    const { log, shown } = setUp({ path });

    log.info({}, "one");
    log.info({}, "two");
    fs.rmdirSync(path);
    log.info({}, "three");

    expect(linesOf(shown())).toMatchObject([
      { level: "info", msg: "one" },
      { level: "warn", msg: "log file cannot be written", file: path },
      { level: "info", msg: "two" },
      { level: "info", msg: "three" },
      { level: "warn", msg: "log file can be written again", file: path },
    ]);
    expect(linesOf(fs.readFileSync(path, "utf8"))).toMatchObject([{ msg: "three" }]);
  });

  it("goes on in the file when stderr throws, and says so once", () => {
    const path = join(tempFolder(), "boss.log");
    const stderr = new PassThrough();
    stderr.write = () => {
      throw new Error("ENOSPC: no space left on device");
    };
    const { log } = setUp({ path, stderr });

    log.info({}, "one");
    log.info({}, "two");

    expect(linesOf(fs.readFileSync(path, "utf8"))).toMatchObject([
      {
        level: "warn",
        msg: "stderr cannot be written",
        because: "ENOSPC: no space left on device",
      },
      { msg: "one" },
      { msg: "two" },
    ]);
  });

  it("goes on in the file when nobody reads stderr any more", () => {
    const path = join(tempFolder(), "boss.log");
    const { log, stderr } = setUp({ path });

    stderr.emit("error", new Error("write EPIPE"));
    log.info({}, "one");

    expect(linesOf(fs.readFileSync(path, "utf8"))).toMatchObject([
      { msg: "stderr cannot be written", because: "write EPIPE" },
      { msg: "one" },
    ]);
  });

  it("tells of a file that cannot be written once an hour, and of the end of what was told", () => {
    const path = join(tempFolder(), "boss.log");
    const { log, time, told } = setUp({ path });
    const trouble = `${path} is not a regular file`;

    for (let n = 0; n < 3; n++) {
      fs.mkdirSync(path);
      log.info({}, "lost");
      fs.rmdirSync(path);
      log.info({}, "kept");
      fs.rmSync(path);
    }
    expect(told).toEqual([trouble, "recovered"]);

    fs.mkdirSync(path);
    time.nowMs += 3_600_000;
    log.info({}, "lost");
    expect(told).toEqual([trouble, "recovered", trouble]);
  });

  it("says in both places where the log of another program went", () => {
    const path = join(tempFolder(), "boss.log");
    fs.writeFileSync(path, "2026-02-01 10:00:00,123 INFO balance $9.82\n");
    const { log, shown } = setUp({ path });

    log.info({}, "one");

    for (const text of [shown(), fs.readFileSync(path, "utf8")]) {
      expect(linesOf(text)).toContainEqual(
        expect.objectContaining({
          level: "warn",
          msg: "log of another program set aside",
          movedTo: `${path}.set-aside`,
        }),
      );
    }
  });

  it("survives fields that cannot be written", () => {
    const { log, shown } = setUp();
    const round: Record<string, unknown> = {};
    round["self"] = round;

    log.info({ round, big: 1n, broken: { toJSON: () => { throw new Error("no"); } } }, "cycle"); // prettier-ignore

    expect(linesOf(shown())).toMatchObject([{ msg: "cycle" }]);
  });
});
