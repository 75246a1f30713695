import * as fs from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { lastTested, noteTested } from "#store/tested-file.ts";
import { tempFolder } from "../temp-folder.ts";

const at = "2026-11-23T03:15:00.042Z";
const later = "2026-11-24T03:15:00.042Z";

it("what was tested is known again, and stays known when another channel is tested", async () => {
  const folder = tempFolder();
  const stateFile = join(folder, "state.json");

  await noteTested(stateFile, { ntfy: { at, mark: "1" }, slack: { at, mark: "2" } });
  await noteTested(stateFile, { slack: { at: later, mark: "3" } });

  expect(await lastTested(stateFile)).toEqual({
    ntfy: { at, mark: "1" },
    slack: { at: later, mark: "3" },
  });
  expect(fs.readdirSync(folder)).toEqual(["channels.json"]);
  expect(fs.statSync(join(folder, "channels.json")).mode & 0o777).toBe(0o600);
});

it.each<[string, (path: string) => void]>([
  ["there was none", () => {}],
  ["the file is empty", (path) => fs.writeFileSync(path, "")],
  ["the file is cut short", (path) => fs.writeFileSync(path, '{"tested": {"ntfy"')],
  ["a time is none", (path) => fs.writeFileSync(path, '{"tested": {"ntfy": {"at": "today"}}}')],
  ["it is a folder", (path) => fs.mkdirSync(path)],
  ["it is endless", (path) => fs.writeFileSync(path, "1".repeat(300_000))],
])("nothing is known to be tested: %s", async (_sentence, make) => {
  const folder = tempFolder();
  make(join(folder, "channels.json"));

  expect(await lastTested(join(folder, "state.json"))).toEqual({});
});
