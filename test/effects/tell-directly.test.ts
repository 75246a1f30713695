import { describe, expect, it } from "vitest";
import { createTelling, tellDirectly, type ToldMark } from "#effects/tell-directly.ts";
import type { Channel } from "#notify/channel.ts";
import type { Command, Ran } from "#ports.ts";
import { createFakeClock } from "../fake-clock.ts";
import { fakeChannel } from "../notify/fake-channel.ts";
import { effectSettings, keptLog } from "./samples.ts";

const signal = new AbortController().signal;
const worked: Ran = { kind: "exited", code: 0, tail: "", tookMs: 10 };

function setUp({
  isFresh = false,
  ran = worked,
  dryRun = false,
  notifyCommand = ["tell"],
  channels = [] as readonly Channel[],
} = {}) {
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
  const telling = createTelling({
    runner,
    mark,
    log,
    clock,
    settings: () => settings,
    channels: () => channels,
  });
  return { started, marks, mark, runner, settings, telling, clock, entries, channels };
}

describe("told directly", () => {
  it("is told by the notify command, as trouble, and marked", async () => {
    const { started, marks, ...deps } = setUp();

    const told = await tellDirectly("the guard is broken", deps, signal);

    expect(told).toEqual({ kind: "told", failed: [] });
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

describe("told directly through channels", () => {
  const down = { kind: "failed", because: "HTTP 502", isRefused: false } as const;

  it("goes through every one and the notify command, as critical, each time with an id of its own", async () => {
    const [ntfy, slack] = [fakeChannel(), fakeChannel(undefined, { name: "slack" })];
    const { started, ...deps } = setUp({ channels: [ntfy.channel, slack.channel] });

    expect(await tellDirectly("the guard is broken", deps, signal)).toEqual({
      kind: "told",
      failed: [],
    });
    await deps.clock.advanceTo(3_600_000);
    await tellDirectly("still broken", deps, signal);

    expect(started).toHaveLength(2);
    expect(ntfy.messages).toMatchObject([
      { id: "told-directly:0@ntfy", severity: "critical", text: "The guard is broken" },
      { id: "told-directly:3600000@ntfy" },
    ]);
    expect(slack.messages).toHaveLength(2);
  });

  it("counts as told when one way worked, and says why the others did not", async () => {
    const channels = [fakeChannel(down).channel, fakeChannel(undefined, { name: "slack" }).channel];
    const { marks, ...deps } = setUp({ channels, notifyCommand: [] });

    expect(await tellDirectly("the guard is broken", deps, signal)).toEqual({
      kind: "told",
      failed: ["channel ntfy: HTTP 502"],
    });
    expect(marks).toEqual([true]);
  });

  it.each([
    ["failed, is told again in some minutes", down, [false]],
    ["was interrupted leaves no mark", { kind: "interrupted" } as const, []],
  ])("that %s", async (_, sent, marked) => {
    const { marks, ...deps } = setUp({
      channels: [fakeChannel(sent).channel],
      notifyCommand: [],
    });

    expect((await tellDirectly("the guard is broken", deps, signal)).kind).toBe("failed");
    expect(marks).toEqual(marked);
  });

  it("is logged by the daemon with what failed of it", async () => {
    const { telling, entries } = setUp({ channels: [fakeChannel(down).channel] });

    telling.tell("one");
    await telling.idle();

    expect(entries).toEqual([
      ["told directly", { because: "one", told: "told", failed: ["channel ntfy: HTTP 502"] }],
    ]);
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
