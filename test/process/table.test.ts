import { describe, expect, it } from "vitest";
import { isStillAlive, listFromPs, listProcesses, parsePsLine, parseStat } from "#process/table.ts";

const afterGroup =
  "42 0 -1 4194560 100 0 0 0 1 2 0 0 20 0 1 0 987654 1000 200 18446744073709551615";

describe("a line of /proc/PID/stat", () => {
  it.each([
    ["a plain name", "sleep"],
    ["a name with a space", "tmux: server"],
    ["a name with parentheses", "(sd-pam)"],
    ["a name that looks like the end of a name", "a) S 1 1 ("],
    ["a name with a line end", "a\nb"],
  ])("is read with %s", (_sentence, name) => {
    expect(parseStat(`40 (${name}) S 41 42 ${afterGroup}\n`)).toEqual({
      pid: 40,
      parentPid: 41,
      groupId: 42,
      startedAt: "987654",
    });
  });

  it.each([
    ["of a zombie", `40 (sleep) Z 41 42 ${afterGroup}`],
    ["that is empty, its process having ended", ""],
    ["that is cut short", "40 (sleep) S 41 42 42"],
    ["that is no such line", "hello"],
  ])("%s gives nothing", (_sentence, text) => {
    expect(parseStat(text)).toBeUndefined();
  });
});

describe("a line of ps", () => {
  it.each([
    ["as Linux prints it", "   40    41    42 Ss   Mon Nov 23 03:10:14 2026"],
    ["as macOS prints it", "   40    41    42 S+   Mon Nov 23 03:10:14 2026    "],
  ])("is read %s", (_sentence, line) => {
    expect(parsePsLine(line)).toEqual({
      pid: 40,
      parentPid: 41,
      groupId: 42,
      startedAt: "Mon Nov 23 03:10:14 2026",
    });
  });

  it.each([
    ["of a zombie", "40 41 42 Z+ Mon Nov 23 03:10:14 2026"],
    ["that is empty", ""],
    ["that is no such line", "ps: illegal option"],
  ])("%s gives nothing", (_sentence, line) => {
    expect(parsePsLine(line)).toBeUndefined();
  });
});

describe("the processes alive now", () => {
  it.each([
    ["this system's own way", () => listProcesses("RUNPODBOSS_RUN=nobody")],
    ["ps", listFromPs],
  ])("by %s, hold this one under its parent, unmarked", async (_sentence, list) => {
    const all = await list();

    expect(all.find(({ pid }) => pid === process.pid)).toMatchObject({
      parentPid: process.ppid,
      isMarked: false,
    });
  });

  it.runIf(process.platform === "linux")("are told from a later bearer of a pid", async () => {
    const all = await listProcesses("RUNPODBOSS_RUN=nobody");
    const ours = all.filter(({ pid }) => pid === process.pid);

    expect(ours.map(isStillAlive)).toEqual([true]);
    expect(ours.map((one) => isStillAlive({ ...one, startedAt: "later" }))).toEqual([false]);
  });

  it("keep their start from one look to the next", async () => {
    const [once, again] = [await listFromPs(), await listFromPs()];

    const startOf = (all: typeof once) => all.find(({ pid }) => pid === process.pid)?.startedAt;
    expect(startOf(again)).toBe(startOf(once));
  });
});
