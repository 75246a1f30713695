import { expect, it } from "vitest";
import { boundedChannel } from "#notify/bounded.ts";
import type { Channel, Sent } from "#notify/channel.ts";
import { messageFrom } from "#notify/words/message-of.ts";
import { createFakeClock } from "../fake-clock.ts";
import { fakeChannel } from "./fake-channel.ts";

const message = messageFrom(
  { kind: "notify", id: "n", event: "drill", name: "x", because: "x", tries: 0, notBeforeMs: 0 },
  undefined,
  0,
);

function hanging(): { readonly channel: Channel; readonly signals: readonly AbortSignal[] } {
  const signals: AbortSignal[] = [];
  const hang = (signal: AbortSignal): Promise<Sent> => {
    signals.push(signal);
    return new Promise(() => {});
  };
  const send = (_: unknown, signal: AbortSignal) => hang(signal);
  return { channel: { name: "ntfy", type: "ntfy", send, probe: hang }, signals };
}

it.each(["send", "probe"] as const)(
  "a channel whose %s never comes back is given up a little after its limit, and told to end",
  async (ask) => {
    const clock = createFakeClock();
    const { channel, signals } = hanging();
    const bounded = boundedChannel(channel, 30_000, clock);
    const signal = new AbortController().signal;

    const asked = ask === "send" ? bounded.send(message, signal) : bounded.probe(signal);
    await clock.advanceTo(35_000);

    expect(await asked).toEqual({
      kind: "failed",
      because: "no answer within 30 s",
      isRefused: false,
    });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  },
);

it("an interruption ends the wait for one that does not heed it", async () => {
  const clock = createFakeClock();
  const interruption = new AbortController();
  const sent = boundedChannel(hanging().channel, 30_000, clock).send(message, interruption.signal);

  interruption.abort();
  await clock.advanceTo(1_000);

  expect(await sent).toEqual({ kind: "interrupted" });
});

it.each([
  ["throws", () => Promise.reject(new Error("a bug"))],
  [
    "throws before it waits",
    () => {
      throw new Error("a bug");
    },
  ],
])("one that %s has failed, in words", async (_, send) => {
  const { channel } = fakeChannel();
  const bounded = boundedChannel({ ...channel, send }, 30_000, createFakeClock());

  expect(await bounded.send(message, new AbortController().signal)).toEqual({
    kind: "failed",
    because: "a bug",
    isRefused: false,
  });
});

it("what a channel answers is handed on, and it keeps its name", async () => {
  const sent: Sent = { kind: "failed", because: "HTTP 429", waitMs: 60_000, isRefused: false };
  const { channel, messages } = fakeChannel(sent, { name: "phone" });
  const bounded = boundedChannel(channel, 30_000, createFakeClock());

  expect(await bounded.send(message, new AbortController().signal)).toBe(sent);
  expect(messages).toEqual([message]);
  expect(bounded).toMatchObject({ name: "phone", type: "ntfy" });
});
