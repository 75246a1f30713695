import type { Channel, Sent } from "./channel.ts";
import type { ChannelSettings } from "./settings.ts";

/** Stands for a channel whose secret is not there: what is owed to it stays so, and fails until it is. */
export function unreadableChannel({ name, type }: ChannelSettings, because: string): Channel {
  const sent: Sent = {
    kind: "failed",
    because: noSecretWords(because),
    isRefused: true,
    hasNoSecret: true,
  };
  return { name, type, send: () => Promise.resolve(sent), probe: () => Promise.resolve(sent) };
}

export function noSecretWords(because: string): string {
  return `its secret is not there: ${because}`;
}
