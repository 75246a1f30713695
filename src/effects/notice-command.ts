import { isRunning, type Seen, wholeList } from "#guard/model/account.ts";
import type { Notify } from "#guard/model/effect.ts";
import type { Command } from "#ports.ts";
import { isPlainId } from "#guard/text.ts";
import { fittedPodsJson, mostThatFit, mostUrgentFirst } from "#template/fit.ts";
import { factsOf } from "#notify/words/facts.ts";
import { messageOf, noticeArgv } from "#template/notice.ts";
import { variablesOf } from "#template/variables.ts";
import type { EffectSettings } from "./settings.ts";

type Sending = "notifyCommand" | "notifyPassesKey";

export type NoticeSettings = Pick<
  EffectSettings,
  Sending | "notifyTimeoutMs" | "protect" | "account"
> & {
  readonly thresholds: readonly Pick<EffectSettings["thresholds"][number], Sending | "name">[];
};

/** The pod's own call of a command that names a pod. */
export interface ForPod {
  readonly podId: string;
  readonly podName: string;
}

/** Longer lists of pods are cut: what matters is at their head. */
const mostPods = 50;

const mostInVariable = 60_000;

/**
 * For whom the notify command is called: a command with `{pod_id}` or `{pod_name}` once for each pod that the
 * notification is about, any other once for all of them. A crossing is about every pod that runs.
 */
export function callsOf(
  notice: Notify,
  look: Seen | undefined,
  settings: NoticeSettings,
): readonly (ForPod | undefined)[] {
  const { notifyCommand: command } = templateFor(notice, settings);
  const pods = podsOf(notice, look);
  const isForEach = command.some((argument) => /\{pod_(?:id|name|name_json)\}/.test(argument));
  return isForEach && pods.length > 0 ? pods.slice(0, mostPods) : [undefined];
}

/** The notify command for a notification; undefined when the config has none for it. */
export function noticeCommand(
  notice: Notify,
  look: Seen | undefined,
  settings: NoticeSettings,
  nowMs: number,
  pod: ForPod | undefined = onlyOne(podsOf(notice, look)),
): Command | undefined {
  const { protect, notifyTimeoutMs, account } = settings;
  const threshold = thresholdOf(notice);
  const { notifyCommand: command, notifyPassesKey } = templateFor(notice, settings);
  if (command.length === 0) return undefined;
  const { podId, podName } = pod ?? { podId: "", podName: "" };
  const { balanceUsd, belowUsd, belowHours, burnPerHrUsd } = notice;
  const line = { belowUsd, belowHours };
  const facts = factsOf(notice, look, nowMs);
  const values = {
    balanceUsd,
    burnPerHrUsd,
    ...line,
    message: `${account === undefined ? "" : `${account}: `}${messageOf(notice, nowMs)}${facts === "" ? "" : ` [${facts}]`}`,
    podId,
    podName,
  };
  const podsFor = (mostBytes: number) =>
    fittedPodsJson(look === undefined ? "unknown" : wholeList(look), protect, mostBytes);
  return {
    argv: noticeArgv(command, notice, values, podsFor),
    env: {
      RUNPODBOSS_EVENT: notice.event,
      RUNPODBOSS_THRESHOLD: threshold ?? "",
      RUNPODBOSS_POD_IDS: idsOf(podsOf(notice, look)),
      ...variablesOf({ ...values, name: notice.name, podsJson: podsFor(mostInVariable) }),
    },
    trust: notifyPassesKey === true ? "api-key" : undefined,
    timeLimitMs: notifyTimeoutMs,
  };
}

/** The pods that a notification is about; a crossing is about every one that runs. */
function podsOf({ event, podIds }: Notify, look: Seen | undefined): readonly ForPod[] {
  const pods = look === undefined || look.pods === "unknown" ? [] : look.pods;
  const isCrossed = event === "trip" || event === "drill";
  const burning = isCrossed ? mostUrgentFirst(pods.filter(isRunning)).map(({ id }) => id) : [];
  return (podIds ?? burning).map((podId) => ({
    podId,
    podName: pods.find(({ id }) => id === podId)?.name ?? "",
  }));
}

/** All of them, as a message names a few. An id that is not plain would be several words, or an option. */
function idsOf(pods: readonly ForPod[]): string {
  const ids = pods.map(({ podId }) => podId).filter(isPlainId);
  return mostThatFit(ids.length + 1, mostInVariable, (count) => ids.slice(0, count).join(" "));
}

function onlyOne(pods: readonly ForPod[]): ForPod | undefined {
  return pods.length === 1 ? pods[0] : undefined;
}

/** In a state that an older version has saved, only a trip's name is a threshold's for certain. */
function thresholdOf({ event, name, threshold }: Notify): string | undefined {
  return threshold ?? (event === "trip" ? name : undefined);
}

/**
 * By what the notification is, never by its words: one about a threshold goes by that threshold's command.
 * An empty one there silences its crossings; that something does not work is told all the same.
 */
function templateFor(notice: Notify, settings: NoticeSettings): Pick<NoticeSettings, Sending> {
  const { thresholds, notifyCommand } = settings;
  const threshold = thresholdOf(notice);
  const own = thresholds.find(({ name }) => name === threshold);
  if (own !== undefined && (own.notifyCommand.length > 0 || isCrossing(notice.event))) return own;
  // What belongs to no threshold is sent by the most severe threshold that has a command.
  const spare = thresholds.findLast((each) => each.notifyCommand.length > 0);
  return notifyCommand.length > 0 ? settings : (spare ?? settings);
}

function isCrossing(event: Notify["event"]): boolean {
  return event === "trip" || event === "rearm" || event === "drill";
}
