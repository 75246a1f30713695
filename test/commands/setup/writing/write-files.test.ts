import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readCurrent } from "#commands/setup/read-current.ts";
import { writeFiles } from "#commands/setup/writing/write-files.ts";
import { putKey } from "#commands/setup/writing/put-key.ts";
import { settingsIn } from "#config/load.ts";
import { shortPaces } from "../../../short-paces.ts";
import { tempFolder } from "../../../temp-folder.ts";

const old = "a-key-of-the-first-account";
const key = "a-key-of-another-account";

/** A config that stands there with its key, and what setup is about to write. */
async function planned(name = "config.json") {
  const folder = tempFolder();
  const env = { HOME: folder };
  const path = join(folder, "conf", name);
  const keyPath = join(folder, "key");
  mkdirSync(join(folder, "conf"));
  const text = `{ "api_key_file": ${JSON.stringify(keyPath)}, "thresholds": [{ "name": "a", "below_usd": 1, "prompt": "p" }] }`;
  writeFileSync(path, text, { mode: 0o640 });
  writeFileSync(keyPath, `${old}\n`, { mode: 0o600 });
  const current = await readCurrent(path, { env, paces: shortPaces });
  const settings = await settingsIn(current, path, env, shortPaces);
  const plan = {
    current,
    text: text.replace(`"below_usd": 1`, `"below_usd": 2`),
    keyFile: { path: keyPath, apiKey: key },
    settings,
  };
  return { folder, env, path, keyPath, text, plan };
}

describe("what setup writes", () => {
  it("key and config both, the key that was there beside", async () => {
    const { env, path, keyPath, plan } = await planned();

    const { files } = await writeFiles(plan, env, shortPaces);

    expect(files).toEqual([`${keyPath}.old`, keyPath, path]);
    expect(readFileSync(`${keyPath}.old`, "utf8")).toBe(`${old}\n`);
  });

  it.each([
    // Room for the file, and none for the one that is to take its place.
    ["cannot be written", "c".repeat(250), ""],
    ["cannot be used", "config.json", "{"],
  ])(
    "a config that %s gets its own key back: it must not meet another account's",
    async (_s, name, more) => {
      const { folder, env, path, keyPath, text, plan } = await planned(name);
      const broken = { ...plan, text: `${plan.text}${more}` };

      await expect(writeFiles(broken, env, shortPaces)).rejects.toThrow(/Nothing was written/);

      expect(readFileSync(keyPath, "utf8")).toBe(`${old}\n`);
      expect(readFileSync(path, "utf8")).toBe(text);
      expect(readdirSync(folder).toSorted()).toEqual(["conf", "key"]);
    },
  );

  it("and takes away a key file that was not there", async () => {
    const { folder, env, plan } = await planned();
    const keyFile = { ...plan.keyFile, path: join(folder, "new.key") };

    const writing = writeFiles({ ...plan, keyFile, text: "{" }, env, shortPaces);

    await expect(writing).rejects.toThrow(/Nothing was written/);
    expect(readdirSync(folder).toSorted()).toEqual(["conf", "key"]);
  });

  it("is put back, modes and all, and says so where somebody has changed it since", async () => {
    const { folder, env, path, keyPath, text, plan } = await planned();
    const { putBack } = await writeFiles(plan, env, shortPaces);

    expect(await putBack?.()).toEqual([]);

    expect(readFileSync(path, "utf8")).toBe(text);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readFileSync(keyPath, "utf8")).toBe(`${old}\n`);
    expect(readdirSync(folder).toSorted()).toEqual(["conf", "key"]);
    expect(await putBack?.()).toEqual([`put ${path} back (it has changed meanwhile)`]);
  });
});

describe("a key that stood there", () => {
  it("is lost at no change of the key, and kept once", async () => {
    const path = join(tempFolder(), "key");
    for (const each of ["one", "two", "three", "one", "two"]) await putKey(path, `${each}-key`);

    expect(readFileSync(path, "utf8")).toBe("two-key\n");
    expect(readFileSync(`${path}.old`, "utf8")).toBe("one-key\n");
    expect(readFileSync(`${path}.old2`, "utf8")).toBe("two-key\n");
    expect(readFileSync(`${path}.old3`, "utf8")).toBe("three-key\n");
    expect(statSync(`${path}.old3`).mode & 0o777).toBe(0o600);
  });

  it("and cannot be read stays", async () => {
    const path = join(tempFolder(), "key");
    mkdirSync(path);

    await expect(putKey(path, key)).rejects.toThrow(/is a folder/);
    expect(statSync(path).isDirectory()).toBe(true);
  });
});
