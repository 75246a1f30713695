import type { Channel } from "./channel.ts";
import { createChannelOverHttp, withButtons } from "./create-over-http.ts";
import { lazyEmailChannel } from "#notify/mail/lazy-email.ts";
import type { ChannelDeps } from "#notify/services/http-channel.ts";
import type { ChannelSettings } from "./settings.ts";
import { unreadableChannel } from "./unreadable.ts";

/** The channel that the settings name. */
export function createChannel(settings: ChannelSettings, deps: ChannelDeps): Channel {
  if (settings.type !== "email") return createChannelOverHttp(settings, deps);
  if (settings.unreadable !== undefined) return unreadableChannel(settings, settings.unreadable);
  return withButtons(lazyEmailChannel(settings, deps.clock), settings);
}
