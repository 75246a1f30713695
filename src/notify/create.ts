import { cleanMessage } from "./clean.ts";
import type { Channel } from "./channel.ts";
import { type ChannelDeps, createHttpChannel } from "./http-channel.ts";
import { lazyEmailChannel } from "./lazy-email.ts";
import { ntfy } from "./ntfy.ts";
import { discord } from "./discord.ts";
import { gotify } from "./gotify.ts";
import { pushover } from "./pushover.ts";
import { slack } from "./slack.ts";
import { teams } from "./teams.ts";
import { unreadableChannel } from "./unreadable.ts";
import { telegram } from "./telegram.ts";
import type { Service } from "./service.ts";
import type { ChannelSettings } from "./settings.ts";
import { webhook } from "./webhook.ts";

/** The channel that the settings name. */
export function createChannel(settings: ChannelSettings, deps: ChannelDeps): Channel {
  if (settings.unreadable !== undefined) return unreadableChannel(settings, settings.unreadable);
  const channel =
    settings.type === "email"
      ? lazyEmailChannel(settings, deps.clock)
      : createHttpChannel(settings, () => serviceOf(settings), deps);
  return { ...channel, send: (message, signal) => channel.send(cleanMessage(message), signal) };
}

function serviceOf(settings: Exclude<ChannelSettings, { readonly type: "email" }>): Service {
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
