import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createReloading } from "#daemon/reloading.ts";
import { keptLog } from "../effects/samples.ts";
import { createFakeClock } from "../fake-clock.ts";

const never = (): Promise<never> => new Promise(() => {});
const refused = "not reloaded, still using the old one";

/** Loads that go as given, one after the other; the last one stays. */
function setUp(...loads: readonly (() => Promise<void>)[]) {
  const clock = createFakeClock();
  const { log, entries } = keptLog();
  const story: string[] = [];
  let begun = 0;
  const reload = createReloading({
    load() {
      story.push("load");
      return (loads[begun++] ?? loads.at(-1) ?? (() => Promise.resolve()))();
    },
    clock,
    limitMs: 10_000,
    log,
    systemd: {
      reloading: () => void story.push("reloading"),
      reloaded: (because) => void story.push(`reloaded: ${because}`),
    },
    onDone: (because) => void story.push(`done: ${because}`),
  });
  return { clock, reload, story, entries };
}

describe("a reload", () => {
  it("is told when it is done", async () => {
    const { reload, story } = setUp();

    reload();
    await nextTurn();

    expect(story).toEqual(["reloading", "load", "done: undefined", "reloaded: undefined"]);
  });

  it("that is refused is told with its reason, and logged", async () => {
    const { reload, story, entries } = setUp(() => Promise.reject(new Error("must be a list")));

    reload();
    await nextTurn();

    expect(story.slice(2)).toEqual([
      `done: ${refused}: must be a list`,
      `reloaded: config ${refused}: must be a list`,
    ]);
    expect(entries).toEqual([[`config ${refused}`, { because: "must be a list" }]]);
  });

  it("that never comes back is given up, and told", async () => {
    const { clock, reload, story } = setUp(never);

    reload();
    await clock.advanceTo(10_000);

    expect(story).toContain(`done: ${refused}: it could not be read within 10 s`);
  });
});

describe("many reloads", () => {
  it("while one hangs read nothing, as each would take a thread, and all are refused", async () => {
    const { clock, reload, story } = setUp(never);

    for (let n = 0; n < 6; n += 1) reload();
    await clock.advanceTo(10_000);
    await clock.advanceTo(20_000);
    reload();
    await clock.advanceTo(30_000);

    expect(story.filter((each) => each === "load")).toHaveLength(1);
    expect(story.filter((each) => each.startsWith("done:"))).toHaveLength(3);
  });

  it("at once are one, and one more for what came meanwhile", async () => {
    let finish = (): void => undefined;
    const first = new Promise<void>((resolve) => (finish = resolve));
    const { reload, story } = setUp(
      () => first,
      () => Promise.resolve(),
    );

    for (let n = 0; n < 6; n += 1) reload();
    await nextTurn();
    finish();
    await nextTurn();

    expect(story.filter((each) => each === "load")).toHaveLength(2);
    expect(story.at(-1)).toBe("reloaded: undefined");
  });

  it("go on once the one that hung has ended", async () => {
    let finish = (): void => undefined;
    const hung = new Promise<void>((resolve) => (finish = resolve));
    const { clock, reload, story } = setUp(
      () => hung,
      () => Promise.resolve(),
    );
    reload();
    await clock.advanceTo(10_000);

    finish();
    reload();
    await clock.advanceTo(10_001);

    expect(story.at(-1)).toBe("reloaded: undefined");
  });
});
