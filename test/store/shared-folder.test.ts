import * as fs from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { sharedFolderWarnings } from "#store/shared-folder.ts";
import { tempFolder } from "../temp-folder.ts";

async function warningsOf(stateFile: string, logFile = stateFile): Promise<readonly string[]> {
  const all = await Promise.all(sharedFolderWarnings({ stateFile, logFile }));
  return all.filter((each) => each !== undefined);
}

it.each([
  ["its owner alone may write", 0o755, []],
  ["everyone may write", 0o777, ["chmod go-w"]],
  ["everyone may write, as to /tmp", 0o1777, ["Choose a folder that only you may write"]],
])("a folder that %s", async (_sentence, mode, words) => {
  const folder = tempFolder();
  fs.chmodSync(folder, mode);

  const found = await warningsOf(join(folder, "state.json"));

  expect(found).toEqual(
    words.map(
      (each) => expect.stringMatching(`^state_file: others may write to .*${each}`) as string,
    ),
  );
});

it("a folder in one that everyone may write, unless that one is like /tmp", async () => {
  const above = tempFolder();
  const folder = join(above, "own");
  fs.mkdirSync(folder, 0o700);
  const inFolderOf = async (mode: number) => {
    fs.chmodSync(above, mode);
    return warningsOf(join(folder, "state.json"));
  };

  expect(await inFolderOf(0o777)).toEqual([expect.stringContaining(`the folder ${above},`)]);
  expect(await inFolderOf(0o1777)).toEqual([]);
});

it("the folder that a link leads to, and that of the log, are looked at as well", async () => {
  const [folder, shared] = [tempFolder(), tempFolder()];
  fs.chmodSync(shared, 0o777);
  fs.symlinkSync(shared, join(folder, "link"));

  expect(await warningsOf(join(folder, "link", "state.json"))).toHaveLength(1);
  expect(await warningsOf(join(folder, "state.json"), join(shared, "guard.log"))).toEqual([
    expect.stringMatching(/^log_file: /),
  ]);
});

it("a folder that is not there yet is no matter", async () => {
  expect(await warningsOf("/nowhere/at/all/state.json")).toEqual([]);
});
