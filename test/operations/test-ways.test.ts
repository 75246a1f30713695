import { expect, it } from "vitest";
import { testWay, type Tried, waysToTest } from "#operations/test-ways.ts";
import type { Sent } from "#notify/channel.ts";
import type { Command, Ran } from "#ports.ts";
import { effectSettings } from "../effects/samples.ts";
import { createFakeClock } from "../fake-clock.ts";
import { fakeChannel } from "../notify/fake-channel.ts";

const signal = new AbortController().signal;
const worked: Ran = { kind: "exited", code: 0, tail: "", tookMs: 100 };

function setUp(
  channels: readonly ReturnType<typeof fakeChannel>[],
  settings: Parameters<typeof effectSettings>[0] = {},
  ran = worked,
) {
  const commands: Command[] = [];
  const run = (command: Command): Promise<Ran> => {
    commands.push(command);
    return Promise.resolve(ran);
  };
  const clock = createFakeClock();
  const ways = waysToTest(effectSettings(settings), {
    channels: channels.map(({ channel }) => channel),
    runner: { run },
    clock,
  });
  const tried: Tried[] = [];
  const test = async (n: number) => {
    const way = ways[n];
    if (way === undefined) throw new Error("no such way");
    return testWay(way, clock, (each) => void tried.push(each), signal);
  };
  return { ways, commands, test, tried };
}

const kinds = (tried: readonly Tried[]) => tried.map(({ severity, sent }) => [severity, sent.kind]);

it("each channel is tested, and the notify command where there is one", () => {
  const channels = [fakeChannel(), fakeChannel(undefined, { name: "phone" })];

  expect(setUp(channels).ways.map(({ name }) => name)).toEqual(["ntfy", "phone"]);
  expect(setUp(channels, { notifyCommand: ["tell"] }).ways.map(({ name }) => name)).toEqual([
    "ntfy",
    "phone",
    "command",
  ]);
});

it("a test is one message of each severity, none of which takes another's place", async () => {
  const ntfy = fakeChannel();
  const { test, tried } = setUp([ntfy]);

  await test(0);

  expect(kinds(tried)).toEqual([
    ["info", "sent"],
    ["warning", "sent"],
    ["critical", "sent"],
  ]);
  expect(ntfy.messages.map(({ severity }) => severity)).toEqual(["info", "warning", "critical"]);
  expect(new Set(ntfy.messages.map(({ id }) => id)).size).toBe(3);
  expect(new Set(ntfy.messages.map(({ incident }) => incident)).size).toBe(3);
});

it("what breaks careless receivers stands in it, and that it is a test", async () => {
  const ntfy = fakeChannel();
  await setUp([ntfy]).test(0);

  expect(ntfy.messages[0]).toMatchObject({
    event: "drill",
    text: expect.stringMatching(/^THIS IS A TEST .*"double" 'single' \$HOME \{name\} \*b\* <i> &/),
    pods: [{ id: "drill000000001" }, { id: "drill000000002" }],
  });
});

it.each<[string, Sent]>([
  ["refused", { kind: "failed", because: "HTTP 403", isRefused: true }],
  ["failed", { kind: "failed", because: "no answer", isRefused: false }],
  ["interrupted", { kind: "interrupted" }],
])("after one that was %s the rest is not tried", async (_, sent) => {
  const ntfy = fakeChannel(sent);
  const { test, tried } = setUp([ntfy]);

  await test(0);

  expect(kinds(tried)).toEqual([
    ["info", sent.kind],
    ["warning", "not-tried"],
    ["critical", "not-tried"],
  ]);
  expect(ntfy.messages).toHaveLength(1);
});

it("the notify command runs for real, also where the config is for a dry run", async () => {
  const { test, commands, tried } = setUp([], {
    notifyCommand: ["tell", "{message}"],
    dryRun: true,
  });

  await test(0);

  expect(kinds(tried)).toHaveLength(3);
  expect(commands.map(({ env }) => env?.["RUNPODBOSS_EVENT"])).toEqual(["drill", "drill", "drill"]);
});

it("a notify command that fails says why", async () => {
  const { test, tried } = setUp([], { notifyCommand: ["tell"] }, { ...worked, code: 7 });

  await test(0);

  expect(tried[0]?.sent).toMatchObject({ kind: "failed", because: "exit 7 after 0.1 s" });
});
