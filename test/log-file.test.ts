import * as fs from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createLogFile } from "#log-file.ts";
import { makeFifo, tempFolder } from "./temp-folder.ts";

function setUp(options: { path?: string; maxBytes?: number; keep?: number } = {}) {
  const folder = tempFolder();
  const { path = join(folder, "boss.log"), ...limits } = options;
  const told: string[] = [];
  const aside: string[] = [];
  const opened = createLogFile(path, { ...limits, onSetAside: (to) => aside.push(to) });
  const file = {
    write(line: string): void {
      const fault = opened.write(line);
      if (fault !== undefined) told.push(fault.message);
    },
  };
  return { folder, path, file, told, aside };
}

const textOf = (path: string): string => fs.readFileSync(path, "utf8");
const modeOf = (path: string): number => fs.statSync(path).mode & 0o777;

describe("the log file", () => {
  it("is made for its owner alone, with its folders", () => {
    const { folder } = setUp();
    const { file, path } = setUp({ path: join(folder, "a", "b", "boss.log") });

    file.write("one\n");

    expect(textOf(path)).toBe("one\n");
    expect([path, join(folder, "a"), join(folder, "a", "b")].map(modeOf)).toEqual([
      0o600, 0o700, 0o700,
    ]);
  });

  it("is not made before the first line", () => {
    const { path } = setUp();

    expect(fs.existsSync(path)).toBe(false);
  });

  it("goes on where an earlier process stopped, and is closed to others", () => {
    const { path, file } = setUp();
    fs.writeFileSync(path, "{old}\n");
    fs.chmodSync(path, 0o644);

    file.write("new\n");

    expect(textOf(path)).toBe("{old}\nnew\n");
    expect(modeOf(path)).toBe(0o600);
  });

  it("comes back when others remove it, its folder, or replace it", () => {
    const { folder } = setUp();
    const { path, file, told } = setUp({ path: join(folder, "logs", "boss.log") });

    file.write("one\n");
    fs.rmSync(path);
    file.write("two\n");
    expect(textOf(path)).toBe("two\n");
    fs.rmSync(join(folder, "logs"), { recursive: true });
    file.write("three\n");
    expect(textOf(path)).toBe("three\n");
    fs.writeFileSync(path, "theirs\n");
    file.write("four\n");

    expect(textOf(path)).toBe("theirs\nfour\n");
    expect(told).toEqual([]);
  });

  it("is rotated before it would pass its limit, and the oldest is dropped", () => {
    const { folder, path, file } = setUp({ maxBytes: 12, keep: 3 });

    for (let n = 1; n <= 9; n++) file.write(`line${n}\n`);

    const files = fs.readdirSync(folder).sort();
    expect(files).toEqual(["boss.log", "boss.log.1", "boss.log.2", "boss.log.3"]);
    expect(files.map((name) => textOf(join(folder, name)))).toEqual([
      "line9\n",
      "line7\nline8\n",
      "line5\nline6\n",
      "line3\nline4\n",
    ]);
    expect(modeOf(path)).toBe(0o600);
  });

  it("takes a line that alone is over the limit", () => {
    const { path, file } = setUp({ maxBytes: 4 });

    file.write("far too long\n");
    file.write("far too long too\n");

    expect([textOf(path), textOf(`${path}.1`)]).toEqual(["far too long too\n", "far too long\n"]);
  });

  it("counts bytes, not characters", () => {
    const { path, file } = setUp({ maxBytes: 12 });

    file.write("漢漢漢\n");
    file.write("b\n");
    file.write("c\n");

    expect([textOf(`${path}.1`), textOf(path)]).toEqual(["漢漢漢\nb\n", "c\n"]);
  });

  it("is written and rotated behind a symlink, which stays one", () => {
    const { folder, path, file } = setUp({ maxBytes: 5 });
    fs.mkdirSync(join(folder, "real"));
    fs.symlinkSync(join(folder, "real", "log"), path);

    file.write("one\n");
    file.write("two\n");

    expect(fs.lstatSync(path).isSymbolicLink()).toBe(true);
    expect(textOf(join(folder, "real", "log"))).toBe("two\n");
    expect(textOf(join(folder, "real", "log.1"))).toBe("one\n");
  });

  it.each<[string, (from: string, to: string) => void, string]>([
    ["a symlink", fs.symlinkSync, "is a symlink that someone else may have put there"],
    [
      "a symlink to a symlink",
      (from, to) => {
        fs.symlinkSync(from, `${to}.more`);
        fs.symlinkSync(`${to}.more`, to);
      },
      "is a symlink that someone else may have put there",
    ],
    ["a hard link", fs.linkSync, "is a hard link that someone else may have put there"],
  ])("in a folder that others may write %s is not written through", (_sentence, link, words) => {
    const { folder, path, file, told } = setUp();
    fs.chmodSync(folder, 0o777);
    const precious = join(tempFolder(), "precious");
    fs.writeFileSync(precious, "{}", { mode: 0o644 });
    link(precious, path);

    file.write("one\n");

    expect(told).toEqual([expect.stringContaining(words)]);
    expect(textOf(precious)).toBe("{}");
    expect(modeOf(precious)).toBe(0o644);
  });

  it("closes to others no file that a hard link in the place of an old log leads to", () => {
    const { folder, path, file } = setUp({ maxBytes: 5 });
    fs.chmodSync(folder, 0o777);
    const precious = join(tempFolder(), "precious");
    fs.writeFileSync(precious, "{}", { mode: 0o644 });
    fs.linkSync(precious, `${path}.1`);

    file.write("{one}\n");
    file.write("{two}\n");

    expect(modeOf(precious)).toBe(0o644);
    expect(textOf(`${path}.1`)).toBe("{one}\n");
  });

  it("may be /dev/null", () => {
    const { file, told } = setUp({ path: "/dev/null" });

    file.write("one\n");

    expect(told).toEqual([]);
    expect(fs.statSync("/dev/null").isCharacterDevice()).toBe(true);
  });

  it.runIf(fs.existsSync("/dev/full"))("tells of a full disk", () => {
    const { file, told } = setUp({ path: "/dev/full" });

    file.write("one\n");

    expect(told).toEqual([expect.stringContaining("ENOSPC")]);
  });

  it.each<[string, (path: string) => void, string]>([
    ["a directory", (path) => fs.mkdirSync(path), "is not a regular file"],
    ["a FIFO", makeFifo, "is not a regular file"],
    ["a symlink to itself", (path) => fs.symlinkSync(path, path), "symlinks"],
  ])("neither hangs nor throws on %s", (_sentence, make, words) => {
    const { path, file, told } = setUp();
    make(path);

    file.write("one\n");

    expect(told).toEqual([expect.stringContaining(words)]);
  });

  it("neither hangs nor throws where a parent is a file", () => {
    const { folder } = setUp();
    fs.writeFileSync(join(folder, "a"), "");
    const { file, told } = setUp({ path: join(folder, "a", "b", "boss.log") });

    file.write("one\n");

    expect(told).toEqual([expect.stringContaining("ENOTDIR")]);
  });

  it("tells of each line that is lost, and goes on when the trouble is over", () => {
    const { path, file, told } = setUp();
    fs.mkdirSync(path);

    file.write("lost\n");
    file.write("lost\n");
    fs.rmdirSync(path);
    file.write("kept\n");

    expect(told).toEqual([`${path} is not a regular file`, `${path} is not a regular file`]);
    expect(textOf(path)).toBe("kept\n");
  });

  it("grows on and tells when it cannot be rotated", () => {
    const { path, file, told } = setUp({ maxBytes: 6, keep: 1 });
    fs.mkdirSync(`${path}.1`);

    file.write("one\n");
    file.write("two\n");

    expect(textOf(path)).toBe("one\ntwo\n");
    expect(told).toEqual([expect.stringContaining("EISDIR")]);
  });
});

describe("a log from before us", () => {
  it.each([
    ["the log itself, full and readable by all", "", ".1"],
    ["a rotated one", ".1", ".2"],
    ["one that was rotated twice", ".2", ".3"],
  ])("%s is closed to others when it is rotated", (_sentence, from, to) => {
    const { path, file } = setUp({ maxBytes: 8 });
    fs.writeFileSync(path, "{full}\n");
    fs.writeFileSync(`${path}${from}`, "{full}\n");
    fs.chmodSync(`${path}${from}`, 0o644);

    file.write("{new}\n");

    expect(textOf(`${path}${to}`)).toBe("{full}\n");
    expect([path, `${path}${to}`].map(modeOf)).toEqual([0o600, 0o600]);
  });

  it("that somebody opens to others is closed with the next line", () => {
    const { path, file } = setUp();
    file.write("one\n");
    fs.chmodSync(path, 0o644);

    file.write("two\n");

    expect(modeOf(path)).toBe(0o600);
  });

  it.each([
    ["of the Python tool", "2026-02-01 10:00:00,123 INFO balance $9.82\n"],
    ["of a program that begins with a blank line", "\nTraceback (most recent call last):\n"],
    ["that is a table", "step,loss\n1,0.5\n"],
  ])("%s is set aside whole, and told", (_sentence, text) => {
    const { path, file, aside } = setUp();
    fs.writeFileSync(path, text);
    fs.writeFileSync(`${path}.set-aside`, "an earlier one");

    file.write("{new}\n");
    file.write("{newer}\n");

    expect(textOf(path)).toBe("{new}\n{newer}\n");
    expect(aside).toEqual([`${path}.set-aside-2`]);
    expect(textOf(`${path}.set-aside-2`)).toBe(text);
    expect(textOf(`${path}.set-aside`)).toBe("an earlier one");
  });

  it.each([
    ["of ours", "{}\n"],
    ["of ours, behind a line that a full disk had cut", "\n{}\n"],
    ["that is empty", ""],
  ])("%s is gone on with", (_sentence, text) => {
    const { path, file, aside } = setUp();
    fs.writeFileSync(path, text);

    file.write("{new}\n");

    expect(textOf(path)).toBe(`${text}{new}\n`);
    expect(aside).toEqual([]);
  });

  it("behind a symlink is set aside where it really is, and the link stays", () => {
    const { folder } = setUp();
    const path = join(folder, "log");
    fs.writeFileSync(path, "theirs\n");
    fs.symlinkSync(path, join(folder, "link"));
    const { file, told } = setUp({ path: join(folder, "link") });
    fs.mkdirSync(`${path}.set-aside`);

    file.write("{new}\n");

    expect(told).toEqual([]);
    expect(textOf(`${path}.set-aside-2`)).toBe("theirs\n");
    expect(fs.lstatSync(join(folder, "link")).isSymbolicLink()).toBe(true);
  });
});
