import type { ChannelSettings } from "#notify/settings.ts";
import { isMarkOf, secretMark } from "./secret-mark.ts";

/** Of a channel's way, whatever it is sent and when: a channel that goes elsewhere has another. */
export function channelMark(settings: ChannelSettings): string {
  return secretMark(placeOf(settings));
}

export function isSameChannel(mark: string, settings: ChannelSettings): boolean {
  return isMarkOf(mark, placeOf(settings));
}

function placeOf(settings: ChannelSettings): string {
  const {
    account: _a,
    events: _e,
    minSeverity: _m,
    quietHours: _q,
    timeLimitMs: _t,
    ...place
  } = settings;
  return JSON.stringify(place);
}
