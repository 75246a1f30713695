import { UserError, wordsOf } from "#errors.ts";
import type { Clock } from "#ports.ts";
import type { Channel } from "#notify/channel.ts";
import type * as email from "./email.ts";
import type { ChannelSettings } from "#notify/settings.ts";

type EmailSettings = Extract<ChannelSettings, { readonly type: "email" }>;

type ReadLibrary = () => Promise<Pick<typeof email, "createEmailChannel">>;

const readEmail: ReadLibrary = () => import("./email.ts");

/**
 * Reads what these channels need of the program's own files; throws in words where those are there no
 * more. Once read, nothing that happens to the files matters.
 */
export async function readForChannels(
  channels: readonly Pick<ChannelSettings, "type">[],
  read: ReadLibrary = readEmail,
): Promise<void> {
  if (!channels.some(({ type }) => type === "email")) return;
  try {
    await read();
  } catch (error) {
    throw new UserError(
      `mail needs a file of the program that is not there any more: the program was updated. Restart the daemon (${wordsOf(error)})`,
      { cause: error },
    );
  }
}

/**
 * The mail channel, whose library few need. It is read at once, not with the first mail: an update that
 * replaces the program's files under a daemon that runs would leave none to be read.
 */
export function lazyEmailChannel(
  settings: EmailSettings,
  clock: Clock,
  read: ReadLibrary = readEmail,
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
