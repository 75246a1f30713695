import * as fs from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeFifo } from "../temp-folder.ts";
import { apiKey, type Guard, guardWith, looksOf, told, until } from "./guard.ts";

/** Replaces the key file by something that is none, while the daemon runs. */
const badKeys: readonly (readonly [string, (path: string) => void, RegExp])[] = [
  [
    "a file of 4 KB on one line",
    (path) => fs.writeFileSync(path, "k".repeat(4_090)),
    /4090 characters/,
  ],
  [
    "a file of 16 KB",
    (path) => fs.writeFileSync(path, "k".repeat(16_000)),
    /larger than 4096 bytes/,
  ],
  ["a FIFO that nobody writes to", makeFifo, /not a regular file/],
];

async function withKeyFile(guard: Guard): Promise<string> {
  const path = join(guard.folder, "key");
  guard.write("key", apiKey);
  guard.configure({ api_key_file: path });
  return path;
}

describe("a reload whose key file is none costs the running daemon nothing", () => {
  it.for(badKeys)("%s", async ([, make, words], test) => {
    const guard = await guardWith(test, { notify: "", config: { claude_command: [] } });
    const path = await withKeyFile(guard);
    const watching = guard.watch();
    await until("a look", () => looksOf(guard).length > 0);

    fs.rmSync(path);
    make(path);
    for (let n = 0; n < 6; n += 1) watching.signal("SIGHUP");
    await told(guard, words);
    const looksThen = looksOf(guard).length;
    await until("more looks", () => looksOf(guard).length > looksThen + 1);
    watching.signal("SIGTERM");

    expect((await watching.ended).by).toBe(130);
  });
});

describe("commands find the key where the service has it", () => {
  it("in ~/.runpodboss/env, and check says so", async (test) => {
    const guard = await guardWith(test);
    guard.write(".runpodboss/env", `# for the service\nexport RUNPOD_API_KEY="${apiKey}"\n`);

    const env = { RUNPOD_API_KEY: "" };
    const checked = await guard.call(["check", "-c", guard.config], env).ended;
    const status = await guard.call(["status", "-c", guard.config], env).ended;

    expect(checked.stdout).toContain("API key: RUNPOD_API_KEY in ~/.runpodboss/env\n");
    expect({ checked: checked.by, status: status.by }).toEqual({ checked: 0, status: 0 });
  });
});

describe("a config of the Python tool without a receiver", () => {
  it("is told that nobody would hear of anything", async (test) => {
    const guard = await guardWith(test);
    guard.configure({ extra_notify_command: [] });

    const { stdout } = await guard.command("check");

    expect(stdout).not.toContain("warnings: (none)");
    expect(stdout).toMatch(/! {2}RunPod cannot be reached for 5 min +nobody is told/);
    expect(stdout).toMatch(/! {2}the agent fails +nobody is told, nothing is stopped/);
  });
});

it("a balance below zero is warned of", async (test) => {
  const guard = await guardWith(test, { balanceUsd: -3.2 });

  const { stdout } = await guard.command("check");

  expect(stdout).toContain("the balance is below zero");
});
