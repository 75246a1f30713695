import { type Seen, wholeList } from "#guard/model/account.ts";
import type { Notify } from "#guard/model/effect.ts";
import type { Command } from "#ports.ts";
import { balanceWords, messageOf, noticeArgv } from "#template/notice.ts";
import { podsJson } from "#template/render.ts";
import type { EffectSettings } from "./settings.ts";

type Sending = "notifyCommand" | "notifyPassesKey";

export type NoticeSettings = Pick<EffectSettings, Sending | "notifyTimeoutMs" | "protect"> & {
  readonly thresholds: readonly Pick<EffectSettings["thresholds"][number], Sending | "name">[];
};

/** The notify command for a notification; undefined when the config has none for it. */
export function noticeCommand(
  notice: Notify,
  look: Seen | undefined,
  settings: NoticeSettings,
): Command | undefined {
  const { thresholds, notifyCommand, protect, notifyTimeoutMs } = settings;
  const threshold = thresholds.find(({ name }) => name === notice.name);
  // What belongs to no threshold is sent by the most severe threshold that has a command.
  const spare = thresholds.findLast((each) => each.notifyCommand.length > 0);
  const general = notifyCommand.length > 0 ? settings : (spare ?? settings);
  const { notifyCommand: command, notifyPassesKey } = threshold ?? general;
  if (command.length === 0) return undefined;
  const { balanceUsd, belowUsd } = notice;
  const pods = podsJson(look === undefined ? "unknown" : wholeList(look), protect);
  return {
    argv: noticeArgv(command, notice, { balanceUsd, belowUsd, podsJson: pods }),
    env: {
      RUNPODBOSS_EVENT: notice.event,
      RUNPODBOSS_THRESHOLD: threshold?.name ?? "",
      RUNPODBOSS_BALANCE_USD: balanceWords(balanceUsd),
      RUNPODBOSS_MESSAGE: messageOf(notice),
    },
    trust: notifyPassesKey === true ? "api-key" : undefined,
    timeLimitMs: notifyTimeoutMs,
  };
}
