import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lastingPath, lastingProgram } from "#commands/setup/service/lasting-program.ts";
import { tempFolder } from "../../../temp-folder.ts";

function file(...path: readonly string[]): string {
  const whole = join(...path);
  mkdirSync(join(whole, ".."), { recursive: true });
  writeFileSync(whole, "");
  return whole;
}

describe("the program that a service starts", () => {
  it("is the script itself, not the link that it was called by", async () => {
    const folder = realpathSync(tempFolder());
    const script = file(folder, "lib/node_modules/runpodboss/src/start.cjs");
    const node = file(folder, "versions/v20/bin/node");
    const link = join(folder, "runpodboss");
    symlinkSync(script, link);

    expect(await lastingProgram({ argv: [node, link], folder })).toEqual([node, script]);
  });

  it("is Homebrew's node by the name that its next version has too", async () => {
    const folder = realpathSync(tempFolder());
    const node = file(folder, "Cellar/node@20/20.20.0/bin/node");
    mkdirSync(join(folder, "opt"));
    symlinkSync(join(folder, "Cellar/node@20/20.20.0"), join(folder, "opt/node@20"));

    expect(await lastingProgram({ argv: [node, "/start.cjs"], folder })).toEqual([
      join(folder, "opt/node@20/bin/node"),
      "/start.cjs",
    ]);
  });

  it("is Homebrew's usual node by its link, which an upgrade moves on", async () => {
    const folder = realpathSync(tempFolder());
    const node = file(folder, "Cellar/node/24.1.0/bin/node");
    mkdirSync(join(folder, "bin"));
    symlinkSync(node, join(folder, "bin/node"));

    expect(await lastingProgram({ argv: [node], folder })).toEqual([join(folder, "bin/node")]);
  });

  it("is none that npx keeps only for a while", async () => {
    const folder = realpathSync(tempFolder());
    const script = file(folder, ".npm/_npx/123/node_modules/runpodboss/src/start.cjs");

    expect(await lastingProgram({ argv: ["/node", script], folder })).toMatchObject({
      because: expect.stringContaining("npx"),
      hint: expect.stringContaining("Install it first"),
    });
  });
});

describe("where a service looks for programs", () => {
  const home = "/home/ann";
  const usual = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  const from = (PATH: string | undefined, isWsl = false): Promise<string> =>
    lastingPath("/opt/node/bin/node", { PATH }, { home, isWsl });

  it.each([
    [
      "without any PATH: the usual folders",
      undefined,
      `/opt/node/bin:/home/ann/.local/bin:${usual}`,
    ],
    [
      "where the shell looks, in its order, first, each once",
      "/home/ann/claude/bin:/opt/node/bin/:/usr/bin",
      "/home/ann/claude/bin:/opt/node/bin:/usr/bin:/home/ann/.local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin:/bin",
    ],
    [
      "not in folders that depend on where we are, that npm adds for a script, or that end with a session",
      ".:bin::/home/ann/p/node_modules/.bin:/run/user/1000/fnm_multishells/1_2/bin:/tmp/x",
      `/opt/node/bin:/home/ann/.local/bin:${usual}`,
    ],
    [
      "in a Linux disk of a letter",
      "/mnt/c/tools",
      `/mnt/c/tools:/opt/node/bin:/home/ann/.local/bin:${usual}`,
    ],
  ])("%s", async (_sentence, path, expected) => {
    expect(await from(path)).toBe(expected);
  });

  it("not in those of Windows, in WSL", async () => {
    expect(await from("/mnt/c/Windows/System32:/mnt/c", true)).toBe(
      `/opt/node/bin:/home/ann/.local/bin:${usual}`,
    );
  });
});
