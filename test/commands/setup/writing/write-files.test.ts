import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Current } from "#commands/setup/answers/current.ts";
import { writeFiles } from "#commands/setup/writing/write-files.ts";
import { loadConfig } from "#config/load.ts";
import { shortPaces } from "../../../short-paces.ts";
import { tempFolder } from "../../../temp-folder.ts";

const oldKey = "the-key-of-the-first-account";

/** A config that names a key file, and a new key for it. */
async function begun() {
  const folder = tempFolder();
  const path = join(folder, "config.json");
  const keyPath = join(folder, "key");
  writeFileSync(keyPath, `${oldKey}\n`, { mode: 0o600 });
  const text = JSON.stringify({
    api_key_file: keyPath,
    state_file: join(folder, "state.json"),
    log_file: join(folder, "log"),
    thresholds: [{ name: "low", below_usd: 1, prompt: "x" }],
  });
  writeFileSync(path, text, { mode: 0o600 });
  const current: Current = { path, isNew: false, text, mode: 0o600, uid: 0, raw: {} };
  const settings = await loadConfig(path, {}, shortPaces);
  const keyFile = { path: keyPath, apiKey: "the-key-of-the-second-account" };
  return { folder, path, keyPath, plan: { current, keyFile, settings } };
}

it("a config that cannot be used after all puts the key back: the old config names that file", async () => {
  const { keyPath, path, plan } = await begun();

  const writing = writeFiles({ ...plan, text: `{ "thresholds": [] }` }, {}, shortPaces);

  await expect(writing).rejects.toThrow(/Nothing was written\.$/);
  expect(readFileSync(keyPath, "utf8")).toBe(`${oldKey}\n`);
  expect(readFileSync(path, "utf8")).toBe(plan.current.text);
});

it("and takes away a key file that was not there", async () => {
  const { folder, plan } = await begun();
  const path = join(folder, "new.key");
  const keyFile = { ...plan.keyFile, path };

  const writing = writeFiles({ ...plan, keyFile, text: "{" }, {}, shortPaces);

  await expect(writing).rejects.toThrow(/Nothing was written\.$/);
  expect(existsSync(path)).toBe(false);
});

it("both are written where all is well, and the key that was there stays beside", async () => {
  const { keyPath, path, plan } = await begun();
  const text = plan.current.text.replace(`"below_usd":1`, `"below_usd":2`);

  const { files, settings } = await writeFiles({ ...plan, text }, {}, shortPaces);

  expect(files).toEqual([`${keyPath}.old`, keyPath, path]);
  expect(settings.apiKey).toBe(plan.keyFile.apiKey);
  expect(readFileSync(`${keyPath}.old`, "utf8")).toBe(`${oldKey}\n`);
});
