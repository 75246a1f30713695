import { boundedChannel } from "#notify/bounded.ts";
import type { Channel } from "#notify/channel.ts";
import { createChannel } from "#notify/create.ts";
import type { ChannelSettings } from "#notify/settings.ts";
import { exchange } from "./http-request.ts";
import type { Clock } from "./ports.ts";

/** The channels of the config, on real sockets; nobody waits for one longer than its limit says. */
export function realChannels(
  settings: readonly ChannelSettings[],
  clock: Clock,
): readonly Channel[] {
  return settings.map((each) =>
    boundedChannel(createChannel(each, { request: exchange, clock }), each.timeLimitMs, clock),
  );
}
