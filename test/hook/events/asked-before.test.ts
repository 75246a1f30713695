import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { notAskedAbout } from "#hook/events/asked-before.ts";
import { tempFolder } from "../../temp-folder.ts";

const fileIn = (folder: string): string => join(folder, "state.json.asked");

/** What a session is to be asked about, each time that these run. */
function sessionsIn(folder = tempFolder()) {
  const stateFile = join(folder, "state.json");
  return (session: string | undefined, ...podIds: readonly string[]) =>
    notAskedAbout(podIds, session, stateFile);
}

it("a session is asked about each pod once", async () => {
  const ask = sessionsIn();

  expect(await ask("s1", "p1", "p2")).toEqual(["p1", "p2"]);
  expect(await ask("s1", "p1", "p2")).toEqual([]);
  expect(await ask("s1", "p2")).toEqual([]);
  expect(await ask("s1", "p2", "p3")).toEqual(["p3"]);
  expect(await ask("s2", "p2"), "another session").toEqual(["p2"]);
});

it("it is asked anew about one that did not run meanwhile", async () => {
  const ask = sessionsIn();
  await ask("s1", "p1");

  expect(await ask("s1")).toEqual([]);
  expect(await ask("s1", "p1")).toEqual(["p1"]);
});

it.each<[string, string | undefined, string]>([
  ["a session that is not known", undefined, "p1"],
  ["a pod whose id is no plain one", "s1", "p 1\ns1 p2"],
])("%s is asked about each time", async (_sentence, session, podId) => {
  const ask = sessionsIn();
  await ask(session, podId);

  expect(await ask(session, podId)).toEqual([podId]);
});

it("of two that stop at once neither is forgotten", async () => {
  const ask = sessionsIn();

  await Promise.all([ask("s1", "p1"), ask("s2", "p2")]);

  expect([await ask("s1", "p1"), await ask("s2", "p2")]).toEqual([[], []]);
});

it("the last hundred sessions are kept, with a hundred pods each", async () => {
  const folder = tempFolder();
  const ask = sessionsIn(folder);
  const pods = Array.from({ length: 150 }, (_, n) => `p${n}`);
  const lines = Array.from({ length: 100 }, (_, n) => `s${n} p1\n`);
  writeFileSync(fileIn(folder), lines.join(""));

  await ask("new", ...pods);

  const kept = readFileSync(fileIn(folder), "utf8").trimEnd().split("\n");
  expect(kept).toHaveLength(100);
  expect(kept[0]).toBe("s1 p1");
  expect(kept.at(-1)?.split(" ")).toEqual(["new", ...pods.slice(-100)]);
});

it.each<[string, (path: string) => void]>([
  ["holds something else", (path) => writeFileSync(path, '{"a": [1]}\n\u0000')],
  ["is no file", (path) => mkdirSync(path)],
  ["is too large", (path) => writeFileSync(path, "s1 p1\n".repeat(300_000))],
])("where the file %s it is asked", async (_sentence, spoil) => {
  const folder = tempFolder();
  spoil(fileIn(folder));

  expect(await sessionsIn(folder)("s1", "p1")).toEqual(["p1"]);
});
