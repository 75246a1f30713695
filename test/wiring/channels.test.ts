import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { createClock } from "#clock.ts";
import { messageFrom } from "#notify/words/message-of.ts";
import type { ChannelSettings } from "#notify/settings.ts";
import { realChannels } from "#wiring/channels.ts";
import { serving } from "../probes/pages.ts";

const message = messageFrom(
  { kind: "notify", id: "n", event: "drill", name: "x", because: "x", tries: 0, notBeforeMs: 0 },
  undefined,
  0,
);

it.each(["send", "probe"] as const)(
  "twenty channels that wait for one interruption are no leak to warn of: %s",
  async (ask) => {
    const warned: string[] = [];
    const onWarning = ({ name }: Error): void => void warned.push(name);
    process.on("warning", onWarning);
    const base = await serving((_request, response) => response.end("ok"));
    const settings = Array.from({ length: 20 }, (_, n): ChannelSettings => ({
      type: "ntfy",
      name: `ntfy-${n}`,
      url: `${base}/topic-${n}`,
      minSeverity: "info",
      timeLimitMs: 10_000,
    }));
    const { signal } = new AbortController();

    await Promise.all(
      realChannels(settings, createClock()).map((channel) =>
        ask === "send" ? channel.send(message, signal) : channel.probe(signal),
      ),
    );
    await turn();
    process.off("warning", onWarning);

    expect(warned).toEqual([]);
  },
);

it("accounts that share a channel name themselves, and have no message and no incident in common", async () => {
  const bodies: Record<string, unknown>[] = [];
  const base = await serving((request, response) => {
    let text = "";
    request.on("data", (piece) => (text += String(piece)));
    request.on("end", () => {
      bodies.push(JSON.parse(text) as Record<string, unknown>);
      response.end("ok");
    });
  });
  const settings = ["lab", "prod", undefined].map((account): ChannelSettings => ({
    type: "webhook",
    name: "webhook",
    url: `${base}/hook`,
    account,
    headers: {},
    minSeverity: "info",
    timeLimitMs: 10_000,
  }));

  for (const channel of realChannels(settings, createClock())) {
    expect(await channel.send(message, new AbortController().signal)).toMatchObject({
      kind: "sent",
    });
  }

  expect(bodies.map(({ id, incident, title }) => [id, incident, title])).toEqual([
    ["lab:n", "lab:drill:x", `lab: ${message.title}`],
    ["prod:n", "prod:drill:x", `prod: ${message.title}`],
    ["n", "drill:x", message.title],
  ]);
});
