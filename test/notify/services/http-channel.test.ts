import { describe, expect, it } from "vitest";
import { type Answer, type HttpRequest, TransportError } from "#requests/answer.ts";
import type { Sent } from "#notify/channel.ts";
import { createChannel } from "#notify/create.ts";
import type { ChannelSettings } from "#notify/settings.ts";
import { createFakeClock } from "../../fake-clock.ts";
import { answer, common, echo, sample, sendTo, startService } from "./service.ts";

const ntfy = {
  ...common,
  type: "ntfy",
  name: "phone",
  url: "https://ntfy.example/topic-of-mine-1",
} as const satisfies ChannelSettings;

async function sentBy(request: HttpRequest): Promise<Sent> {
  const channel = createChannel(ntfy, { request, clock: createFakeClock() });
  return channel.send(sample(), new AbortController().signal);
}

describe("a channel never throws and never waits for ever, whatever carries its requests", () => {
  it("gives up at its time limit what never settles", async () => {
    const clock = createFakeClock();
    const channel = createChannel(ntfy, { request: () => new Promise(() => undefined), clock });

    const sending = channel.send(sample(), new AbortController().signal);
    await clock.advanceTo(9_999);
    const early = await Promise.race([sending, Promise.resolve("waiting")]);
    await clock.advanceTo(10_000);

    expect(early).toBe("waiting");
    expect(await sending).toEqual({
      kind: "failed",
      because: "no complete answer within 10 s",
      isRefused: false,
    });
  });

  it("is interrupted also where its request does not heed it", async () => {
    const clock = createFakeClock();
    const channel = createChannel(ntfy, { request: () => new Promise(() => undefined), clock });
    const interrupting = new AbortController();

    const sending = channel.send(sample(), interrupting.signal);
    await clock.advanceTo(10);
    interrupting.abort();
    await clock.advanceTo(2_000);

    expect(await sending).toEqual({ kind: "interrupted" });
  });

  it.each<[string, unknown, object]>([
    [
      "no connection",
      new TransportError("connect ECONNREFUSED"),
      { because: "connect ECONNREFUSED", isRefused: false },
    ],
    [
      "a connection that broke in the answer",
      new TransportError("aborted", { status: 500 }),
      { because: "HTTP 500: aborted", isRefused: false },
    ],
    [
      "an address or a header that is none, which no other try makes right",
      new TypeError("Invalid URL"),
      { because: "Invalid URL", isRefused: true },
    ],
    ["what is no error", "odd", { because: "odd", isRefused: false }],
    [
      "an error that holds the address",
      new TransportError("cannot reach https://ntfy.example/topic-of-mine-1\r\nnow"),
      { because: "cannot reach [redacted] now", isRefused: false },
    ],
  ])("%s", async (_sentence, thrown, expected) => {
    const sent = await sentBy(() => Promise.reject(thrown as Error));

    expect(sent).toEqual({ kind: "failed", ...expected });
  });

  it("a webhook whose answer began with 200 was told, whatever became of the rest", async () => {
    const webhook = {
      ...common,
      type: "webhook",
      name: "own",
      url: ntfy.url,
      headers: {},
    } as const;
    const request = () => Promise.reject(new TransportError("too slow", { headStatus: 200 }));

    const sent = await createChannel(webhook, { request, clock: createFakeClock() }).send(
      sample(),
      new AbortController().signal,
    );

    expect(sent).toEqual({ kind: "sent", answer: "HTTP 200" });
  });

  it("where the request throws at once", async () => {
    const sent = await sentBy(() => {
      throw new TypeError("Invalid header");
    });

    expect(sent).toEqual({ kind: "failed", because: "Invalid header", isRefused: true });
  });

  it("asks for no more than its time and 64 KiB", async () => {
    const limits: unknown[] = [];
    const good: Answer = {
      status: 200,
      type: "application/json",
      text: '{"id":"a","event":"message"}',
      retryAfterMs: undefined,
      headers: {},
    };

    await sentBy((_url, _asked, given) => {
      limits.push(given);
      return Promise.resolve(good);
    });

    expect(limits).toEqual([{ timeLimitMs: 10_000, maxBytes: 65_536 }]);
  });
});

describe("what is shown of an answer", () => {
  it("says where something has moved, but no more of that address than its host", async () => {
    const location = "https://me:pass@new.example/s3cret-topic?key=abc";
    const { origin } = await startService(answer(308, "", { location }));

    expect(await sendTo({ ...ntfy, url: `${origin}/topic-1234` })).toEqual({
      kind: "failed",
      because:
        "HTTP 308: it has moved to https://new.example: write the new address into the config",
      isRefused: true,
    });
  });

  it("is one line, not long, and without what cannot be seen", async () => {
    const words = `no\r\n\u001B[31mway\u202E ${"x".repeat(500)}`;
    const { origin } = await startService(answer(400, { error: words }));

    const sent = await sendTo({ ...ntfy, url: `${origin}/topic-1234` });

    expect(sent).toMatchObject({
      because: expect.stringMatching(/^HTTP 400: no \[31mway +x{180,}…$/) as string,
    });
  });

  it.each([
    ["a topic that is an ordinary word", (origin: string) => `${origin}/gpu`, /\bgpu\b/],
    [
      "a password in the address",
      (origin: string) => origin.replace("//", "//me:hunter2pass@") + "/t-12345",
      /hunter2pass|bWU6aHVudGVyMnBhc3M/,
    ],
  ])("has no secret in it: %s", async (_sentence, urlFrom, secret) => {
    const { origin, got } = await startService(
      echo(400, (words) => ({ error: words.slice(0, 150) })),
    );

    const sent = await sendTo({ ...ntfy, url: urlFrom(origin) });

    expect(JSON.stringify(got)).toMatch(secret);
    expect(JSON.stringify(sent)).not.toMatch(secret);
    expect(sent).toMatchObject({ because: expect.stringMatching(/^HTTP 400: /) as string });
  });

  it("keeps its status, whatever the headers of a webhook are", async () => {
    const { origin } = await startService(answer(404, ""));
    const headers = { "x-priority": "404", "x-a": "HTTP" };

    const sent = await sendTo({
      ...common,
      type: "webhook",
      name: "w",
      url: `${origin}/`,
      headers,
    });

    expect(sent).toMatchObject({ because: "HTTP 404" });
  });
});
