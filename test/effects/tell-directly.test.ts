import { describe, expect, it } from "vitest";
import { createTelling, tellDirectly, type ToldMark } from "#effects/tell-directly.ts";
import type { Command, Ran } from "#ports.ts";
import { createFakeClock } from "../fake-clock.ts";
import { effectSettings, keptLog } from "./samples.ts";

const signal = new AbortController().signal;
const worked: Ran = { kind: "exited", code: 0, tail: "", tookMs: 10 };

function setUp({ isFresh = false, ran = worked, dryRun = false, notifyCommand = ["tell"] } = {}) {
  const started: Command[] = [];
  const marks: boolean[] = [];
  const mark: ToldMark = {
    isFresh: () => Promise.resolve(isFresh),
    set: (hasWorked) => Promise.resolve(void marks.push(hasWorked)),
  };
  const runner = {
    run(command: Command): Promise<Ran> {
      started.push(command);
      return Promise.resolve(ran);
    },
  };
  const settings = effectSettings({ notifyCommand, dryRun, thresholds: [] });
  const { log, entries } = keptLog();
  const clock = createFakeClock();
  const telling = createTelling({ runner, mark, log, clock, settings: () => settings });
  return { started, marks, mark, runner, settings, telling, clock, entries };
}

describe("told directly", () => {
  it("is told by the notify command, as trouble, and marked", async () => {
    const { started, marks, ...deps } = setUp();

    const told = await tellDirectly("the guard is broken", deps, signal);

    expect(told).toEqual({ kind: "told" });
    expect(started).toMatchObject([
      { env: { RUNPODBOSS_EVENT: "trouble", RUNPODBOSS_MESSAGE: "trouble: the guard is broken" } },
    ]);
    expect(marks).toEqual([true]);
  });

  it.each<[string, Parameters<typeof setUp>[0], string, readonly boolean[]]>([
    ["within the hour it is not told again", { isFresh: true }, "told-before", []],
    [
      "without a notify command there is nobody to tell",
      { notifyCommand: [] },
      "nobody-to-tell",
      [],
    ],
    ["one that fails is told as that", { ran: { ...worked, code: 1 } }, "failed", [false]],
    [
      "one that cannot be started is told as that",
      { ran: { kind: "not-started", because: "it is gone" } },
      "failed",
      [false],
    ],
    [
      "one that is interrupted leaves no mark",
      { ran: { kind: "interrupted", tail: "", tookMs: 1 } },
      "failed",
      [],
    ],
  ])("%s", async (_sentence, given, expected, marked) => {
    const { marks, ...deps } = setUp(given);

    const told = await tellDirectly("the guard is broken", deps, signal);

    expect(told.kind).toBe(expected);
    expect(marks).toEqual(marked);
  });
});

describe("the daemon tells directly", () => {
  it("once an hour, however often something breaks, and logs it", async () => {
    const { telling, started, clock, entries } = setUp();

    for (const what of ["one", "two", "three"]) telling.tell(what);
    await telling.idle();
    await clock.advanceTo(3_600_000);
    telling.tell("four");
    await telling.idle();

    const messages = started.map(({ env }) => env?.["RUNPODBOSS_MESSAGE"]);
    expect(messages).toEqual(["trouble: one", "trouble: four"]);
    expect(entries).toEqual([
      ["told directly", { because: "one", told: "told" }],
      ["told directly", { because: "four", told: "told" }],
    ]);
  });

  it("nobody in a dry run", async () => {
    const { telling, started } = setUp({ dryRun: true });

    telling.tell("one");
    await telling.idle();

    expect(started).toEqual([]);
  });

  it("and logs when that fails", async () => {
    const { telling, entries } = setUp({ ran: { ...worked, code: 2 } });

    telling.tell("one");
    await telling.idle();

    expect(entries).toMatchObject([["could not be told directly", { because: "one" }]]);
  });
});
