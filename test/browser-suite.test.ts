import { execFile } from "node:child_process";
import { chmodSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { findChromium, noChromium } from "./browser/chromium.ts";
import { tempFolder } from "./temp-folder.ts";

describe("the browser that is tested with", () => {
  it.each([["chromium"], ["chromium-browser"], ["google-chrome"]])(
    "is %s, where that is on PATH",
    (name) => {
      const folder = tempFolder();
      writeFileSync(join(folder, name), "", { mode: 0o700 });

      expect(findChromium({ PATH: `/nowhere:${folder}` })).toBe(join(folder, name));
    },
  );

  it("is the one that is named, whatever is on PATH", () => {
    const folder = tempFolder();
    for (const name of ["mine", "chromium"]) writeFileSync(join(folder, name), "", { mode: 0o700 });

    const env = { PATH: folder, RUNPODBOSS_CHROMIUM: join(folder, "mine") };

    expect(findChromium(env)).toBe(join(folder, "mine"));
  });

  it("is not one that cannot be run", () => {
    const folder = tempFolder();
    writeFileSync(join(folder, "chromium"), "");
    chmodSync(join(folder, "chromium"), 0o600);
    symlinkSync("/nowhere", join(folder, "google-chrome"));

    expect(findChromium({ PATH: folder })).toBeUndefined();
  });

  it("must be there where it is named", () => {
    const env = { PATH: process.env["PATH"], RUNPODBOSS_CHROMIUM: "/nowhere/chromium" };

    expect(() => findChromium(env)).toThrow(
      "RUNPODBOSS_CHROMIUM is /nowhere/chromium, and no program is there",
    );
  });
});

it("without a browser, test:browser says so and ends well, with its counts", async () => {
  const vitest = join(import.meta.dirname, "../node_modules/vitest/vitest.mjs");
  const args = [vitest, "run", "--config", "vitest.browser.config.ts"];

  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { HOME: tempFolder(), PATH: "/nowhere" },
  });

  expect(stdout.split("\n").filter((line) => line === noChromium)).toHaveLength(1);
  expect(stdout.trimEnd().split("\n").at(-1)).toBe("0 passed, 0 failed");
});
