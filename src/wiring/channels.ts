import { setMaxListeners } from "node:events";
import { boundedChannel } from "#notify/bounded.ts";
import type { Channel } from "#notify/channel.ts";
import { createChannel } from "#notify/create.ts";
import { ofAccount } from "#notify/of-account.ts";
import type { ChannelSettings } from "#notify/settings.ts";
import type { HttpRequest } from "#requests/answer.ts";
import { exchange } from "#requests/exchange.ts";
import { createNameLookups } from "#requests/name-lookups.ts";
import type { Clock } from "#ports.ts";

/** For all channels of the process, before and after a reload: it is the process that has so many threads. */
const lookUp = createNameLookups();

/** Channels, and the settings that each was made of, in the same order. */
export interface MadeChannels {
  readonly settings: readonly ChannelSettings[];
  readonly channels: readonly Channel[];
}

/**
 * The channels of the config, on real sockets; nobody waits for one longer than its limit says. One
 * whose settings are the same as before stays: it knows who has which message already.
 */
export function realChannels(
  settings: readonly ChannelSettings[],
  clock: Clock,
  before: MadeChannels = { settings: [], channels: [] },
): readonly Channel[] {
  const request: HttpRequest = (url, asked, limits) => exchange(url, asked, limits, lookUp);
  return settings.map((each) => {
    const at = before.settings.findIndex((one) => JSON.stringify(one) === JSON.stringify(each));
    const make = (): Channel => createChannel(each, { request, clock });
    return (
      before.channels[at] ??
      besideOthers(boundedChannel(ofAccount(make(), each.account), each.timeLimitMs, clock))
    );
  });
}

/** As many listen to one interruption as there are channels, which is no leak to warn of. */
function besideOthers(channel: Channel): Channel {
  const heard = (signal: AbortSignal): AbortSignal => {
    setMaxListeners(0, signal);
    return signal;
  };
  return {
    ...channel,
    send: (message, signal) => channel.send(message, heard(signal)),
    probe: (signal) => channel.probe(heard(signal)),
  };
}
