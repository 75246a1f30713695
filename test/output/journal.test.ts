import * as fs from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { isJournal, journalErrors, journalLine } from "#output/journal.ts";
import { tempFolder } from "../temp-folder.ts";

describe("in the journal", () => {
  it.each([
    ["debug", 7],
    ["info", 6],
    ["warn", 4],
    ["error", 3],
  ])("a line of level %s has priority %i", (level, priority) => {
    const line = `{"level":"${level}","msg":"polled"}\n`;

    expect(journalLine(line)).toBe(`<${priority}>${line}`);
  });

  it("a line whose level is not known is for information, whatever it quotes", () => {
    expect(journalLine(`{"msg":"{\\"level\\":\\"error\\""}\n`)).toMatch(/^<6>/);
  });

  it("last words are errors, each line of them", () => {
    expect(journalErrors("It failed.\n\nThen try: x\n")).toBe("<3>It failed.\n\n<3>Then try: x\n");
  });

  it.each([
    ["the file that systemd named", (own: string) => own, true],
    ["another file", () => "1:2", false],
    ["nothing", () => undefined, false],
    ["an empty name", () => "", false],
  ])("is known by %s", (_sentence, named, expected) => {
    const fd = fs.openSync(join(tempFolder(), "journal"), "a");
    onTestFinished(() => fs.closeSync(fd));
    const { dev, ino } = fs.fstatSync(fd, { bigint: true });

    expect(isJournal(fd, { JOURNAL_STREAM: named(`${dev}:${ino}`) })).toBe(expected);
  });

  it("is not known by a closed output", () => {
    expect(isJournal(9_999, { JOURNAL_STREAM: "1:2" })).toBe(false);
  });
});
