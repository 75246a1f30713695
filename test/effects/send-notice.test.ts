import { describe, expect, it } from "vitest";
import { type ButtonsFor, sendNoticeWith } from "#effects/send-notice.ts";
import type { Notify } from "#guard/model/effect.ts";
import type { Channel, Sent } from "#notify/channel.ts";
import type { ChannelSettings } from "#notify/settings.ts";
import { createFakeClock } from "../fake-clock.ts";
import { pod, seen } from "../guard/samples.ts";
import { fakeChannel } from "../notify/fake-channel.ts";
import { effectSettings, keptLog } from "./samples.ts";

const forever = new AbortController().signal;
const notice: Notify = {
  kind: "notify",
  id: "notify:trip:low:1@ntfy",
  channel: "ntfy",
  event: "trip",
  name: "low",
  because: "balance $1.99 is below $2.00",
  severity: "critical",
  incident: "threshold:low",
  balanceUsd: 1.99,
  burnPerHrUsd: 3.98,
  belowUsd: 2,
  atMs: 1_000,
  tries: 0,
  notBeforeMs: 0,
};
const look = seen({
  pods: [
    pod({ id: "cheap", name: "", costPerHrUsd: 0.5 }),
    pod({ id: "dear", name: "*bold* <b>", costPerHrUsd: 3.48 }),
  ],
});
const ntfy: ChannelSettings = {
  type: "ntfy",
  url: "http://127.0.0.1/topic",
  name: "ntfy",
  minSeverity: "info",
  timeLimitMs: 30_000,
};

function setUp(channels: readonly Channel[], overrides: Parameters<typeof effectSettings>[0] = {}) {
  const { log, entries } = keptLog();
  const settings = effectSettings({ channels: [ntfy], ...overrides });
  const send = sendNoticeWith({ clock: createFakeClock(), log, channels: () => channels });
  return { send: () => send(notice, "ntfy", look, settings, forever), entries };
}

describe("a notification owed to a channel", () => {
  it.each<[string, Sent, unknown]>([
    [
      "taken by the service is done, with what that said",
      { kind: "sent", answer: "HTTP 200" },
      { kind: "done", because: "HTTP 200", tail: "" },
    ],
    [
      "that failed carries the wait that the service asked for",
      { kind: "failed", because: "HTTP 429", waitMs: 90_000, isRefused: false },
      { kind: "failed", because: "HTTP 429", tail: "", waitMs: 90_000 },
    ],
    ["that was interrupted is tried again", { kind: "interrupted" }, "interrupted"],
  ])("%s", async (_, sent, outcome) => {
    expect(await setUp([fakeChannel(sent).channel]).send()).toMatchObject(
      outcome as Record<string, unknown>,
    );
  });

  it("goes through that channel and no other", async () => {
    const [mine, other] = [fakeChannel(), fakeChannel(undefined, { name: "slack" })];

    await setUp([other.channel, mine.channel]).send();

    expect(mine.messages).toMatchObject([{ id: notice.id, title: "Balance below low ($2.00)" }]);
    expect(other.messages).toEqual([]);
  });

  it("in a dry run is only said", async () => {
    const { channel, messages } = fakeChannel();
    const { send, entries } = setUp([channel], { dryRun: true });

    expect(await send()).toMatchObject({ kind: "done", because: "dry run" });
    expect(messages).toEqual([]);
    expect(entries).toEqual([
      [
        "dry run: would have sent",
        { effect: "notify", event: "trip", channel: "ntfy", because: notice.because },
      ],
    ]);
  });

  it("whose channel has left the config stays owed: the guard finds out who is told in its place", async () => {
    expect(await setUp([], { channels: [] }).send()).toMatchObject({
      kind: "failed",
      because: "the channel is no longer in the config",
    });
  });
});

describe("what there is to press", () => {
  const button = { label: "Stop now", url: "https://guard.example.com/act/x.y" };

  function sending(buttonsFor: ButtonsFor) {
    const { channel, messages } = fakeChannel();
    const { log, entries } = keptLog();
    const clock = createFakeClock();
    const settings = effectSettings({ channels: [ntfy] });
    const send = sendNoticeWith({ clock, log, channels: () => [channel], buttonsFor });
    return { sent: send(notice, "ntfy", look, settings, forever), messages, entries, clock };
  }

  it.each<[string, ButtonsFor]>([
    ["known at once", () => [button]],
    ["known in a moment", () => Promise.resolve([button])],
  ])("goes along: %s", async (_, buttonsFor) => {
    const { sent, messages } = sending(buttonsFor);

    expect(await sent).toMatchObject({ kind: "done" });
    expect(messages).toMatchObject([{ buttons: [button] }]);
  });

  it.each<[string, ButtonsFor]>([
    [
      "where making it fails",
      () => {
        throw new Error("no key");
      },
    ],
    ["where making it fails later", () => Promise.reject(new Error("no key"))],
    ["where nobody ever gives it", () => new Promise(() => undefined)],
  ])("is left out, and people are told all the same: %s", async (_, buttonsFor) => {
    const { sent, messages, entries, clock } = sending(buttonsFor);
    await clock.advanceTo(10_000);

    expect(await sent).toMatchObject({ kind: "done" });
    expect(messages).toHaveLength(1);
    expect(messages[0]).not.toHaveProperty("buttons");
    expect(entries).toMatchObject([["sent without buttons", { because: expect.any(String) }]]);
  });
});
