import type { Channel } from "./channel.ts";

/**
 * Accounts may share a channel: each names itself, and no message of one takes the place of another's, as those of one
 * incident, and the tries of one message, do with many services.
 */
export function ofAccount(channel: Channel, account: string | undefined): Channel {
  if (account === undefined) return channel;
  return {
    ...channel,
    send: (message, signal) =>
      channel.send(
        {
          ...message,
          id: `${account}:${message.id}`,
          incident: `${account}:${message.incident}`,
          title: `${account}: ${message.title}`,
        },
        signal,
      ),
  };
}
