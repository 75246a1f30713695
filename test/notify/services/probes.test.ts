import { describe, expect, it } from "vitest";
import { answer, type Answering, channelOf, page, silence, startService } from "./service.ts";
import { documented } from "./services.ts";

async function probed(type: string, answering: Answering, timeLimitMs = 10_000) {
  const service = documented.find((each) => each.type === type);
  if (service === undefined) throw new Error(`no ${type}`);
  const { origin, got } = await startService(answering);
  const channel = channelOf({ ...service.settings(origin), timeLimitMs });
  const result = await channel.probe(new AbortController().signal);
  return { result, asked: got.map(({ method, url }) => `${method} ${url}`), got };
}

/** As Telegram answers by the name of the method. */
const bot: Answering = (response, got) => {
  const result = got.url.endsWith("/getMe")
    ? { id: 1, is_bot: true, username: "guard_bot" }
    : { id: -1_001, type: "supergroup", title: "Ops" };
  answer(200, { ok: true, result })(response, got);
};

const noChat: Answering = (response, got) => {
  if (got.url.endsWith("/getMe")) bot(response, got);
  else {
    const refusal = { ok: false, error_code: 400, description: "Bad Request: chat not found" };
    answer(400, refusal)(response, got);
  }
};

const token = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
const hook = "/api/webhooks/223704706495545344/3d89bb7572e0fb30d8128367b3b1b44fecd1726d";

describe("a service is asked whether it would take a message, and none is sent", () => {
  it.each<[string, Answering, string, readonly string[]]>([
    ["ntfy", answer(200, { healthy: true }), "HTTP 200: healthy", ["GET /v1/health"]],
    [
      "discord",
      answer(200, { id: "1", type: 1, name: "Guard", token: "x" }),
      "HTTP 200: webhook Guard",
      [`GET ${hook}`],
    ],
    [
      "telegram",
      bot,
      "HTTP 200: supergroup chat",
      [`GET /bot${token}/getMe`, `POST /bot${token}/getChat`],
    ],
    [
      "pushover",
      answer(200, { status: 1, group: 0, devices: ["iphone"], request: "r1" }),
      "HTTP 200: request r1",
      ["POST /1/users/validate.json"],
    ],
    [
      "gotify",
      answer(200, { health: "green", database: "green" }),
      "HTTP 200: healthy",
      ["GET /push/health"],
    ],
  ])("%s", async (type, answering, words, requests) => {
    const { result, asked } = await probed(type, answering);

    expect(result).toEqual({ kind: "sent", answer: words });
    expect(asked).toEqual(requests);
  });

  it.each(["slack", "teams", "webhook"])(
    "but not %s, which has no way to be asked",
    async (type) => {
      const { result, asked } = await probed(type, answer(200, "ok"));

      expect(result).toEqual({ kind: "untried" });
      expect(asked).toEqual([]);
    },
  );

  it.each<[string, string, Answering, RegExp, boolean]>([
    [
      "ntfy is not well",
      "ntfy",
      answer(200, { healthy: false }),
      /^HTTP 200: the server says that it is not healthy$/,
      false,
    ],
    ["no ntfy is there", "ntfy", answer(404, "no such page"), /^HTTP 404$/, true],
    [
      "the webhook is deleted",
      "discord",
      answer(404, { message: "Unknown Webhook", code: 10_015 }),
      /^HTTP 404: Unknown Webhook$/,
      true,
    ],
    [
      "the bot's token is wrong",
      "telegram",
      answer(401, { ok: false, error_code: 401, description: "Unauthorized" }),
      /^HTTP 401: Unauthorized$/,
      true,
    ],
    [
      "the bot is right, but is not in the chat",
      "telegram",
      noChat,
      /^HTTP 400: Bad Request: chat not found$/,
      true,
    ],
    [
      "the user's key is wrong",
      "pushover",
      answer(400, { status: 0, errors: ["user key is invalid"] }),
      /^HTTP 400: user key is invalid$/,
      true,
    ],
    [
      "Gotify has lost its database",
      "gotify",
      answer(500, { health: "orange", database: "red" }),
      /^HTTP 500: its health is orange, its database red$/,
      false,
    ],
  ])("%s", async (_sentence, type, answering, words, isRefused) => {
    const { result } = await probed(type, answering);

    expect(result).toEqual({
      kind: "failed",
      because: expect.stringMatching(words) as string,
      isRefused,
    });
  });

  const askable = documented.filter(({ type }) => !["slack", "teams", "webhook"].includes(type));

  it.each(askable)("$type behind a page of somebody else has not said yes", async ({ type }) => {
    const { result } = await probed(type, page(200));

    expect(result).toMatchObject({ kind: "failed", isRefused: false });
  });

  it.each(askable)("$type that hangs is given up", async ({ type }) => {
    const { result } = await probed(type, silence, 40);

    expect(result).toMatchObject({ because: "no complete answer within 0.04 s" });
  });
});
