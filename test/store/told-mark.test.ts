import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { createToldMark } from "#store/told-mark.ts";
import { createFakeClock } from "../fake-clock.ts";
import { makeFifo, tempFolder } from "../temp-folder.ts";

const minuteMs = 60_000;

function setUp(name = "state.json.told-bug") {
  const clock = createFakeClock();
  const folder = tempFolder();
  const spare = tempFolder();
  const path = join(folder, name);
  /** As each process makes it. */
  const mark = () => createToldMark(path, clock, spare);
  return { clock, folder, spare, path, mark };
}

it("holds for an hour, also for the next process", async () => {
  const { clock, mark, path } = setUp();
  await clock.advanceTo(1_000 * minuteMs);
  const before = await mark().isFresh();

  await mark().set(true);
  await clock.advanceTo(1_059 * minuteMs);
  const during = await mark().isFresh();
  await clock.advanceTo(1_060 * minuteMs);

  expect([before, during, await mark().isFresh()]).toEqual([false, true, false]);
  expect(fs.statSync(path).mode & 0o777).toBe(0o600);
});

it("after a failure holds for five minutes", async () => {
  const { clock, mark } = setUp();
  await clock.advanceTo(1_000 * minuteMs);

  await mark().set(false);
  await clock.advanceTo(1_004 * minuteMs);
  const during = await mark().isFresh();
  await clock.advanceTo(1_005 * minuteMs);

  expect([during, await mark().isFresh()]).toEqual([true, false]);
});

it("from the future, as after a wrong clock, does not silence anybody", async () => {
  const { clock, mark } = setUp();
  await clock.advanceTo(10_000 * minuteMs);
  await mark().set(true);

  expect(await createToldMark(setUp().path, createFakeClock()).isFresh()).toBe(false);
});

it.each<[string, (path: string) => void]>([
  ["its folder is a file", (path) => fs.writeFileSync(dirname(path), "")],
  ["a folder stands in its place", (path) => fs.mkdirSync(path, { recursive: true })],
  [
    "a FIFO stands in its place",
    (path) => {
      fs.mkdirSync(dirname(path));
      makeFifo(path);
    },
  ],
])("is kept with the temporary files where %s", async (_sentence, spoil) => {
  const { clock, folder, spare } = setUp();
  await clock.advanceTo(1_000 * minuteMs);
  const path = join(folder, "home", "told");
  spoil(path);

  await createToldMark(path, clock, spare).set(true);

  expect(await createToldMark(path, clock, spare).isFresh()).toBe(true);
  expect(fs.readdirSync(spare)).toHaveLength(1);
});

it("a link that someone planted where temporary files go is neither followed nor believed", async () => {
  const { clock, folder, spare } = setUp();
  await clock.advanceTo(1_000 * minuteMs);
  const precious = join(folder, "precious");
  fs.writeFileSync(precious, "mine");
  fs.utimesSync(precious, 1, 1);
  const path = join(precious, "told");
  await createToldMark(path, clock, spare).set(true);
  const [place = ""] = fs.readdirSync(spare);
  fs.rmSync(join(spare, place));
  fs.symlinkSync(precious, join(spare, place));

  await createToldMark(path, clock, spare).set(true);

  expect(await createToldMark(path, clock, spare).isFresh()).toBe(false);
  expect(fs.statSync(precious).mtimeMs).toBe(1_000);
});
