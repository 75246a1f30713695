import { setMaxListeners } from "node:events";
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
  return settings.map((each) => {
    const channel = createChannel(each, { request: exchange, clock });
    return besideOthers(boundedChannel(channel, each.timeLimitMs, clock));
  });
}

/** As many listen to one interruption as there are channels, which is no leak to warn of. */
function besideOthers({ send, probe, ...channel }: Channel): Channel {
  const heard = (signal: AbortSignal): AbortSignal => {
    setMaxListeners(0, signal);
    return signal;
  };
  return {
    ...channel,
    send: (message, signal) => send(message, heard(signal)),
    probe: (signal) => probe(heard(signal)),
  };
}
