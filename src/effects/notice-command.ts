import type { Seen } from "#guard/model/account.ts";
import type { Notify } from "#guard/model/effect.ts";
import type { Command } from "#ports.ts";
import { balanceWords, messageOf, noticeArgv } from "#template/notice.ts";
import { podsJson } from "#template/render.ts";
import type { EffectSettings } from "./settings.ts";

/** The notify command for a notification; undefined when the config has none for it. */
export function noticeCommand(
  notice: Notify,
  look: Seen | undefined,
  settings: EffectSettings,
  nowMs: number,
): Command | undefined {
  const { protect, notifyTimeoutMs } = settings;
  const threshold = thresholdOf(notice);
  const command = templateFor(notice, threshold, settings);
  if (command.length === 0) return undefined;
  const message = messageOf(notice, nowMs);
  const { balanceUsd, belowUsd } = notice;
  const pods = podsJson(look?.pods ?? "unknown", protect);
  return {
    argv: noticeArgv(command, notice, { balanceUsd, belowUsd, podsJson: pods, message }),
    env: {
      RUNPODBOSS_EVENT: notice.event,
      RUNPODBOSS_THRESHOLD: threshold ?? "",
      RUNPODBOSS_BALANCE_USD: balanceWords(balanceUsd),
      RUNPODBOSS_MESSAGE: message,
    },
    timeLimitMs: notifyTimeoutMs,
  };
}

/** In a state that an older version has saved, only a trip's name is a threshold's for certain. */
function thresholdOf({ event, name, threshold }: Notify): string | undefined {
  return threshold ?? (event === "trip" ? name : undefined);
}

/**
 * By what the notification is, never by its words: one about a threshold goes by that threshold's command.
 * An empty one there silences its crossings; that something does not work is told all the same.
 */
function templateFor(
  { event }: Notify,
  threshold: string | undefined,
  { thresholds, notifyCommand }: Pick<EffectSettings, "thresholds" | "notifyCommand">,
): readonly string[] {
  const own = thresholds.find(({ name }) => name === threshold)?.notifyCommand;
  if (own !== undefined && (own.length > 0 || isCrossing(event))) return own;
  // What belongs to no threshold is sent by the most severe threshold that has a command.
  const spare = thresholds.findLast((each) => each.notifyCommand.length > 0)?.notifyCommand;
  return notifyCommand.length > 0 ? notifyCommand : (spare ?? []);
}

function isCrossing(event: Notify["event"]): boolean {
  return event === "trip" || event === "rearm" || event === "drill";
}
