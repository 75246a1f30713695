import { linkSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "#config/load.ts";
import { realPaces } from "#paces.ts";
import { tempFolder } from "../temp-folder.ts";

const thresholds = [{ name: "warning", below_usd: 10, prompt: "look" }];

/** What loading a config with these paths, which may name files of its own folder, says; with the folder as `DIR`. */
async function said(
  keys: (folder: string) => object,
  prepare: (folder: string) => void = () => undefined,
): Promise<string> {
  const folder = tempFolder();
  const path = join(folder, "config.json");
  writeFileSync(join(folder, "key"), "rpa_key", { mode: 0o600 });
  writeFileSync(path, JSON.stringify({ thresholds, ...keys(folder) }), { mode: 0o600 });
  prepare(folder);
  return loadConfig(path, { RUNPOD_API_KEY: "rpa_key", HOME: folder }, realPaces).then(
    () => "taken",
    (error: Error) => error.message.replaceAll(folder, "DIR"),
  );
}

describe("a file that would be written over another one of the guard is refused", () => {
  it.each<[string, (folder: string) => object, string]>([
    [
      "the state over the config",
      (dir) => ({ state_file: `${dir}/config.json` }),
      "state_file  must name a file of its own: DIR/config.json is the config itself",
    ],
    [
      "the state over the key file",
      (dir) => ({ state_file: `${dir}/key`, api_key_file: `${dir}/key` }),
      "state_file  must name a file of its own: DIR/key is the file of the API key",
    ],
    [
      "the log over the service's environment",
      (dir) => ({ log_file: `${dir}/.runpodboss/env` }),
      "log_file  must name a file of its own: DIR/.runpodboss/env is the file of the API key",
    ],
    [
      "the log over the state",
      (dir) => ({ log_file: `${dir}/s.json`, state_file: `${dir}/s.json` }),
      "log_file  must name a file of its own: DIR/s.json is state_file",
    ],
    [
      "the log over the history",
      (dir) => ({ log_file: `${dir}/history.jsonl`, state_file: `${dir}/state.json` }),
      "log_file  must name a file of its own: DIR/history.jsonl is a file that belongs to state_file",
    ],
    [
      "the leases over the key file",
      (dir) => ({ state_file: `${dir}/state.json`, api_key_file: `${dir}/leases.json` }),
      "state_file  must have another name or folder: beside it stands DIR/leases.json, which is the file of the API key",
    ],
  ])("%s", async (_sentence, keys, row) => {
    expect(await said(keys, (dir) => writeFileSync(join(dir, "leases.json"), "rpa_key"))).toContain(
      row,
    );
  });

  it.each<[string, (folder: string) => void]>([
    ["a symlink", (dir) => symlinkSync("config.json", join(dir, "other.json"))],
    [
      "a second name of the same file",
      (dir) => linkSync(join(dir, "config.json"), join(dir, "other.json")),
    ],
  ])("also by %s", async (_sentence, prepare) => {
    const words = await said((dir) => ({ state_file: `${dir}/other.json` }), prepare);

    expect(words).toContain("DIR/other.json is the config itself");
  });

  it("files of their own are taken, and so is a log that goes nowhere", async () => {
    const words = await said((dir) => ({ state_file: `${dir}/s.json`, log_file: "/dev/null" }));

    expect(words).toBe("taken");
  });
});
