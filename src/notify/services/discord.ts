import { failed, isGood, jsonOf, taken } from "./answer.ts";
import { discordCode, discordLink, escapeDiscord } from "#notify/words/escape.ts";
import { characters, fit } from "#notify/words/fit.ts";
import { colourOf, footerOf, markOf } from "#notify/words/look.ts";
import type { Message } from "#notify/message.ts";
import { plainText } from "#notify/words/plain-text.ts";
import { postJson, type Service } from "./service.ts";
import type { ChannelSettings } from "#notify/settings.ts";

/** Of an embed: 256 characters of title, 4096 of description, 6000 in all. */
const mostTitle = 250;
const mostDescription = 4_000;
const mostLinks = 3_000;
/** It comes without a sound. */
const suppressNotifications = 4_096;

/** https://docs.discord.com/developers/resources/webhook#execute-webhook */
export function discord({
  webhookUrl,
}: Extract<ChannelSettings, { type: "slack" | "discord" | "teams" }>): Service {
  return {
    requestFor: (message) => postJson(waited(webhookUrl), bodyOf(message)),
    read(answer) {
      const { id, message, retry_after: waitSeconds } = jsonOf(answer) ?? {};
      // Both are documented: the message, and nothing where something on the way has left out `wait`.
      if (isGood(answer) && typeof id === "string") return taken(answer, `message ${id}`);
      if (answer.status === 204) return taken(answer);
      return failed(answer, { words: message, waitSeconds, service: "Discord" });
    },
    probes: [
      {
        request: { method: "GET", url: webhookUrl, headers: {} },
        read(answer) {
          const { id, name, token, message, retry_after: waitSeconds } = jsonOf(answer) ?? {};
          return isGood(answer) && typeof id === "string" && typeof token === "string"
            ? taken(answer, typeof name === "string" ? `webhook ${name}` : "")
            : failed(answer, { words: message, waitSeconds, service: "Discord" });
        },
      },
    ],
  };
}

/** Without it, a message that was not saved is no error. */
function waited(webhookUrl: string): string {
  const url = new URL(webhookUrl);
  url.searchParams.set("wait", "true");
  return url.href;
}

function bodyOf(message: Message): object {
  const mark = markOf(message);
  const titleMost = mostTitle - mark.length - 1;
  const title = fit(message.title, titleMost, (text) => escapeDiscord(text).length);
  const markup = { escape: escapeDiscord, code: discordCode };
  const { buttons = [] } = message;
  const links = buttons.map(({ label, url }) => `**${discordLink(label, url)}**`);
  while (links.join(" · ").length > mostLinks) links.pop();
  const rest = links.length === 0 ? "" : `\n\n${links.join(" · ")}`;
  const room = { most: mostDescription - rest.length, measure: characters };
  return {
    embeds: [
      {
        title: `${mark} ${escapeDiscord(title)}`,
        description: `${plainText(message, room, markup)}${rest}`,
        color: colourOf(message),
        timestamp: new Date(message.atMs).toISOString(),
        footer: { text: footerOf(message) },
      },
    ],
    allowed_mentions: { parse: [] },
    ...(message.severity === "info" && { flags: suppressNotifications }),
  };
}
