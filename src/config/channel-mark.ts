import { createHash } from "node:crypto";
import type { ChannelSettings } from "#notify/settings.ts";

/** The same while a channel goes to the same place, whatever it is sent and when; no secret can be read in it. */
export function channelMark(settings: ChannelSettings): string {
  const { events: _e, minSeverity: _m, quietHours: _q, timeLimitMs: _t, ...place } = settings;
  return createHash("sha256").update(JSON.stringify(place)).digest("hex").slice(0, 16);
}
