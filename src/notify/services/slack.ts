import { failed, isGood, taken } from "./answer.ts";
import { escapeSlack, slackCode, slackLink } from "#notify/words/escape.ts";
import { characters, fit } from "#notify/words/fit.ts";
import { colourOf, footerOf, markOf } from "#notify/words/look.ts";
import type { Message } from "#notify/message.ts";
import { plainText } from "#notify/words/plain-text.ts";
import { postJson, type Service } from "./service.ts";
import type { ChannelSettings } from "#notify/settings.ts";

/** A block's text may have 3000 characters, the message 40,000. */
const mostBlock = 2_900;
const mostTitle = 250;
const between = "   ·   ";

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks: answers `ok`, in text. */
export function slack({
  webhookUrl,
}: Extract<ChannelSettings, { type: "slack" | "discord" | "teams" }>): Service {
  return {
    requestFor: (message) => postJson(webhookUrl, bodyOf(message)),
    read(answer) {
      const words = answer.text.trim();
      if (isGood(answer) && words === "ok") return taken(answer, words);
      // `invalid_payload`, `no_service`: any other text is of somebody else.
      const isSlacks = /^[a-z0-9_]{2,60}$/.test(words);
      return failed(answer, { words: isSlacks ? words : undefined, service: "Slack" });
    },
    probes: [],
  };
}

function bodyOf(message: Message): object {
  const mark = markOf(message);
  const title = escapeSlack(fit(message.title, mostTitle, characters));
  const markup = { escape: escapeSlack, code: slackCode };
  const text = plainText(message, { most: mostBlock, measure: characters }, markup);
  return {
    // What a phone shows of it.
    text: `${mark} ${title}`,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [section(`${mark} *${title}*`)],
    attachments: [
      {
        color: `#${colourOf(message).toString(16).padStart(6, "0")}`,
        fallback: title,
        blocks: [section(text), ...linksOf(message), context(footerOf(message))],
      },
    ],
  };
}

/**
 * Links in text: a button of Slack's wants an app that answers it, and shows a warning sign beside itself
 * where there is none.
 */
function linksOf({ buttons = [] }: Message): readonly object[] {
  const links = buttons.map(({ label, url }) => `*${slackLink(label, url)}*`);
  while (links.join(between).length > mostBlock) links.pop();
  return links.length === 0 ? [] : [section(links.join(between))];
}

/** Verbatim: no addresses and no names of channels become links. */
function section(text: string): object {
  return { type: "section", text: { type: "mrkdwn", text, verbatim: true } };
}

function context(text: string): object {
  return {
    type: "context",
    elements: [{ type: "mrkdwn", text: escapeSlack(text), verbatim: true }],
  };
}
