import * as fs from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createBackMark } from "#store/back-mark.ts";
import { tempFolder } from "../temp-folder.ts";

function setUp() {
  const folder = tempFolder();
  const path = join(folder, "state.json.decide-graphql");
  return { path, mark: createBackMark(join(folder, "state.json")), folder };
}

it("says when it was set, for the owner only, until it is removed", async () => {
  const { mark, path } = setUp();
  const before = await mark.atMs();

  await mark.set(1_234_000);
  const during = await mark.atMs();
  const mode = fs.statSync(path).mode & 0o777;
  await mark.remove();

  expect([before, during, mode, await mark.atMs()]).toEqual([
    undefined,
    1_234_000,
    0o600,
    undefined,
  ]);
});

it.each([
  ["what is no time", "soon"],
  ["an empty file", ""],
  ["a file that is far too long", "2026-11-26T00:00:00Z".padEnd(5_000)],
])("%s is no mark", async (_sentence, text) => {
  const { mark, path } = setUp();
  fs.writeFileSync(path, text);

  expect(await mark.atMs()).toBeUndefined();
});

it("where it cannot be removed nobody stumbles over it", async () => {
  const { mark, path } = setUp();
  fs.mkdirSync(path);

  await mark.remove();

  expect(await mark.atMs()).toBeUndefined();
});
