import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { mailText } from "#notify/mail/mail-text.ts";
import type { Button, Message } from "#notify/message.ts";
import { createRedactor } from "#redact.ts";
import {
  answer,
  type Answering,
  bodyOf,
  type Got,
  sample,
  sendTo,
  startService,
} from "./service.ts";
import { documented } from "./services.ts";

const origin = "https://guard.example.com";
const token = (at: number): string => `WzEsImV4dGVuZCIsMiwicDEi${at}.0xQ_-${"a1".repeat(19)}`;
const labels = [
  "Extend 2 h",
  "Stop now",
  "Stop <b>eval_*",
  "Stop |x] (y)",
  "Stop five",
  "Stop six",
];
const buttons = (count: number): readonly Button[] =>
  labels.slice(0, count).map((label, at) => ({ label, url: `${origin}/act/${token(at)}` }));
const two = sample({ buttons: buttons(2) });

function serviceOf(type: string) {
  const service = documented.find((each) => each.type === type);
  if (service === undefined) throw new Error(`no ${type}`);
  return service;
}

async function gotBy(type: string, message: Message): Promise<Got> {
  const service = serviceOf(type);
  const { origin: at, got } = await startService(service.good);
  expect(await sendTo(service.settings(at), message)).toMatchObject({ kind: "sent" });
  return got[0] as Got;
}

async function jsonBy(type: string, message: Message) {
  return JSON.parse((await gotBy(type, message)).body);
}

describe("what can be done about it is", () => {
  it("in ntfy buttons that open a page, at most the three that it takes", async () => {
    const { actions } = await jsonBy("ntfy", sample({ buttons: buttons(5) }));

    expect(actions).toEqual(buttons(3).map(({ label, url }) => ({ action: "view", label, url })));
  });

  it("in Slack links, which need no app that answers them", async () => {
    const { attachments } = await jsonBy("slack", two);
    const [first, second] = buttons(2).map(({ label, url }) => `*<${url}|${label}>*`);

    expect(attachments[0].blocks[1]).toEqual({
      type: "section",
      text: { type: "mrkdwn", text: `${first}   ·   ${second}`, verbatim: true },
    });
  });

  it("in Telegram buttons below the message", async () => {
    const { reply_markup: markup } = await jsonBy("telegram", two);

    expect(markup).toEqual({
      inline_keyboard: buttons(2).map(({ label, url }) => [{ text: label, url }]),
    });
  });

  it("in Discord links below the text", async () => {
    const { embeds } = await jsonBy("discord", two);
    const [first, second] = buttons(2).map(({ label, url }) => `**[${label}](${url})**`);

    expect(embeds[0].description).toMatch(/touch e1`\n\n/);
    expect(String(embeds[0].description).split("\n\n").at(-1)).toBe(`${first} · ${second}`);
  });

  it("in Teams actions of the card", async () => {
    const { attachments } = await jsonBy("teams", two);

    expect(attachments[0].content.actions).toEqual(
      buttons(2).map(({ label: title, url }) => ({ type: "Action.OpenUrl", title, url })),
    );
  });

  it("in Pushover the one link that it has room for", async () => {
    const form = JSON.parse(bodyOf(await gotBy("pushover", two)));

    expect(form).toMatchObject({ url: buttons(1)[0]?.url, url_title: "Extend 2 h" });
  });

  it("in Gotify addresses that its app makes links of", async () => {
    const { message } = await jsonBy("gotify", two);

    expect(String(message).split("\n").slice(-2)).toEqual(
      buttons(2).map(({ label, url }) => `${label}: ${url}`),
    );
  });

  it("for a webhook data, by the schema that is shipped", async () => {
    const schema = JSON.parse(
      readFileSync(join(import.meta.dirname, "../../../webhook.schema.json"), "utf8"),
    ) as object;
    const ajv = new Ajv2020({ strict: false });
    addFormats(ajv);

    const json = await jsonBy("webhook", two);

    expect(json.buttons).toEqual(buttons(2));
    expect(ajv.validate(schema, json), JSON.stringify(ajv.errors)).toBe(true);
  });

  it("in a mail links, also where no HTML is shown", () => {
    const { text, html } = mailText(two, "example.com");
    const [first] = buttons(1);

    expect(text).toContain(`\nExtend 2 h: ${first?.url}\n`);
    expect(html).toContain(`<a href="${first?.url}"`);
    expect(html).toContain(">Extend 2 h</a>");
  });
});

it.each(documented.map(({ type }) => type))(
  "%s is told word for word as before where there is nothing to press",
  async (type) => {
    const without = await gotBy(type, sample());
    const none = await gotBy(type, sample({ buttons: [] }));

    expect(none.body).toBe(without.body);
    expect(without.body).not.toContain("/act/");
  },
);

it("a channel that is to have none is told the rest", async () => {
  const { settings, good } = serviceOf("ntfy");
  const { origin: at, got } = await startService(good);

  await sendTo({ ...settings(at), hasButtons: false }, two);

  expect(got[0]?.body).not.toContain("/act/");
  expect(JSON.parse(got[0]?.body ?? "")).toMatchObject({ title: two.title });
});

it("a label is text in each service, whatever stands in it", async () => {
  const message = sample({ buttons: buttons(4) });
  const slack = JSON.stringify(await jsonBy("slack", message));
  const discord = JSON.stringify(await jsonBy("discord", message));
  const { html } = mailText(message, "example.com");

  expect(slack).toContain("Stop &lt;b&gt;eval");
  expect(slack).not.toContain("|Stop |x");
  expect(discord).toContain(String.raw`Stop \\|x\\]`);
  expect(html).toContain("Stop &lt;b&gt;eval");
});

it("ntfy has room for what happened beside the longest buttons, within what a phone is pushed", async () => {
  const long = buttons(3).map((each) => ({ ...each, url: `${origin}/act/${"x".repeat(512)}` }));
  const body = await jsonBy("ntfy", sample({ text: "ab c ".repeat(2_000), buttons: long }));

  expect(body.actions.length).toBeGreaterThanOrEqual(2);
  expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(3_900);
  expect(body.message).toContain("Balance $9.19");
});

describe("a service that refuses the buttons", () => {
  const refusing =
    (because: (got: Got) => unknown, good: Answering): Answering =>
    (response, got) =>
      got.body.includes("act") ? answer(400, because(got))(response, got) : good(response, got);

  it("is told without them, at once, and the log has no link", async () => {
    const { settings, good } = serviceOf("telegram");
    const { origin: at, got } = await startService(
      refusing(
        ({ body }) => ({
          ok: false,
          error_code: 400,
          description: `Bad Request: inline keyboard button URL '${JSON.parse(body).reply_markup.inline_keyboard[0][0].url}' is invalid: Wrong HTTP URL`,
        }),
        good,
      ),
    );

    const sent = await sendTo(settings(at), two);

    expect(got).toHaveLength(2);
    expect(JSON.parse(got[1]?.body ?? "")).not.toHaveProperty("reply_markup");
    expect(sent).toMatchObject({
      kind: "sent",
      answer: expect.stringMatching(/without its buttons/),
    });
    expect(JSON.stringify(sent)).not.toContain(token(0).slice(0, 16));
  });

  it("and refuses the rest too, is not asked a third time", async () => {
    const { settings, refusals } = serviceOf("slack");
    const [[refusal] = [() => undefined]] = refusals;
    const { origin: at, got } = await startService(refusal as Answering);

    expect(await sendTo(settings(at), two)).toMatchObject({ kind: "failed", isRefused: true });
    expect(got).toHaveLength(2);
  });

  it("only for now, is left alone until later", async () => {
    const { settings, tooMany } = serviceOf("slack");
    const { origin: at, got } = await startService(tooMany);

    expect(await sendTo(settings(at), two)).toMatchObject({ kind: "failed", isRefused: false });
    expect(got).toHaveLength(1);
  });
});

it("the address of a button stands in no text that leaves the program, not even a part of it", () => {
  const redact = createRedactor([]);
  const url = `${origin}/act/${token(1)}`;

  expect(redact(`GET ${url} failed`)).toBe(`GET ${origin}/act/[redacted] failed`);
  expect(redact(JSON.stringify({ url: url.slice(0, -20) }))).toBe(
    JSON.stringify({ url: `${origin}/act/[redacted]` }),
  );
  expect(redact("see /act/ and /act/short")).toBe("see /act/ and /act/short");
});
