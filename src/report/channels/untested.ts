import { isSameChannel } from "#config/channel-mark.ts";
import type { Settings } from "#config/settings.ts";
import type { ChannelSettings } from "#notify/settings.ts";
import { lastTested, type Tested } from "#store/tested-file.ts";

/** When a test last came through the channel as it is now; undefined: never. */
export function lastTestOf(settings: ChannelSettings, tested: Tested): number | undefined {
  const found = Object.hasOwn(tested, settings.name) ? tested[settings.name] : undefined;
  return found !== undefined && isSameChannel(found.mark, settings)
    ? Date.parse(found.at)
    : undefined;
}

/** The names of the channels through which no test ever came. */
export async function untestedChannels({
  channels,
  stateFile,
}: Pick<Settings, "channels" | "stateFile">): Promise<readonly string[]> {
  if (channels.length === 0) return [];
  const tested = await lastTested(stateFile);
  return (
    channels
      // Of one whose secret is missing nobody knows where it goes.
      .filter(({ unreadable }) => unreadable === undefined)
      .filter((channel) => lastTestOf(channel, tested) === undefined)
      .map(({ name }) => name)
  );
}
