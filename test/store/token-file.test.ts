import { chmodSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readToken, tokenIn } from "#store/token-file.ts";
import { tempFolder } from "../temp-folder.ts";

const good = "a-token-of-sixteen";

it("the first time one is made, of 32 random bytes, for its owner alone; then it stays", async () => {
  const path = join(tempFolder(), "deep", "state.json.http-token");

  const made = await tokenIn(path);

  expect(made).toMatch(/^[\w-]{43}$/);
  expect(lstatSync(path).mode & 0o777).toBe(0o600);
  expect(await tokenIn(path)).toBe(made);
  expect(await tokenIn(join(tempFolder(), "another"))).not.toBe(made);
});

it("one that a person wrote is taken", async () => {
  const path = join(tempFolder(), "token");
  writeFileSync(path, `\n ${good} \r\n`, { mode: 0o600 });

  expect(await tokenIn(path)).toBe(good);
});

it.each([
  ["is empty", "", 0o600],
  ["is short", "fifteen-letters", 0o600],
  ["has two words", `${good} ${good}`, 0o600],
  ["is huge", good.repeat(1_000), 0o600],
  ["others may read", good, 0o640],
  ["others may read, by a bit", good, 0o604],
  ["others may change", good, 0o602],
])("one that %s is refused, and left as it is", async (_what, text, mode) => {
  const path = join(tempFolder(), "token");
  writeFileSync(path, text);
  chmodSync(path, mode);

  await expect(tokenIn(path)).rejects.toThrow(/Remove it, and another one is made$/);
  expect(readFileSync(path, "utf8")).toBe(text);
});

it("what is no file is refused", async () => {
  const path = join(tempFolder(), "token");
  mkdirSync(path);

  await expect(tokenIn(path)).rejects.toThrow(/\S/);
});

it("a link of one's own is followed", async () => {
  const folder = tempFolder();
  writeFileSync(join(folder, "real"), good, { mode: 0o600 });
  symlinkSync(join(folder, "real"), join(folder, "token"));

  expect(await readToken(join(folder, "token"))).toBe(good);
});

it("a link that others may have put there is neither read nor written through", async () => {
  const folder = tempFolder();
  const theirs = join(folder, "theirs");
  mkdirSync(join(folder, "shared"));
  chmodSync(join(folder, "shared"), 0o777);
  symlinkSync(theirs, join(folder, "shared", "token"));

  await expect(tokenIn(join(folder, "shared", "token"))).rejects.toThrow("not followed");
  expect(() => lstatSync(theirs)).toThrow("ENOENT");
});

it("one that belongs to somebody else is refused", async () => {
  const path = join(tempFolder(), "token");
  writeFileSync(path, good, { mode: 0o600 });

  await expect(readToken(path, lstatSync(path).uid + 1)).rejects.toThrow("belongs to another user");
});
