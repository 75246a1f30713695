import type { Channel } from "#notify/channel.ts";
import { boundedChannel } from "#notify/bounded.ts";
import type { ChannelSettings } from "#notify/settings.ts";
import type { Clock } from "./ports.ts";

/** The channels of the config, on real sockets; nobody waits for one longer than its limit says. */
export function realChannels(
  settings: readonly ChannelSettings[],
  clock: Clock,
): readonly Channel[] {
  return settings.map((each) => boundedChannel(notYet(each), each.timeLimitMs, clock));
}

function notYet({ name, type }: ChannelSettings): Channel {
  const none = { kind: "failed", because: `no ${type} yet`, isRefused: true } as const;
  return { name, type, send: () => Promise.resolve(none), probe: () => Promise.resolve(none) };
}
