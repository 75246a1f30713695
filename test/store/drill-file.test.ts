import * as fs from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { lastGoodDrill, noteGoodDrill } from "#store/drill-file.ts";
import { tempFolder } from "../temp-folder.ts";

const at = new Date("2026-11-23T03:15:00.042Z");

it("what was noted is known again, and nothing else in the folder is touched", async () => {
  const folder = tempFolder();
  const stateFile = join(folder, "state.json");
  fs.writeFileSync(stateFile, "a state");

  await noteGoodDrill(stateFile, at);

  expect(await lastGoodDrill(stateFile)).toEqual(at);
  expect(fs.readdirSync(folder).toSorted()).toEqual(["drill.json", "state.json"]);
  expect(fs.readFileSync(stateFile, "utf8")).toBe("a state");
  expect(fs.statSync(join(folder, "drill.json")).mode & 0o777).toBe(0o600);
});

it("the last one counts", async () => {
  const stateFile = join(tempFolder(), "state.json");

  await noteGoodDrill(stateFile, at);
  await noteGoodDrill(stateFile, new Date(at.getTime() + 1));

  expect(await lastGoodDrill(stateFile)).toEqual(new Date(at.getTime() + 1));
});

it("a folder that is missing is made", async () => {
  const stateFile = join(tempFolder(), "a/b/state.json");

  await noteGoodDrill(stateFile, at);

  expect(await lastGoodDrill(stateFile)).toEqual(at);
});

it.each<[string, (path: string) => void]>([
  ["there was none", () => {}],
  ["the file is empty", (path) => fs.writeFileSync(path, "")],
  ["the file is cut short", (path) => fs.writeFileSync(path, '{"lastGoodAt": "2026-')],
  ["the file says something else", (path) => fs.writeFileSync(path, '{"last": 5}')],
  ["the time is none", (path) => fs.writeFileSync(path, '{"lastGoodAt": "yesterday"}')],
  ["the time is a number", (path) => fs.writeFileSync(path, '{"lastGoodAt": 1}')],
  ["it is a folder", (path) => fs.mkdirSync(path)],
])("it is not known: %s", async (_sentence, make) => {
  const folder = tempFolder();
  make(join(folder, "drill.json"));

  expect(await lastGoodDrill(join(folder, "state.json"))).toBeUndefined();
});

it("what cannot be noted throws", async () => {
  const folder = tempFolder();
  fs.mkdirSync(join(folder, "drill.json"));

  await expect(noteGoodDrill(join(folder, "state.json"), at)).rejects.toThrow(
    "is not a regular file",
  );
});
