import type { Notify } from "#guard/model/effect.ts";
import type { GuardState } from "#guard/model/state.ts";
import { dayMs } from "#guard/model/time.ts";
import { messageWords, spanWords } from "#guard/text.ts";

/** What was given up is shown for so long. */
const shownMs = 7 * dayMs;

/** Notifications that could not be sent, in words: those still tried, and those that were given up. */
export function unsentNotices(
  { owed, lostNotices }: Pick<GuardState, "owed" | "lostNotices">,
  nowMs: number,
): readonly string[] {
  const waiting = owed.filter(
    (effect): effect is Notify => effect.kind === "notify" && effect.tries > 0,
  );
  return [
    ...waiting.map((notice) => {
      const { channel, atMs, tries, failedBecause = "unknown" } = notice;
      const since = atMs === undefined ? "" : ` since ${spanWords(Math.max(0, nowMs - atMs))}`;
      const count = tries === 1 ? "1 try" : `${tries} tries`;
      return `notification not sent${byWords(channel)}${since}, ${count} so far (${failedBecause}): ${messageWords(notice)}`;
    }),
    ...lostNotices
      .filter(({ atMs }) => nowMs - atMs < shownMs)
      .map(
        ({ atMs, message, channel, because }) =>
          `notification${byWords(channel)} given up, from ${spanWords(Math.max(0, nowMs - atMs))} ago (${because}): ${message}`,
      ),
  ];
}

function byWords(channel: string | undefined): string {
  return channel === undefined ? "" : ` by channel ${channel}`;
}
