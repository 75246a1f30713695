import type { Clock } from "#ports.ts";
import type { Channel } from "./channel.ts";
import type * as email from "./email.ts";
import type { ChannelSettings } from "./settings.ts";

type EmailSettings = Extract<ChannelSettings, { readonly type: "email" }>;

/**
 * The mail channel, whose library few need. It is read at once, not with the first mail: an update that
 * replaces the program's files under a daemon that runs would leave none to be read.
 */
export function lazyEmailChannel(
  settings: EmailSettings,
  clock: Clock,
  read: () => Promise<Pick<typeof email, "createEmailChannel">> = () => import("./email.ts"),
): Channel {
  const { name, type } = settings;
  const make = async (): Promise<Channel> => (await read()).createEmailChannel(settings, { clock });
  let made = make();
  // Told by whoever sends; who never does need not know.
  made.catch(() => undefined);
  const channel = async (): Promise<Channel> => {
    try {
      return await made;
    } catch {
      made = make();
      return made;
    }
  };
  return {
    name,
    type,
    send: async (message, signal) => (await channel()).send(message, signal),
    probe: async (signal) => (await channel()).probe(signal),
  };
}
