import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { emptyState } from "#guard/model/state.ts";
import { createStateFile } from "#store/state-file.ts";
import { tempFolder } from "../temp-folder.ts";

/** A daemon's state file, and what it said of others who write it. */
async function stateFile(before?: string) {
  const path = join(tempFolder(), "state.json");
  if (before !== undefined) writeFileSync(path, before);
  const said: (string | undefined)[] = [];
  const clock = { nowMs: 0 };
  const store = createStateFile(path, {
    nowMs: () => clock.nowMs,
    onTrouble: () => undefined,
    onOtherWriter: (because) => said.push(because),
  });
  await store.load();
  let looks = 0;
  const poll = () => store.saveLearned({ ...emptyState, lookedAtMs: (looks += 1) });
  const overwrite = () => {
    writeFileSync(`${path}.tmp`, '{"warning": true}');
    renameSync(`${path}.tmp`, path);
  };
  return { path, said, clock, store, poll, overwrite };
}

const found = expect.stringContaining("another program has written");

it("a Python watcher that writes the state file is noticed at the next poll", async () => {
  const { said, store, poll, overwrite } = await stateFile();
  await store.save(emptyState);
  await poll();

  overwrite();
  await poll();

  expect(said).toEqual([found]);
});

it("also before this daemon has written it for the first time", async () => {
  const { said, poll, overwrite } = await stateFile("{}");

  overwrite();
  await poll();

  expect(said).toEqual([found]);
});

it("also right before it is written anew", async () => {
  const { said, store, overwrite } = await stateFile("{}");

  overwrite();
  await store.save({ ...emptyState, fired: { warning: true } });

  expect(said).toEqual([found]);
});

it("its own writes are nobody else's, and a file that was removed neither", async () => {
  const { path, said, store, poll } = await stateFile();
  await store.save(emptyState);
  await store.save({ ...emptyState, fired: { warning: true } });
  await poll();

  rmSync(path);
  await poll();

  expect(said).toEqual([]);
});

it("that it has stopped is told after an hour, not between two of its writes", async () => {
  const { said, clock, poll, overwrite } = await stateFile("{}");
  overwrite();
  await poll();

  clock.nowMs = 59 * 60_000;
  await poll();
  clock.nowMs = 60 * 60_000;
  await poll();
  await poll();

  expect(said).toEqual([found, undefined]);
});
