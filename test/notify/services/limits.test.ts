import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanMessage } from "#notify/words/clean.ts";
import { discord } from "#notify/services/discord.ts";
import { gotify } from "#notify/services/gotify.ts";
import type { Message } from "#notify/message.ts";
import { ntfy } from "#notify/services/ntfy.ts";
import { pushover } from "#notify/services/pushover.ts";
import type { Service, ServiceRequest } from "#notify/services/service.ts";
import { slack } from "#notify/services/slack.ts";
import { teams } from "#notify/services/teams.ts";
import { telegram } from "#notify/services/telegram.ts";
import { common, sample } from "./service.ts";

const hook = { ...common, name: "x", webhookUrl: "https://x.example/hook" };
const services = {
  ntfy: ntfy({ ...common, name: "x", type: "ntfy", url: "https://x.example/topic" }),
  slack: slack({ ...hook, type: "slack" }),
  discord: discord({ ...hook, type: "discord" }),
  teams: teams({ ...hook, type: "teams" }),
  telegram: telegram({ ...common, name: "x", type: "telegram", botToken: "1:a", chatId: "2" }),
  pushover: pushover({ ...common, name: "x", type: "pushover", appToken: "a", userKey: "b" }),
  gotify: gotify({ ...common, name: "x", type: "gotify", url: "https://x.example", appToken: "a" }),
} satisfies Readonly<Record<string, Service>>;

type Type = keyof typeof services;

async function requestOf(type: Type, message: Message): Promise<ServiceRequest> {
  return services[type].requestFor(cleanMessage(message));
}

async function bodyOf(type: Type, message: Message) {
  const { body = "" } = await requestOf(type, message);
  return type === "pushover" ? Object.fromEntries(new URLSearchParams(body)) : JSON.parse(body);
}

const utf8 = (text: string) => Buffer.byteLength(text);

/** Everything is as long and as awkward as it can get. */
function longest(piece: string): Message {
  const many = piece.repeat(400);
  return sample({
    title: many,
    text: many.repeat(20),
    sentAtMs: sample().atMs + 7_200_000,
    pods: Array.from({ length: 200 }, (_, at) => ({ id: `p${at}`, name: many, costPerHrUsd: at })),
    next: Array.from({ length: 50 }, () => ({ what: many, atMs: sample().atMs + 9_000_000 })),
    remedy: { words: many, command: many },
    threshold: { name: many, belowUsd: 10 },
  });
}

const pieces = [
  ["letters", "ab c "],
  ["what has to be escaped", "&<>\"'`*_~|\\[](){}@#:-+"],
  ["emoji", "👩‍👩‍👧‍👦🇩🇪😀"],
  ["letters of three bytes", "中文 "],
  ["lines", "a\n\n"],
  ["quotes", '"'],
] as const;

describe.each(pieces)(
  "a message that is too long in everything, made of %s, fits",
  (_sentence, piece) => {
    const message = longest(piece);

    it("ntfy", async () => {
      const { body: whole = "" } = await requestOf("ntfy", message);
      const body = await bodyOf("ntfy", message);

      expect(utf8(body.message)).toBeLessThanOrEqual(4_096);
      expect(utf8(body.title)).toBeLessThanOrEqual(250);
      expect(utf8(whole)).toBeLessThanOrEqual(2 * 4_096);
      expect(body.sequence_id).toMatch(/^[-_A-Za-z0-9]{1,64}$/);
    });

    it("slack", async () => {
      const body = await bodyOf("slack", message);
      const blocks = [...body.blocks, ...body.attachments[0].blocks];

      for (const { text = { text: "" } } of blocks)
        expect(text.text.length).toBeLessThanOrEqual(3_000);
    });

    it("discord", async () => {
      const [embed] = (await bodyOf("discord", message)).embeds;

      expect(embed.title.length).toBeLessThanOrEqual(256);
      expect(embed.description.length).toBeLessThanOrEqual(4_096);
      expect(embed.title.length + embed.description.length + embed.footer.text.length).toBeLessThan(
        6_000,
      );
    });

    it("teams", async () => {
      const { body = "" } = await requestOf("teams", message);

      expect(utf8(body)).toBeLessThanOrEqual(28 * 1_024);
    });

    it("telegram", async () => {
      const { text } = await bodyOf("telegram", message);

      expect(shownByTelegram(text).length).toBeLessThanOrEqual(4_096);
    });

    it("pushover", async () => {
      const body = await bodyOf("pushover", message);

      expect(body.title.length).toBeLessThanOrEqual(250);
      expect(body.message.length).toBeLessThanOrEqual(1_024);
    });

    it("every service, and still says the numbers and what prevents it", async () => {
      const all = await Promise.all(
        (Object.keys(services) as Type[]).map(async (type) =>
          JSON.stringify(await bodyOf(type, message)),
        ),
      );

      for (const body of all) {
        expect(body).toContain("9.19");
        expect(body).toContain("…");
      }
    });
  },
);

/** Throws where it is no HTML as Telegram takes it. */
function shownByTelegram(html: string): string {
  const bare = html.replaceAll(/<(b|code)>([^<>]*)<\/\1>/g, "$2");
  expect(bare).not.toMatch(/[<>]/);
  expect(bare).not.toMatch(/&(?!(?:amp|lt|gt|quot);)/);
  return bare
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
}

/** What mrkdwn would make of it: a mention, a link, something bold, an emoji by name. */
function slackMarkup(text: string): readonly string[] {
  const outside = text.replaceAll(/`[^`\n]*`/g, "");
  return [
    ...(text.match(/[<>]|&(?!(?:amp|lt|gt);)/g) ?? []),
    ...(outside.match(/(?<![\p{L}\p{N}])[*_~`]\S|:[\w+'-]{1,50}:/gu) ?? []),
  ];
}

/** Each sign that means something has to have its backslash. */
function discordMarkup(text: string): readonly string[] {
  const outside = text.replaceAll(/\\[^0-9A-Za-z\s]|`[^`\n]*`/g, "¤");
  return outside.match(/[*_~`|<[\]\\]|@\w|:\/\/|:\w{1,32}:|^\s*(?:[-+>#]|\d+\.\s)/gm) ?? [];
}

const names = [
  "*bold* _it_ ~no~ `code` **b** __u__ ||s||",
  "<b>x</b><script>alert(1)</script>&amp;&lt;",
  "@everyone @here <!channel> <!here|x> <@U123> <@&1> <#C1>",
  "[click](http://evil.example) <http://evil.example|bank> https://evil.example/x",
  ":skull: :+1: :a:b:",
  "# head\n- list\n1. one\n> quote\n-# small",
  "eval_sweep_2 v1.2-rc_3",
  "a`b`c ``` ```",
  "\\*x\\_",
  "{{DATE(2026-01-01)}} ${x} %s",
];

describe.each(names)("a pod called %j", (name) => {
  const message = sample({
    title: `Soon: stop pod ${name}`,
    text: `pod ${name} will be stopped`,
    pods: [{ id: "p1", name, costPerHrUsd: 1 }],
    next: [{ what: `stop pod ${name}` }],
    remedy: { words: `To keep ${name}`, command: `runpodboss touch ${name}` },
  });

  it("is only text in Slack", async () => {
    const body = await bodyOf("slack", message);

    const title = String(body.blocks[0].text.text).replace(/^🚨 \*(.*)\*$/u, "$1");
    const texts = [title, body.text, body.attachments[0].blocks[0].text.text];
    expect(texts.flatMap(slackMarkup)).toEqual([]);
  });

  it("is only text in Discord, and mentions nobody", async () => {
    const body = await bodyOf("discord", message);

    expect(body.allowed_mentions).toEqual({ parse: [] });
    expect(discordMarkup(body.embeds[0].title)).toEqual([]);
    expect(discordMarkup(body.embeds[0].description)).toEqual([]);
  });

  it("is only text in Telegram, and mentions nobody", async () => {
    const { text } = (await bodyOf("telegram", message)) as { readonly text: string };

    expect(shownByTelegram(text.replaceAll(/<code>.*?<\/code>/g, ""))).not.toMatch(/@\w/);
  });

  it("is only text in Teams, where runs of text know no markup", async () => {
    const { content } = (await bodyOf("teams", message)).attachments[0];

    expect(JSON.stringify(content)).not.toContain('"TextBlock"');
    expect(content.msteams).toEqual({ width: "Full" });
  });
});

it("whatever a pod is called, every service gets a text it can take", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.constantFrom(...Array.from("*_~`<>&@#:[]()|\\-+.\n \"'{}")),
      async (any, sign) => {
        const name = `${sign}${any}${sign}x${sign}`;
        const message = sample({
          title: name,
          text: name.repeat(60),
          pods: Array.from({ length: 20 }, () => ({ id: "p", name, costPerHrUsd: undefined })),
          remedy: { words: name, command: name },
        });
        const [inSlack, inDiscord, inTelegram, inPushover] = await Promise.all(
          (["slack", "discord", "telegram", "pushover"] as const).map((type) =>
            bodyOf(type, message),
          ),
        );

        expect(slackMarkup(inSlack.attachments[0].blocks[0].text.text)).toEqual([]);
        expect(discordMarkup(inDiscord.embeds[0].description)).toEqual([]);
        expect(shownByTelegram(inTelegram.text).length).toBeLessThanOrEqual(4_096);
        expect(inPushover.message.length).toBeLessThanOrEqual(1_024);
        expect(JSON.stringify([inSlack, inDiscord, inTelegram])).not.toMatch(
          /\\u(?:d[89a-f]|0000)/i,
        );
      },
    ),
    { numRuns: 30 },
  );
});
