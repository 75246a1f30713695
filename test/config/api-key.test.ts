import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { findApiKey } from "#config/api-key.ts";
import { tempFolder } from "../temp-folder.ts";

/** A config file of that mode and a key file, both in a folder of their own. */
function files({ configMode = 0o600, keyMode = 0o600, key = "rpa_file" } = {}) {
  const folder = tempFolder();
  const configPath = join(folder, "config.json");
  const keyPath = join(folder, "key");
  writeFileSync(configPath, "{}");
  chmodSync(configPath, configMode);
  writeFileSync(keyPath, key);
  chmodSync(keyPath, keyMode);
  return { folder, configPath, keyPath };
}

describe("the first of these that is there is the key", () => {
  it.each<[string, object, NodeJS.ProcessEnv, string]>([
    ["api_key before all", { api_key: "c" }, {}, "c"],
    ["the file before the variables", {}, {}, "rpa_file"],
    ["an empty api_key is none", { api_key: "" }, {}, "rpa_file"],
    ["a null api_key is none", { api_key: null }, {}, "rpa_file"],
    ["the named variable", { api_key_file: "" }, {}, "n"],
    ["no file is named", { api_key_file: null }, {}, "n"],
    ["the named variable is not set", { api_key_file: "" }, { NAMED: undefined }, "d"],
    ["the named variable is empty", { api_key_file: "" }, { NAMED: "" }, "d"],
    ["the named variable is blank", { api_key_file: "" }, { NAMED: " \n" }, "d"],
    ["no variable is named", { api_key_file: "", api_key_env: "" }, {}, "d"],
  ])("%s", async (_sentence, config, env, expected) => {
    const { configPath, keyPath } = files();
    const given = { api_key_file: keyPath, api_key_env: "NAMED", ...config };

    const found = await findApiKey(given, configPath, { NAMED: "n", RUNPOD_API_KEY: "d", ...env });

    expect(found).toEqual({ apiKey: expected, faults: [], warnings: [] });
  });

  it.each([
    ["a file", "rpa_a\n"],
    ["a file of Windows", "\uFEFFrpa_a \r\n"],
  ])("the white space around the key in %s does not count", async (_sentence, key) => {
    const { configPath, keyPath } = files({ key });

    const found = await findApiKey({ api_key_file: keyPath }, configPath, {});

    expect(found.apiKey).toBe("rpa_a");
  });

  it("the white space around the key in a variable does not count", async () => {
    const found = await findApiKey({}, files().configPath, { RUNPOD_API_KEY: " rpa_a\n" });

    expect(found.apiKey).toBe("rpa_a");
  });

  it("a key file in the home folder may be named with ~", async () => {
    const { configPath, keyPath } = files();
    const fromHome = `~/${relative(homedir(), keyPath)}`;

    const found = await findApiKey({ api_key_file: fromHome }, configPath, {});

    expect(found.apiKey).toBe("rpa_file");
  });
});

describe("what is wrong with it is told, and the key is not", () => {
  const holds = "has spaces, line breaks or characters that no key has; copy it again";

  it.each<[string, object, NodeJS.ProcessEnv, string, string]>([
    [
      "none anywhere",
      {},
      {},
      "api_key",
      "not found: set the environment variable RUNPOD_API_KEY, or api_key_file, or api_key",
    ],
    [
      "none, though a variable is named",
      { api_key_env: "MY_KEY" },
      {},
      "api_key",
      "not found: set the environment variable RUNPOD_API_KEY or the one that api_key_env names, or api_key_file, or api_key",
    ],
    ["a space in it", { api_key: "rpa secret" }, {}, "api_key", holds],
    ["a line break in it", { api_key: "rpa\nsecret" }, {}, "api_key", holds],
    ["letters of other scripts", { api_key: "rpа_secret" }, {}, "api_key", holds],
    ["only white space", { api_key: "  " }, {}, "api_key", holds],
    ["two lines in the variable", {}, { RUNPOD_API_KEY: "secret\nmore" }, "$RUNPOD_API_KEY", holds],
    ["two in the named one", { api_key_env: "K" }, { K: "secret more" }, "$K", holds],
    [
      "the file is not there",
      { api_key_file: "/nowhere/key" },
      { RUNPOD_API_KEY: "unused" },
      "api_key_file",
      'must name a readable file: no such file (got "/nowhere/key")',
    ],
    [
      "the key stands where its file should",
      { api_key_file: "rpa_secret" },
      {},
      "api_key_file",
      "must name a readable file: no such file",
    ],
  ])("%s", async (_sentence, config, env, where, what) => {
    const found = await findApiKey(config, files().configPath, env);

    expect(found).toEqual({ apiKey: "", faults: [{ where, what }], warnings: [] });
    expect(JSON.stringify(found)).not.toContain("secret");
  });

  it("the key file is empty", async () => {
    const { configPath, keyPath } = files({ key: "\n" });

    const found = await findApiKey({ api_key_file: keyPath }, configPath, {});

    expect(found.faults).toEqual([{ where: "api_key_file", what: "is empty" }]);
  });

  it("the key file is a folder", async () => {
    const { folder, configPath } = files();
    const api_key_file = join(folder, "keys");
    mkdirSync(api_key_file);

    const found = await findApiKey({ api_key_file }, configPath, {});

    expect(found.faults).toEqual([
      {
        where: "api_key_file",
        what: `must name a readable file: EISDIR (got ${JSON.stringify(api_key_file)})`,
      },
    ]);
  });
});

describe("who else can read it", () => {
  it.each([
    [0o600, false],
    [0o640, false],
    [0o644, true],
    [0o604, true],
  ])("a config of mode %o that holds the key: warned %s", async (configMode, isWarned) => {
    const { configPath } = files({ configMode });

    const found = await findApiKey({ api_key: "rpa_a" }, configPath, {});

    const warning = `${configPath} holds an api_key, and everyone on this machine can read it. Run: chmod 600 ${configPath}`;
    expect(found.warnings).toEqual(isWarned ? [warning] : []);
  });

  it("a key file is warned of just so", async () => {
    const { configPath, keyPath } = files({ keyMode: 0o644 });

    const found = await findApiKey({ api_key_file: keyPath }, configPath, {});

    expect(found).toMatchObject({
      apiKey: "rpa_file",
      warnings: [
        `${keyPath} holds the API key, and everyone on this machine can read it. Run: chmod 600 ${keyPath}`,
      ],
    });
  });

  it("a config without a key may be read by all", async () => {
    const { configPath } = files({ configMode: 0o644 });

    const found = await findApiKey({}, configPath, { RUNPOD_API_KEY: "rpa_a" });

    expect(found.warnings).toEqual([]);
  });
});
