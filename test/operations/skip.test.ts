import * as fs from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { UserError } from "#errors.ts";
import type { Scheduled } from "#guard/model/schedules.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { runNameOf } from "#guard/pods/run/run-name.ts";
import { skipSchedule, type SkipOptions } from "#operations/skip.ts";
import type { Calendar } from "#ports.ts";
import { identityOf } from "#process/identity.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import { readRecord } from "#store/history/history-text.ts";
import { historyFileOf, leaseFileOf } from "#store/paths.ts";
import { localTime } from "#terminal/local-time.ts";
import { at, run } from "../guard/samples.ts";
import { tempFolder } from "../temp-folder.ts";

const evening = {
  name: "evening",
  cron: "0 19 * * *",
  pods: ["*"],
  action: "stop",
  except: [],
} as const;
const trainer = run();
const scheduled: Scheduled = { rule: "stop daily", sinceMs: at(0), dealtMs: [], due: {} };
const held: Scheduled = {
  ...scheduled,
  dealtMs: [at(100)],
  due: { p1: { run: runNameOf(trainer), ofMs: at(100) } },
};

function saying(lastMs: number | undefined, nextMs: number | undefined): Calendar {
  const schedules = { evening: { rule: "daily", lastMs, nextMs } };
  return {
    momentsAt: (atMs) => Promise.resolve({ moments: { atMs, periods: {}, schedules }, faults: [] }),
  };
}

function stateWith(known: Scheduled): GuardState {
  return { ...emptyState, runs: { p1: trainer }, scheduled: { evening: known } };
}

/** Someone skips at minute 110. */
function setUp(saved = stateWith(scheduled), calendar = saying(at(-1_340), at(200))) {
  const stateFile = join(tempFolder(), "state.json");
  const settings = { stateFile, configPath: "/config.json", schedules: [evening] };
  const book = createLeaseFile(leaseFileOf(stateFile), identityOf, { nowMs: () => at(110) });
  return {
    skip: (name = "evening", options: SkipOptions = {}) =>
      skipSchedule(name, { settings, saved }, calendar, at(110), options),
    skippedMs: async () => (await book.read()).skippedMs,
    history: () => {
      const path = historyFileOf(stateFile);
      return fs.existsSync(path) ? fs.readFileSync(path, "utf8") : "";
    },
  };
}

describe("skipping a schedule", () => {
  it("passes over its next time, which the history has", async () => {
    const { skip, skippedMs, history } = setUp();

    const { atMs, isUnderWay, troubles } = await skip("evening", { by: "on the page" });

    expect([atMs, isUnderWay, troubles]).toEqual([at(200), false, []]);
    expect(await skippedMs()).toEqual({ evening: at(200) });
    expect(readRecord(history().trim().split("\n").at(-1) ?? "")).toMatchObject({
      type: "skip",
      reason: "manual",
      because: `schedule evening passed over at ${localTime(at(200))} on the page`,
    });
  });

  it.each<[sentence: string, saved: GuardState, minute: number, isUnderWay: boolean]>([
    ["that which holds pods now", stateWith(held), 100, true],
    [
      "the next one, where the pod that it held was started again",
      { ...stateWith(held), runs: { p1: { ...trainer, firstSeenAtMs: at(105) } } },
      200,
      false,
    ],
    [
      "the next one, where the pod that it held is gone",
      { ...stateWith(held), runs: {} },
      200,
      false,
    ],
    ["that which has come and nobody has dealt with yet", stateWith(scheduled), 100, false],
    ["the next one, where the guard was never there", emptyState, 200, false],
  ])("means %s", async (_sentence, saved, minute, isUnderWay) => {
    const { skip } = setUp(saved, saying(at(100), at(200)));

    expect(await skip()).toMatchObject({ atMs: at(minute), isUnderWay });
  });

  it("again is refused until the guard has let go of whom the one before held: it would undo that", async () => {
    const { skip, skippedMs } = setUp(stateWith(held), saying(at(100), at(200)));
    await skip();

    await expect(skip()).rejects.toThrow("the daemon has not taken that in yet");

    expect(await skippedMs()).toEqual({ evening: at(100) });
  });

  it("writes nothing in a dry run", async () => {
    const { skip, skippedMs, history } = setUp();

    expect((await skip("evening", { isDry: true })).atMs).toBe(at(200));

    expect([await skippedMs(), history()]).toEqual([undefined, ""]);
  });

  it.each<[sentence: string, calendar: Calendar, name: string, fault: RegExp]>([
    ["that is none", saying(undefined, at(200)), "night", /^There is no schedule "night"\.$/],
    ["that comes no more", saying(undefined, undefined), "evening", /does not come again/],
    [
      "of which the calendar does not tell",
      {
        momentsAt: (atMs) =>
          Promise.resolve({
            moments: { atMs, periods: {}, schedules: {} },
            faults: ["no such zone"],
          }),
      },
      "evening",
      /is not known: no such zone\.$/,
    ],
  ])("is refused for one %s", async (_sentence, calendar, name, fault) => {
    const { skip, skippedMs } = setUp(stateWith(scheduled), calendar);

    const refused = await skip(name).catch((error: unknown) => error);

    expect(refused).toBeInstanceOf(UserError);
    expect((refused as UserError).message).toMatch(fault);
    expect(await skippedMs()).toBeUndefined();
  });

  it("is refused where it was skipped before", async () => {
    const { skip } = setUp();
    await skip();

    await expect(skip()).rejects.toThrow(
      `Schedule evening is passed over at ${localTime(at(200))} already.`,
    );
  });

  it("names those that there are", async () => {
    const refused = await setUp()
      .skip("nihgt")
      .catch((error: unknown) => error);

    expect((refused as UserError).hint).toBe("The schedules are: evening");
  });
});
