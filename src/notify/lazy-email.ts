import type { Clock } from "#ports.ts";
import type { Channel } from "./channel.ts";
import type { ChannelSettings } from "./settings.ts";

type EmailSettings = Extract<ChannelSettings, { readonly type: "email" }>;

/** The mail channel, whose library is read when the first mail is to be sent: few have one. */
export function lazyEmailChannel(settings: EmailSettings, clock: Clock): Channel {
  const { name, type } = settings;
  let made: Promise<Channel> | undefined;
  const channel = (): Promise<Channel> =>
    (made ??= import("./email.ts").then(({ createEmailChannel }) =>
      createEmailChannel(settings, { clock }),
    ));
  return {
    name,
    type,
    send: async (message, signal) => (await channel()).send(message, signal),
    probe: async (signal) => (await channel()).probe(signal),
  };
}
