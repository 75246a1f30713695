import { cleanMessage } from "#notify/words/clean.ts";
import type { Channel, Sent } from "./channel.ts";
import { type ChannelDeps, createHttpChannel } from "#notify/services/http-channel.ts";
import type { Message } from "./message.ts";
import { ntfy } from "#notify/services/ntfy.ts";
import { discord } from "#notify/services/discord.ts";
import { gotify } from "#notify/services/gotify.ts";
import { pushover } from "#notify/services/pushover.ts";
import { slack } from "#notify/services/slack.ts";
import { teams } from "#notify/services/teams.ts";
import { telegram } from "#notify/services/telegram.ts";
import type { Service } from "#notify/services/service.ts";
import { webhook } from "#notify/services/webhook.ts";
import { unreadableChannel } from "./unreadable.ts";
import type { ChannelSettings } from "./settings.ts";

export type OverHttp = Exclude<ChannelSettings, { readonly type: "email" }>;

/** The channel that the settings name, where that is a service asked over HTTP. */
export function createChannelOverHttp(settings: OverHttp, deps: ChannelDeps): Channel {
  if (settings.unreadable !== undefined) return unreadableChannel(settings, settings.unreadable);
  return withButtons(
    createHttpChannel(settings, () => serviceOf(settings), deps),
    settings,
  );
}

/** A notification is worth more than its buttons: a service that refuses it with them gets it without. */
export function withButtons(
  channel: Channel,
  { hasButtons = true }: Pick<ChannelSettings, "hasButtons">,
): Channel {
  return {
    ...channel,
    send({ buttons, ...message }, signal) {
      return sendIn(channel, cleanMessage(hasButtons ? { ...message, buttons } : message), signal);
    },
  };
}

async function sendIn(channel: Channel, message: Message, signal: AbortSignal): Promise<Sent> {
  const sent = await channel.send(message, signal);
  const { buttons = [], ...bare } = message;
  if (buttons.length === 0 || sent.kind !== "failed" || !sent.isRefused) return sent;
  const again = await channel.send(bare, signal);
  if (again.kind !== "sent") return again;
  return { kind: "sent", answer: `${again.answer}, without its buttons: ${sent.because}` };
}

function serviceOf(settings: OverHttp): Service {
  switch (settings.type) {
    case "ntfy":
      return ntfy(settings);
    case "webhook":
      return webhook(settings);
    case "slack":
      return slack(settings);
    case "discord":
      return discord(settings);
    case "teams":
      return teams(settings);
    case "telegram":
      return telegram(settings);
    case "pushover":
      return pushover(settings);
    case "gotify":
      return gotify(settings);
  }
}
