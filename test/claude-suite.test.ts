import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { findClaude, noClaude } from "./claude/executable.ts";
import { tempFolder } from "./temp-folder.ts";

describe("the Claude Code that is tested with", () => {
  it("is the one that is named", () => {
    const path = join(tempFolder(), "mine");
    writeFileSync(path, "", { mode: 0o700 });

    expect(findClaude({ RUNPODBOSS_CLAUDE: path })).toBe(path);
  });

  it("is none where none is named, whatever is on PATH: it might be one that knows somebody", () => {
    const folder = tempFolder();
    writeFileSync(join(folder, "claude"), "", { mode: 0o700 });

    expect(findClaude({ PATH: folder })).toBeUndefined();
    expect(findClaude({ PATH: folder, RUNPODBOSS_CLAUDE: "" })).toBeUndefined();
  });

  it("must be there where it is named", () => {
    expect(() => findClaude({ RUNPODBOSS_CLAUDE: "/nowhere/claude" })).toThrow(
      "RUNPODBOSS_CLAUDE is /nowhere/claude, and no program is there",
    );
  });
});

it("without Claude Code, test:claude says so and ends well, with its counts", async () => {
  const vitest = join(import.meta.dirname, "../node_modules/vitest/vitest.mjs");
  const args = [vitest, "run", "--config", "vitest.claude.config.ts"];

  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { HOME: tempFolder(), PATH: "/nowhere" },
  });

  expect(stdout.split("\n").filter((line) => line === noClaude)).toHaveLength(1);
  expect(stdout.trimEnd().split("\n").at(-1)).toBe("0 passed, 0 failed");
});
