import type { Notify } from "#guard/model/effect.ts";
import type { GuardState } from "#guard/model/state.ts";
import { mayWait } from "#guard/outbox/severity.ts";
import { isQuiet } from "#notify/quiet-hours.ts";
import type { ChannelSettings } from "#notify/settings.ts";
import { untilWords } from "./filters.ts";

/** Notifications that wait on purpose for the end of a channel's quiet hours. */
export interface Held {
  readonly channel: string;
  readonly count: number;
  /** `07:00 (Europe/Berlin)`. */
  readonly until: string;
}

export function heldNotices(
  { owed }: Pick<GuardState, "owed">,
  channels: readonly ChannelSettings[],
  nowMs: number,
): readonly Held[] {
  return channels.flatMap(({ name, quietHours }) => {
    if (quietHours === undefined || !isQuiet(quietHours, nowMs)) return [];
    const held = owed.filter(
      (effect): effect is Notify =>
        effect.kind === "notify" && effect.channel === name && mayWait(effect),
    );
    return held.length === 0
      ? []
      : [{ channel: name, count: held.length, until: untilWords(quietHours) }];
  });
}

/** `2 wait until 07:00 for ntfy, which is in its quiet hours`. */
export function heldWords({ channel, count, until }: Held): string {
  return `${count} ${count === 1 ? "waits" : "wait"} until ${until} for ${channel}, which is in its quiet hours`;
}
