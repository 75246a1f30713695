import { chosenAtStart } from "#config/in-force.ts";
import type { Settings } from "#config/settings.ts";
import type { Log } from "#log.ts";
import type { Live } from "#wiring/live.ts";
import { readForChannels } from "#notify/mail/lazy-email.ts";

/** All of it, but for what can only be chosen at the start; throws in words, and nothing has changed. */
export async function putInForce(
  next: Settings,
  live: Live,
  log: Log,
  ready: (channels: Settings["channels"]) => Promise<void> = readForChannels,
): Promise<void> {
  await ready(next.channels);
  const now = live.settings();
  const fixed = chosenAtStart.filter((key) => next[key] !== now[key]);
  if (fixed.length > 0) log.warn({ keys: fixed }, "restart to apply these keys");
  const kept = Object.fromEntries(fixed.map((key) => [key, now[key]]));
  live.replace({ ...next, ...kept });
  log.info({ config: next.configPath }, "config reloaded");
}
