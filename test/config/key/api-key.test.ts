import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { findApiKey } from "#config/key/api-key.ts";
import { makeFifo, tempFolder } from "../../temp-folder.ts";

/** A key file of that mode in a folder of its own, which is also a home without an env file. */
function files({ keyMode = 0o600, key = "rpa_file" } = {}) {
  const folder = tempFolder();
  const keyPath = join(folder, "key");
  writeFileSync(keyPath, key);
  chmodSync(keyPath, keyMode);
  return { folder, keyPath };
}

/** A home with an env file that holds this. */
function homeWith(envFile: string, mode = 0o600): string {
  const home = tempFolder();
  mkdirSync(join(home, ".runpodboss"));
  writeFileSync(join(home, ".runpodboss/env"), envFile);
  chmodSync(join(home, ".runpodboss/env"), mode);
  return home;
}

const nowhere = { HOME: "/nowhere" };

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
    const { keyPath } = files();
    const given = { api_key_file: keyPath, api_key_env: "NAMED", ...config };

    const found = await findApiKey(
      given,
      { ...nowhere, NAMED: "n", RUNPOD_API_KEY: "d", ...env },
      "/c.json",
    );

    expect(found).toMatchObject({ apiKey: expected, faults: [], warnings: [] });
  });

  it.each([
    ["a file", "rpa_a\n"],
    ["a file of Windows", "\uFEFFrpa_a \r\n"],
  ])("the white space around the key in %s does not count", async (_sentence, key) => {
    const { keyPath } = files({ key });

    const found = await findApiKey({ api_key_file: keyPath }, nowhere, "/c.json");

    expect(found.apiKey).toBe("rpa_a");
  });

  it("the white space around the key in a variable does not count", async () => {
    const found = await findApiKey({}, { ...nowhere, RUNPOD_API_KEY: " rpa_a\n" }, "/c.json");

    expect(found.apiKey).toBe("rpa_a");
  });

  it("a key file in the home folder may be named with ~", async () => {
    const { keyPath } = files();
    const fromHome = `~/${relative(homedir(), keyPath)}`;

    const found = await findApiKey({ api_key_file: fromHome }, nowhere, "/c.json");

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
      "not found: set the environment variable RUNPOD_API_KEY, here or in ~/.runpodboss/env, or api_key_file, or api_key",
    ],
    [
      "none, though a variable is named",
      { api_key_env: "MY_KEY" },
      {},
      "api_key",
      "not found: set the environment variable RUNPOD_API_KEY or the one that api_key_env names, here or in ~/.runpodboss/env, or api_key_file, or api_key",
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
    const found = await findApiKey(config, { ...nowhere, ...env }, "/c.json");

    expect(found).toMatchObject({ apiKey: "", faults: [{ where, what }], warnings: [] });
    expect(JSON.stringify([found.faults, found.warnings])).not.toContain("secret");
  });

  it("the key file is empty", async () => {
    const { keyPath } = files({ key: "\n" });

    const found = await findApiKey({ api_key_file: keyPath }, nowhere, "/c.json");

    expect(found.faults).toEqual([{ where: "api_key_file", what: "is empty" }]);
  });

  it("the key file is a folder", async () => {
    const { folder } = files();
    const api_key_file = join(folder, "keys");
    mkdirSync(api_key_file);

    const found = await findApiKey({ api_key_file }, nowhere, "/c.json");

    expect(found.faults).toEqual([
      {
        where: "api_key_file",
        what: `must name a readable file: it is a folder (got ${JSON.stringify(api_key_file)})`,
      },
    ]);
  });
});

describe("the key in ~/.runpodboss/env, which is the service's environment", () => {
  it.each<[string, string, object, NodeJS.ProcessEnv, string, string]>([
    [
      "is found last of all",
      "RUNPOD_API_KEY=e",
      {},
      {},
      "e",
      "RUNPOD_API_KEY in ~/.runpodboss/env",
    ],
    [
      "stands back behind a variable",
      "RUNPOD_API_KEY=e",
      {},
      { RUNPOD_API_KEY: "v" },
      "v",
      "$RUNPOD_API_KEY",
    ],
    [
      "may have the name that api_key_env gives",
      "RUNPOD_API_KEY=e\nMINE=m",
      { api_key_env: "MINE" },
      {},
      "m",
      "MINE in ~/.runpodboss/env",
    ],
    [
      "may be the usual one where another is named",
      "RUNPOD_API_KEY=e",
      { api_key_env: "MINE" },
      {},
      "e",
      "RUNPOD_API_KEY in ~/.runpodboss/env",
    ],
    [
      "may stand in quotes, which systemd takes away",
      'RUNPOD_API_KEY="e"',
      {},
      {},
      "e",
      "RUNPOD_API_KEY in ~/.runpodboss/env",
    ],
  ])("%s", async (_sentence, text, config, env, apiKey, from) => {
    const found = await findApiKey(config, { HOME: homeWith(text), ...env }, "/c.json");

    expect(found).toMatchObject({ apiKey, from, faults: [], warnings: [] });
  });

  it("that others may read is warned of, though the key comes from elsewhere", async () => {
    const home = homeWith("OTHER=x", 0o644);

    const found = await findApiKey({ api_key: "c" }, { HOME: home }, "/c.json");

    expect(found.warnings).toEqual([expect.stringContaining("others on this machine may read it")]);
  });

  it("that is a FIFO is told at once", async () => {
    const home = tempFolder();
    mkdirSync(join(home, ".runpodboss"));
    makeFifo(join(home, ".runpodboss/env"));

    const found = await findApiKey({}, { HOME: home }, "/c.json");

    expect(found.faults[0]?.what).toContain("it is not a regular file");
  });
});

describe("a key file that is none", () => {
  it.each<[string, (path: string) => void, string]>([
    ["a FIFO", makeFifo, "it is not a regular file"],
    [
      "a device without an end",
      (path) => symlinkSync("/dev/zero", path),
      "it is not a regular file",
    ],
    [
      "a file of 20,000 characters",
      (path) => writeFileSync(path, "k".repeat(20_000)),
      "it is larger than 4096 bytes",
    ],
    ["a link to nothing", (path) => symlinkSync("/nowhere/key", path), "no such file"],
  ])("%s is told, and nothing hangs", async (_sentence, make, because) => {
    const path = join(tempFolder(), "key");
    make(path);

    const found = await findApiKey({ api_key_file: path }, nowhere, "/c.json");

    expect(found.faults[0]?.what).toContain(because);
  });

  it("that others may read or change is warned of", async () => {
    const { keyPath } = files({ keyMode: 0o666 });

    const found = await findApiKey({ api_key_file: keyPath }, nowhere, "/c.json");

    expect(found.warnings).toEqual([
      `${keyPath}: others on this machine may read and change it. Run: chmod 600 ${keyPath}`,
    ]);
  });
});
