import type { Pod, Seen } from "#guard/model/account.ts";
import type { Notify } from "#guard/model/effect.ts";
import { usd } from "#guard/text.ts";
import type { Message, MessagePod } from "#notify/message.ts";
import { podsOf } from "./notice-command.ts";

/** What a notification says through a channel. */
export function noticeMessage(notice: Notify, look: Seen | undefined, nowMs: number): Message {
  const { id, event, name, because, balanceUsd, burnPerHrUsd, belowUsd } = notice;
  const { severity = "warning", incident, isResolution = false, next = [], remedy } = notice;
  const threshold = notice.threshold ?? (event === "trip" ? name : undefined);
  return {
    id,
    event,
    severity,
    incident: incident ?? id,
    isResolution,
    title: titleOf(notice),
    text: because,
    atMs: notice.atMs ?? nowMs,
    sentAtMs: nowMs,
    balanceUsd,
    burnPerHrUsd,
    hoursLeft: hoursLeftOf(balanceUsd, burnPerHrUsd),
    threshold: threshold === undefined ? undefined : { name: threshold, belowUsd },
    pods: messagePods(notice, look),
    next,
    remedy,
  };
}

function hoursLeftOf(balanceUsd: number | undefined, burnPerHrUsd: number | undefined) {
  return balanceUsd === undefined || burnPerHrUsd === undefined || burnPerHrUsd <= 0
    ? undefined
    : Math.max(0, balanceUsd / burnPerHrUsd);
}

/** The most expensive first; one whose price is unknown may be that. */
function messagePods(notice: Notify, look: Seen | undefined): readonly MessagePod[] {
  const known: readonly Pod[] = look === undefined || look.pods === "unknown" ? [] : look.pods;
  const cost = ({ costPerHrUsd }: MessagePod) => costPerHrUsd ?? Number.MAX_VALUE;
  return podsOf(notice, look)
    .map(({ podId: id, podName: name }) => ({
      id,
      name,
      costPerHrUsd: known.find((pod) => pod.id === id)?.costPerHrUsd,
    }))
    .toSorted((a, b) => cost(b) - cost(a));
}

/** A few words, by what it is; the text says the rest. */
function titleOf({ event, name, threshold = name, belowUsd }: Notify): string {
  const line = belowUsd === undefined ? threshold : `${threshold} (${usd(belowUsd)})`;
  switch (event) {
    case "trip":
      return `Balance below ${line}`;
    case "rearm":
      return `Balance back above ${line}`;
    case "agent":
      return `Agent: ${name}`;
    case "backstop":
      return `Backstop of ${threshold}`;
    case "warn":
      return `Stopping soon: ${guardWords(name)}`;
    case "hard_timeout":
    case "lease":
    case "idle":
      return capital(guardWords(event));
    case "burn":
      return "The burn does not fit";
    case "zero":
      return "The balance is at $0";
    case "blind":
      return "I cannot see the account";
    case "sighted":
      return "I see the account again";
    case "source":
      return "RunPod's interfaces";
    case "rehearsal":
      return "REST v2 fails rehearsals";
    case "billing":
      return "RunPod bills afterwards";
    case "trouble":
      return "Trouble in runpodboss";
    case "recovered":
      return "Working again";
    case "brief":
      return "Your day on RunPod";
    case "drill":
      return `DRILL: ${name}`;
  }
}

function guardWords(name: string): string {
  return name.replaceAll("_", " ");
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
